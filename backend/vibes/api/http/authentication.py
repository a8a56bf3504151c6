"""Finds out who sends a request, by its key or ticket, before anything of the request is done."""

import secrets
from collections import Counter
from http import HTTPStatus
from typing import Annotated, Protocol
from urllib.parse import parse_qs

from fastapi import Depends
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import Response
from starlette.types import Scope

from vibes.api.http.problems import problem_response
from vibes.api.http.tickets import TicketOffice, Tickets
from vibes.api.http.wrong_keys import WrongKeys
from vibes.domain.principal import ANYBODY, LOCAL, SHARED_KEY, Principal
from vibes.ports.clock import Clock

TICKET_PATHS = ("/api/images/",)
OPEN_PATHS = frozenset({"/", "/healthz", "/readyz", "/docs", "/openapi.json", "/favicon.ico", "/favicon.svg"})
OPEN_FOLDER = "/assets/"
"""Paths answered without a key, since they contain nothing of anybody's work."""

PRINCIPAL = "principal"
"""Key of the principal in a request's scope."""


class Keys(Protocol):
    """The keys that open the hub."""

    async def principal_of(self, key: str) -> Principal | None:
        """The principal of a key; None for a wrong one. Takes as long for a wrong key as for one that is nearly
        right."""


class SharedKey:
    """One key for everybody."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    async def principal_of(self, key: str) -> Principal | None:
        return SHARED_KEY if secrets.compare_digest(key.encode(), self._key) else None


class Authentication:
    def __init__(self, keys: Keys | None, clock: Clock, tickets: TicketOffice | None = None) -> None:
        """``keys``: None when no key is needed. ``tickets``: default this process's own."""
        self._keys = keys
        self.tickets: TicketOffice = tickets or Tickets(clock)
        self.wrong_keys = WrongKeys(clock)
        self.refused: Counter[str] = Counter()
        """Requests refused before anything was done for them, by the code of the answer."""

    @property
    def required(self) -> bool:
        return self._keys is not None

    async def principal(self, scope: Scope, headers: Headers) -> Principal | Response:
        """The principal, or the answer that refuses the request."""
        if self._keys is None:
            return LOCAL
        if _is_open(scope):
            return ANYBODY
        scheme, _, token = headers.get("authorization", "").partition(" ")
        given = token if scheme.casefold() == "bearer" else headers.get("x-api-key", "")
        address = scope["client"][0] if scope.get("client") else ""
        if given and not self.wrong_keys.may_try(address):
            return problem_response(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_wrong_keys",
                "many wrong keys come from your address; try again in a few seconds",
                headers={"Retry-After": "5"},
            )
        principal = await self._keys.principal_of(given) if given else None
        if principal is not None:
            self.wrong_keys.right(address)
            return principal
        return self._by_ticket(scope) or await self._refusal(given, address)

    def _by_ticket(self, scope: Scope) -> Principal | None:
        """The principal of a ticket; accepted only where no header can be sent."""
        reads_image = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if scope["type"] != "websocket" and not (reads_image and scope["path"].startswith(TICKET_PATHS)):
            return None
        ticket = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket", [""])[0]
        return self.tickets.principal_of(ticket)

    async def _refusal(self, given: str, address: str) -> Response:
        if given:
            await self.wrong_keys.wrong(address)
        return problem_response(
            HTTPStatus.UNAUTHORIZED,
            "api_key_required",
            "send the hub's key as 'Authorization: Bearer …' or 'X-API-Key: …'",
            headers={"WWW-Authenticate": "Bearer"},
        )


def _is_open(scope: Scope) -> bool:
    preflight = scope["type"] == "http" and scope["method"] == "OPTIONS"
    return preflight or scope["path"] in OPEN_PATHS or scope["path"].startswith(OPEN_FOLDER)


async def _asker(connection: HTTPConnection) -> Principal:
    # async although it waits for nothing: FastAPI runs a plain function in a thread, for every request
    principal: Principal = connection.scope[PRINCIPAL]
    return principal


Asker = Annotated[Principal, Depends(_asker)]
"""The principal that sent the request, for routes that need it."""
