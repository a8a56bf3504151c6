"""What the errors of generators mean to the hub: for the attempt, and for the node."""

from vibes.domain.nodes.node import Closed
from vibes.domain.nodes.outcome import Errored, Interrupted, MaybePaid, TurnedDown, Whereabouts
from vibes.domain.reason import Reason, ReasonCode

RATE_LIMIT_SECONDS = 10.0
"""Until a provider is asked again that does not say when it takes more."""
NO_CREDIT_SECONDS = 300.0
"""Until an account that was empty is tried again: somebody must pay first."""
MISCONFIGURED_SECONDS, LONGEST_SECONDS = 60.0, 900.0
"""Until a generator with a wrong key or setting is tried again, doubled each time that it is still wrong, up to the
second."""

_CLOSING = {
    "rate_limited": (ReasonCode.RATE_LIMITED, RATE_LIMIT_SECONDS),
    "out_of_credit": (ReasonCode.OUT_OF_CREDIT, NO_CREDIT_SECONDS),
    "misconfigured": (ReasonCode.MISCONFIGURED, MISCONFIGURED_SECONDS),
}
"""Codes of errors after which no other order is taken either: the code for people, and seconds."""


class Standing:
    """Whether a generator takes orders, by what became of the latest. Knows no clock: the caller passes the time."""

    def __init__(self) -> None:
        self._reason: Reason | None = None
        self._until = 0.0
        self._wrong = 0
        """Misconfigured pictures in a row."""

    @property
    def misconfigured(self) -> str | None:
        """What a person must mend; None while nothing is known to be wrong."""
        wrong = self._reason is not None and self._reason.code is ReasonCode.MISCONFIGURED
        return str(self._reason) if wrong else None

    def closed(self, now: float) -> Closed | None:
        if self._reason is None or now >= self._until:
            return None
        return Closed(self._reason, self._until - now)

    def drew(self) -> None:
        """A picture was made."""
        self._reason, self._wrong = None, 0

    def has_credit(self, balance_usd: float, now: float) -> None:
        """What the account told. An empty one is not tried at all, one that was filled up at once."""
        if balance_usd <= 0:
            self._close(Reason(ReasonCode.OUT_OF_CREDIT, "its account is empty"), now + NO_CREDIT_SECONDS)
        elif self._reason is not None and self._reason.code is ReasonCode.OUT_OF_CREDIT:
            self._reason = None

    def look_again(self, now: float) -> bool:
        """Whether it may be asked anew whether it is configured well."""
        return now >= self._until

    def refused(self, code: str, message: str, retry_after: float | None, now: float) -> Closed | None:
        """An order failed with this error; None when that says nothing about others."""
        if code not in _CLOSING:
            return None
        reason, seconds = _CLOSING[code]
        if code == "misconfigured":
            seconds = min(seconds * 2.0 ** min(self._wrong, 10), LONGEST_SECONDS)
            self._wrong += 1
        if code == "rate_limited" and retry_after is not None:
            seconds = max(retry_after, 1.0)
        self._close(Reason(reason, message), now + seconds)
        return self.closed(now)

    def _close(self, reason: Reason, until: float) -> None:
        self._reason, self._until = reason, until


def ended_as(code: str, message: str, closed: Closed | None, *, provider: str, charges: bool) -> Whereabouts:
    """How an order ended that failed with an error of this code. ``closed``: what it said about other orders."""
    nothing = None if charges else 0.0
    match code:
        case "moderated":
            return Errored(message, refused_by=provider, cost_usd=nothing)
        case "invalid_input" | "out_of_memory":
            return Errored(message, cost_usd=0.0)
        case "rate_limited" | "out_of_credit" | "misconfigured":
            return TurnedDown(message=message, closed=closed)
        case "unavailable":
            return TurnedDown(message=message, broke=True)
        case "crashed":
            return TurnedDown(message=message, broke=True, died=True)
        case "cancelled":
            return Interrupted()
        case "maybe_paid":
            return MaybePaid(message)
        case _:  # an error that says nothing of money
            return MaybePaid(message) if charges else Errored(message, cost_usd=0.0)
