"""Short-lived stand-ins for a key, for places that cannot send a header: the WebSocket and image URLs."""

import secrets

from vibes.domain.principal import Principal
from vibes.ports.clock import Clock

TICKET_SECONDS = 300


class Tickets:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._issued: dict[str, tuple[float, Principal]] = {}
        """When it expires, and for whom it stands."""

    def issue(self, principal: Principal) -> str:
        now = self._clock.monotonic()
        self._issued = {ticket: issued for ticket, issued in self._issued.items() if issued[0] > now}
        ticket = secrets.token_urlsafe(32)
        self._issued[ticket] = (now + TICKET_SECONDS, principal)
        return ticket

    def principal_of(self, ticket: str) -> Principal | None:
        """None for one that was never issued, and for one that has expired."""
        expires_at, principal = self._issued.get(ticket, (0.0, None))
        return principal if expires_at > self._clock.monotonic() else None
