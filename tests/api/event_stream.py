"""A client of a job's event stream that reads as a browser's EventSource does, and can be cut off."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import TypeAdapter

from tests.described import assert_described
from vibes.api.schemas.job_messages import JobMessage

PROMISED: TypeAdapter[JobMessage] = TypeAdapter(JobMessage)


@dataclass(frozen=True, slots=True)
class ServerEvent:
    id: str
    event: str
    data: dict[str, Any]

    @property
    def last(self) -> bool:
        return self.event == "job" and self.data["status"] in {"complete", "failed", "cancelled"}


def read_frame(lines: list[str]) -> ServerEvent | None:
    """None for a comment or a retry time."""
    fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
    if "data" not in fields:
        return None
    message = json.loads(fields["data"])
    assert_described(message, PROMISED)
    return ServerEvent(fields["id"], fields["event"], message)


def read_stream(text: str) -> list[ServerEvent]:
    """A whole stream that has ended."""
    frames = [read_frame(frame.split("\n")) for frame in text.split("\n\n") if frame]
    return [frame for frame in frames if frame is not None]


async def follow(http: httpx.AsyncClient, path: str, after: str | None = None) -> AsyncIterator[ServerEvent]:
    """Until the stream ends or the caller has heard enough, which cuts the connection."""
    headers = {"Last-Event-ID": after} if after else {}
    async with http.stream("GET", path, headers=headers) as response:
        response.raise_for_status()
        assert response.headers["content-type"].startswith("text/event-stream")
        lines: list[str] = []
        async for line in response.aiter_lines():
            if line:
                lines.append(line)
                continue
            frame = read_frame(lines)
            lines = []
            if frame is not None:
                yield frame
