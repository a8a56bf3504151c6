"""The errors of the client, one exception for each kind."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One mistake in a request, as the hub reports it."""

    field: str
    message: str
    pointer: str | None = None
    """JSON Pointer (RFC 6901) into the body, where there is one."""


class ClientError(Exception):
    """Root of all exceptions that this package raises on purpose; the text is for people."""


class WrongAddress(ClientError):
    """The URL or the key cannot belong to any hub."""


class HubAway(ClientError):
    """There was no answer within the client's patience."""


class HubUntrusted(HubAway):
    """Its certificate is not one that is trusted here; nothing was sent."""


class EventsBlocked(HubAway):
    """No WebSocket comes through to the hub, most likely because of a proxy; requests may be answered all the same."""


class NotUnderstood(ClientError):
    """An answer that is not that of a hub which this client knows."""


class CannotBeSent(ClientError):
    """The request has values that JSON cannot express."""


class HubRefused(ClientError):
    """The hub refused the request. ``code`` is stable and may be relied on; the text may change."""

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
        """The message, and each problem that it does not contain."""
        untold = [each for each in self.problems if each.message not in self.message]
        return (self.message, *(f"{each.field}: {each.message}" for each in untold))

    def __str__(self) -> str:
        return "\n".join(self.lines)


class KeyRefused(HubRefused):
    """The hub wants its API key, or the given one is wrong (401)."""


class NotFound(HubRefused):
    """It does not exist (any more) (404)."""


class Conflicting(HubRefused):
    """Its state forbids this (409)."""


class InvalidRequest(HubRefused):
    """The caller can correct it (400, 413, 415 or 422); ``problems`` says where."""


class Unavailable(HubRefused):
    """The hub cannot do it now; later it may (502, 503, 504)."""


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
    """The exception for this status."""
    kind = _BY_STATUS.get(status, HubRefused)
    return kind(message, status=status, code=code, problems=problems, reasons=reasons)
