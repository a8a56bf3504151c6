"""How a replica shows another one for whom it asks: a header that only who knows their secret can make."""

import hmac
import logging
from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import quote, unquote

from starlette.types import Scope

from vibes.ports.clock import Clock

logger = logging.getLogger(__name__)

HEADER = b"x-vibes-replica"
GOOD_FOR_SECONDS = 300.0
"""Before and after the moment when it was made, since clocks of machines differ; heard on the line, it is of no use
later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who really asks, as the replica sees it that was asked."""

    address: str
    scheme: str


class Seal:
    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._key = hmac.digest(secret, b"forwarded requests", sha256)
        self._clock = clock

    def header(self, caller: Caller, method: str, target: bytes) -> tuple[str, str]:
        """For this method and target (path and query) alone, and for some minutes. A WebSocket is opened by GET."""
        said = f"{quote(caller.address, safe='')} {caller.scheme} {self._clock.now().timestamp():.0f}"
        return HEADER.decode(), f"{said} {self._signature(said, method, target)}"

    def caller(self, scope: Scope) -> Caller | None:
        """Whom another replica asks for; None: nobody, it comes from a caller itself, whatever that says."""
        given = next((value for name, value in scope["headers"] if name == HEADER), None)
        if given is None:
            return None
        said, _, signature = given.decode("latin-1").rpartition(" ")
        expected = self._signature(said, scope.get("method", "GET"), target_of(scope))
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            return None
        address, scheme, made_at = said.split(" ")
        age = self._clock.now().timestamp() - float(made_at)
        if abs(age) > GOOD_FOR_SECONDS:
            logger.warning("a request of another hub is not taken for one: their clocks differ by %.0f s", age)
            return None
        return Caller(address=unquote(address), scheme=scheme)

    def _signature(self, said: str, method: str, target: bytes) -> str:
        return hmac.new(self._key, b"\n".join((said.encode(), method.encode(), target)), sha256).hexdigest()


def target_of(scope: Scope) -> bytes:
    """Path and query as they were sent, without what the server itself puts before the path."""
    sent: bytes = scope.get("raw_path") or quote(scope["path"]).encode()
    path = sent.removeprefix(scope.get("root_path", "").encode())
    query: bytes = scope.get("query_string", b"")
    return path + b"?" + query if query else path


def without_header(scope: Scope) -> Scope:
    """The scope without the header, whoever has sent it."""
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name != HEADER]}
