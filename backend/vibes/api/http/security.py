"""The gate before every request: known host name, same origin, API key, acceptable body, safe headers."""

import ipaddress
from collections.abc import Collection
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vibes.api.http.authentication import PRINCIPAL, Authentication
from vibes.api.http.bodies import checked, closing_when_unread, head_refusal
from vibes.api.http.problems import ProblemResponse, problem_response
from vibes.api.http.texts import address_refusal
from vibes.services.media.image_store import ImageStore

_CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:{also}; media-src 'self' blob:{also}; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; connect-src 'self'"
)


class SecurityGate:
    """Pure ASGI, so that it covers HTTP and WebSocket alike."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        authentication: Authentication,
        allowed_hosts: Collection[str],
        allowed_origins: Collection[str],
    ) -> None:
        self._app = app
        self._authentication = authentication
        self._allowed_hosts = frozenset({"localhost", *(host.casefold() for host in allowed_hosts)})
        self._allowed_origins = frozenset(origin.casefold().rstrip("/") for origin in allowed_origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self._app(scope, receive, send)
            return
        refusal = await self._refusal(scope)
        if isinstance(refusal, ProblemResponse):
            self._authentication.refused[refusal.problem_code] += 1
        if scope["type"] == "websocket":
            await (self._app(scope, receive, send) if refusal is None else _refuse(scope, receive, send, refusal))
            return
        receive, send = closing_when_unread(
            scope,
            receive,
            _with_safe_headers(scope, send, _resource_policy(scope, self._allowed_origins)),
        )
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        await self._app(scope, checked(scope, receive), send)

    async def _refusal(self, scope: Scope) -> Response | None:
        """None for a request that goes on, its scope with who asks."""
        headers = Headers(scope=scope)
        refusal = self._check_host(headers) or self._check_origin(headers)
        if refusal is not None:
            return refusal
        asker = await self._authentication.principal(scope, headers)
        if isinstance(asker, Response):
            return asker
        scope[PRINCIPAL] = asker
        return address_refusal(scope) or (head_refusal(scope) if scope["type"] == "http" else None)

    def _check_host(self, headers: Headers) -> Response | None:
        """Refuse unlisted names, which may be a rebinding attack; addresses cannot be rebound."""
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


def _resource_policy(scope: Scope, allowed_origins: Collection[str]) -> str:
    """Which pages may embed an answer, such as a picture: our own and those of allowed origins."""
    referrer = Headers(scope=scope).get("referer", "").casefold()
    shown_there = any(f"{referrer}/".startswith(f"{origin}/") for origin in allowed_origins)
    return "cross-origin" if shown_there else "same-origin"


def _content_policy(scope: Scope) -> str:
    """With the server that browsers are sent to for pictures, if there is one."""
    images: ImageStore | None = scope.get("state", {}).get("images")
    links = images and images.links
    return _CONTENT_SECURITY_POLICY.format(also=f" {links.origin}" if links else "")


def _with_safe_headers(scope: Scope, send: Send, policy: str) -> Send:
    async def send_safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers.setdefault("X-Content-Type-Options", "nosniff")
            headers.setdefault("Referrer-Policy", "same-origin")
            headers.setdefault("Content-Security-Policy", _content_policy(scope))
            headers.setdefault("Cross-Origin-Resource-Policy", policy)
        await send(message)

    return send_safely


def _without_body(send: Send) -> Send:
    async def send_headers(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return send_headers


async def _refuse(scope: Scope, receive: Receive, send: Send, refusal: Response) -> None:
    """Refuse; a WebSocket before it opens, with the same status and body where the server supports that."""
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
