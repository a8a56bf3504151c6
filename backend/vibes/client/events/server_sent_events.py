"""Parses server-sent events from bytes in pieces of any size, as the HTML standard defines."""

import re
from dataclasses import dataclass, field

from vibes.client.http.answers import MAX_EVENT_BYTES
from vibes.client.http.errors import NotUnderstood

_LINE_END = re.compile(rb"\r\n|\n|\r")
_ID = re.compile(r"[ -~]{0,200}")
"""Ids that fit into a header when the stream is resumed; others are ignored."""
MAX_LINE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ServerSentEvent:
    id: str
    """The latest id, of this event or an earlier one; empty without one."""
    event: str
    data: str


@dataclass(slots=True)
class EventStreamReader:
    """Parses one connection. An event that is cut off is dropped."""

    last_id: str = ""
    """The id of the latest event, or the one that the connection was resumed with."""
    _rest: bytes = b""
    _event: str = ""
    _data: list[str] = field(default_factory=list)
    _size: int = 0
    """Characters of data so far."""
    _begun: bool = False

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that are complete with this chunk."""
        self._rest += chunk
        if len(self._rest) > MAX_LINE_BYTES or self._size > MAX_EVENT_BYTES:
            raise NotUnderstood("the hub sends an event without an end")
        if not self._begun and len(self._rest) >= len(b"\xef\xbb\xbf"):
            self._rest, self._begun = self._rest.removeprefix(b"\xef\xbb\xbf"), True
        complete = self._rest
        if complete.endswith(b"\r"):  # may be the first half of a line end
            complete = complete[:-1]
        *lines, unended = _LINE_END.split(complete)
        self._rest = self._rest[len(complete) - len(unended) :]
        told = [self._take(line.decode("utf-8", "replace")) for line in lines]
        return [event for event in told if event is not None]

    def _take(self, line: str) -> ServerSentEvent | None:
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match name:
            case "data":
                self._data.append(value)
                self._size += len(value)
            case "event":
                self._event = value
            case "id" if _ID.fullmatch(value):
                self.last_id = value
        return None

    def _dispatch(self) -> ServerSentEvent | None:
        event = ServerSentEvent(self.last_id, self._event or "message", "\n".join(self._data)) if self._data else None
        self._event, self._data, self._size = "", [], 0
        return event
