"""What can go wrong between a client and its hub, each as an exception of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One mistake in a request, as the hub tells it."""

    field: str
    message: str
    pointer: str | None = None
    """JSON Pointer (RFC 6901) into the body, where there is one."""


class ClientError(Exception):
    """Root of everything that this package raises on purpose; its text is for people."""


class WrongAddress(ClientError):
    """The URL or the key cannot be those of any hub."""


class HubAway(ClientError):
    """Nobody answered, for as long as the client was asked to be patient."""


class EventsBlocked(HubAway):
    """Live events do not come through, whether or not the hub answers otherwise: something on the way, most likely a
    proxy, lets no WebSocket pass."""


class NotUnderstood(ClientError):
    """An answer came, but not one of a hub that this client knows."""


class CannotBeSent(ClientError):
    """The request holds what JSON cannot say."""


class HubRefused(ClientError):
    """The hub said no. ``code`` is stable and may be relied on; the text may change."""

    def __init__(
        self,
        message: str,
        *,
        status: int,
        code: str,
        problems: Sequence[FieldProblem] = (),
        reasons: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.code = code
        self.problems = tuple(problems)
        """Every mistake in the request, with its place."""
        self.reasons = dict(reasons or {})
        """Why each node cannot do the work."""

    @property
    def lines(self) -> tuple[str, ...]:
        """The message, and each problem that it does not already tell."""
        untold = [each for each in self.problems if each.message not in self.message]
        return (self.message, *(f"{each.field}: {each.message}" for each in untold))

    def __str__(self) -> str:
        return "\n".join(self.lines)


class KeyRefused(HubRefused):
    """The hub wants its API key, or another one than it was given (401)."""


class NotFound(HubRefused):
    """There is no such thing, or not any more (404)."""


class Conflicting(HubRefused):
    """The thing is in a state that forbids this (409)."""


class InvalidRequest(HubRefused):
    """The caller can mend it (400, 413, 415 or 422); ``problems`` says where."""


class Unavailable(HubRefused):
    """The hub cannot do it now, and waiting may help (502, 503, 504)."""


_BY_STATUS: Mapping[int, type[HubRefused]] = {
    400: InvalidRequest,
    401: KeyRefused,
    404: NotFound,
    409: Conflicting,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


def refusal(
    message: str, *, status: int, code: str, problems: Sequence[FieldProblem] = (), reasons: Mapping[str, str]
) -> HubRefused:
    """The exception that this status stands for."""
    kind = _BY_STATUS.get(status, HubRefused)
    return kind(message, status=status, code=code, problems=problems, reasons=reasons)
