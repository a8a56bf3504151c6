"""The gate before every request: known host name, same origin, API key, a body that may be read, safe headers."""

import ipaddress
import secrets
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vibes.api.http.bodies import checked, closing_when_unread, head_refusal
from vibes.api.http.problems import problem_response
from vibes.api.http.wrong_keys import WrongKeys
from vibes.ports.clock import Clock

TICKET_SECONDS = 300
TICKET_PATHS = ("/api/images/",)
OPEN_PATHS = frozenset({"/", "/healthz", "/readyz", "/docs", "/openapi.json", "/favicon.ico", "/favicon.svg"})
OPEN_FOLDER = "/assets/"
"""Answered without a key: they show nothing of anybody's work."""

_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
)


class Tickets:
    """Short-lived stand-ins for the key, for places that cannot send a header: WebSocket and image URLs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._expiries: dict[str, float] = {}

    def issue(self) -> str:
        now = self._clock.monotonic()
        self._expiries = {ticket: expiry for ticket, expiry in self._expiries.items() if expiry > now}
        ticket = secrets.token_urlsafe(32)
        self._expiries[ticket] = now + TICKET_SECONDS
        return ticket

    def valid(self, ticket: str) -> bool:
        return self._expiries.get(ticket, 0.0) > self._clock.monotonic()


class SecurityGate:
    """Pure ASGI, so that it stands before HTTP and WebSocket alike."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        api_key: str | None,
        tickets: Tickets,
        wrong_keys: WrongKeys,
        allowed_hosts: Collection[str],
        allowed_origins: Collection[str],
    ) -> None:
        self._app = app
        self._api_key = api_key
        self._tickets = tickets
        self._wrong_keys = wrong_keys
        self._allowed_hosts = frozenset({"localhost", *(host.casefold() for host in allowed_hosts)})
        self._allowed_origins = frozenset(origin.casefold().rstrip("/") for origin in allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if scope["type"] == "websocket":
            await (self._app(scope, receive, send) if refusal is None else _refuse(scope, receive, send, refusal))
            return
        receive, send = closing_when_unread(
            scope, receive, _with_safe_headers(scope, send, _resource_policy(scope, self._allowed_origins))
        )
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        await self._app(scope, checked(scope, receive), send)

    async def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        return (
            self._check_host(headers)
            or self._check_origin(headers)
            or await self._check_key(scope, headers)
            or (head_refusal(scope) if scope["type"] == "http" else None)
        )

    def _check_host(self, headers: Headers) -> Response | None:
        """A name that is not listed may be a rebinding attack; an address cannot be rebound."""
        host = _host_name(headers.get("host", ""))
        if host in self._allowed_hosts or _is_address(host):
            return None
        return problem_response(
            HTTPStatus.MISDIRECTED_REQUEST,
            "unknown_host",
            f"this hub does not know itself as {host!r}; add the name to VIBES_ALLOWED_HOSTS",
        )

    def _check_origin(self, headers: Headers) -> Response | None:
        origin = headers.get("origin")
        if origin is None or origin.casefold() in self._allowed_origins:
            return None
        if _netloc(origin) == headers.get("host", "").casefold():
            return None
        return problem_response(
            HTTPStatus.FORBIDDEN,
            "foreign_origin",
            f"a page of {origin} may not use this hub; add it to VIBES_ALLOWED_ORIGINS if it should",
        )

    async def _check_key(self, scope: Scope, headers: Headers) -> Response | None:
        preflight = scope["type"] == "http" and scope["method"] == "OPTIONS"
        path = scope["path"]
        if self._api_key is None or path in OPEN_PATHS or path.startswith(OPEN_FOLDER) or preflight:
            return None
        scheme, _, token = headers.get("authorization", "").partition(" ")
        given = token if scheme.casefold() == "bearer" else headers.get("x-api-key", "")
        address = scope["client"][0] if scope.get("client") else ""
        if given and not self._wrong_keys.may_try(address):
            return problem_response(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too_many_wrong_keys",
                "many wrong keys come from your address; try again in a few seconds",
                headers={"Retry-After": "5"},
            )
        if given and secrets.compare_digest(given.encode(), self._api_key.encode()):
            self._wrong_keys.right(address)
            return None
        if self._has_ticket(scope):
            return None
        if given:
            await self._wrong_keys.wrong(address)
        return problem_response(
            HTTPStatus.UNAUTHORIZED,
            "api_key_required",
            "send the hub's key as 'Authorization: Bearer …' or 'X-API-Key: …'",
            headers={"WWW-Authenticate": "Bearer"},
        )

    def _has_ticket(self, scope: Scope) -> bool:
        """Only where no header can be sent: a ticket is no key."""
        reads_image = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        if scope["type"] != "websocket" and not (reads_image and scope["path"].startswith(TICKET_PATHS)):
            return False
        ticket = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("ticket", [""])[0]
        return bool(ticket) and self._tickets.valid(ticket)


def _resource_policy(scope: Scope, allowed_origins: Collection[str]) -> str:
    """Who may show an answer, a picture above all: pages of our own and of the origins that were allowed."""
    referrer = Headers(scope=scope).get("referer", "").casefold()
    shown_there = any(f"{referrer}/".startswith(f"{origin}/") for origin in allowed_origins)
    return "cross-origin" if shown_there else "same-origin"


def _with_safe_headers(scope: Scope, send: Send, policy: str) -> Send:
    async def send_safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Content-Security-Policy", _CONTENT_SECURITY_POLICY)
            headers.setdefault("Cross-Origin-Resource-Policy", policy)
        await send(message)

    return send_safely


def _without_body(send: Send) -> Send:
    async def send_headers(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_headers


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Response) -> None:
    """A WebSocket is refused before it opens, with the same status and body where the server can."""
    if "websocket.http.response" not in scope.get("extensions", {}):
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": "refused"})
        return
    await refusal(scope, receive, send)


def _netloc(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc.casefold()
    except ValueError:
        return None


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].casefold()


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
