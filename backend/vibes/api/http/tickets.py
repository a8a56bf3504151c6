"""Short-lived tickets in place of a key, for requests that cannot send a header: WebSockets and images."""

import hmac
import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Protocol

from vibes.domain.ids import OwnerId
from vibes.domain.principal import Principal, Role
from vibes.ports.clock import Clock

TICKET_SECONDS = 300


class TicketOffice(Protocol):
    def issue(self, principal: Principal) -> str: ...
    def principal_of(self, ticket: str) -> Principal | None:
        """The principal of a ticket; None when it was never issued or has expired."""


class Tickets:
    """Kept in memory: good at this process alone."""

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
        expires_at, principal = self._issued.get(ticket, (0.0, None))
        return principal if expires_at > self._clock.monotonic() else None


class SignedTickets:
    """Good at every process that knows the secret, and kept by none."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._key = hmac.digest(secret, b"tickets", sha256)
        self._clock = clock

    def issue(self, principal: Principal) -> str:
        expires_at = self._clock.now().timestamp() + TICKET_SECONDS
        said = json.dumps([expires_at, principal.name, principal.role, principal.owner]).encode()
        return f"{_text(said)}.{_text(self._signature(said))}"

    def principal_of(self, ticket: str) -> Principal | None:
        said, _, signature = ticket.partition(".")
        try:
            content = _bytes(said)
            if not hmac.compare_digest(self._signature(content), _bytes(signature)):
                return None
        except ValueError:  # no base 64
            return None
        expires_at, name, role, owner = json.loads(content)
        if expires_at <= self._clock.now().timestamp():
            return None
        return Principal(name, Role(role), owner and OwnerId(owner))

    def _signature(self, said: bytes) -> bytes:
        return hmac.digest(self._key, said, sha256)


def _text(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
