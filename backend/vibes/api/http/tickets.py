"""Short-lived tickets in place of a key, for requests that cannot send a header: WebSockets and images."""

import secrets

from vibes.domain.principal import Principal
from vibes.ports.clock import Clock

TICKET_SECONDS = 300


class Tickets:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[float, Principal]] = {}
        """By ticket: when it expires, and its principal."""

    def issue(self, principal: Principal) -> str:
        now = self._clock.monotonic()
        self._issued = {ticket: issued for ticket, issued in self._issued.items() if issued[0] > now}
        ticket = secrets.token_urlsafe(32)
        self._issued[ticket] = (now + TICKET_SECONDS, principal)
        return ticket

    def principal_of(self, ticket: str) -> Principal | None:
        """The principal of a ticket; None when it was never issued or has expired."""
        expires_at, principal = self._issued.get(ticket, (0.0, None))
        return principal if expires_at > self._clock.monotonic() else None
