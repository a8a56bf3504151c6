"""A request as it is sent on to the hub that leads, and whether it may be sent twice. Pure but for its body."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from vibes.api.http.bodies import BodyRefused, has_body, takes_file
from vibes.replicas.seal import HEADER, target_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding"}
    | {"upgrade"}
)
"""Of one connection alone (RFC 9110, 7.6.1); those that ``Connection`` names too."""
_OURS_TO_SAY = frozenset({HEADER.decode(), "forwarded", "expect"})
_OF_PROXIES = "x-forwarded-"


@dataclass(slots=True)
class ForwardedRequest:
    scope: Scope
    receive: Receive
    body: bytes = b""
    """Empty for an upload, which is passed on as it comes."""
    replayed: bool = field(init=False, default=False)
    begun: bool = field(init=False, default=False)
    """Something of an upload was read, so that it cannot be sent again."""
    refused: BodyRefused | None = field(init=False, default=None)

    @classmethod
    async def read(cls, scope: Scope, receive: Receive) -> "ForwardedRequest":
        """Reads the body, but not that of an upload. Raises BodyRefused."""
        request = cls(scope, receive)
        if has_body(scope) and not request.streamed:
            request.body = (await receive()).get("body", b"")
        return request

    @property
    def method(self) -> str:
        method: str = self.scope["method"]
        return method

    @property
    def target(self) -> bytes:
        return target_of(self.scope)

    @property
    def safe(self) -> bool:
        return self.method in SAFE_METHODS

    @property
    def repeatable(self) -> bool:
        """Whether it does no more when it is sent twice than when it is sent once."""
        return not self.begun and (self.safe or any(name == "idempotency-key" for name, _ in self.headers()))

    @property
    def streamed(self) -> bool:
        """It is an upload."""
        return takes_file(self.scope["path"]) and has_body(self.scope)

    @property
    def content(self) -> bytes | AsyncIterator[bytes] | None:
        return self._pieces() if self.streamed else self.body or None

    def headers(self) -> list[tuple[str, str]]:
        """Those that are sent on. The length of an upload stays as it was told."""
        return passed_on(Headers(scope=self.scope), *(() if self.streamed else ("content-length",)))

    async def replay(self) -> Message:
        """Receives it anew, for an application in this process."""
        if self.streamed or self.replayed:
            self.begun = self.begun or self.streamed
            return await self.receive()
        self.replayed = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def gone(self) -> None:
        """Wait until whoever asks has gone. Only once the body was read."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def _pieces(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            self.begun = True
            try:
                message = await self.receive()
            except BodyRefused as error:
                self.refused = error
                raise
            if message["type"] != "http.request":
                raise ConnectionError("whoever sends the upload has gone")
            more = message.get("more_body", False)
            yield message.get("body", b"")


def passed_on(headers: Headers, *without: str) -> list[tuple[str, str]]:
    """Headers that concern both ends, and not the connection, nor whom a proxy speaks for: the replica says that."""
    named = {each.strip().casefold() for each in headers.get("connection", "").split(",")}
    dropped = _HOP_BY_HOP | _OURS_TO_SAY | named | {*without}
    return [each for each in headers.items() if each[0] not in dropped and not each[0].startswith(_OF_PROXIES)]
