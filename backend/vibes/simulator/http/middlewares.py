"""What is done before every route: apply the faults, and check which site a browser's request comes from."""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from vibes.simulator.http.control import control_of, cut
from vibes.simulator.setup.dialect import Dialect
from vibes.simulator.setup.faults import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

ADMIN_PREFIX = "/simulator/"
"""Routes below this prefix are never faulty, so that faults can be ended."""


@web.middleware
async def apply_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Freeze, refuse or delay."""
    if request.path.startswith(ADMIN_PREFIX):
        return await handler(request)
    faults = control_of(request).faults
    await faults.while_frozen()
    match faults.settings.refuse:
        case Refusal.CLOSE:
            return cut(request)
        case Refusal.UNAVAILABLE:
            return web.Response(status=503, text="503 Service Unavailable")
    await asyncio.sleep(faults.settings.latency_seconds)
    response = await handler(request)
    await faults.while_frozen()
    return response


@web.middleware
async def check_origin(request: web.Request, handler: Handler) -> web.StreamResponse:
    """An empty 403 for what looks like another site's page, 200 for every preflight."""
    dialect = control_of(request).station.setup.dialect
    if is_rebound(request.headers.get("Host"), control_of(request).options.host):
        return web.Response(status=403)
    if is_foreign(request.headers.get("Host"), request.headers.get("Origin"), dialect, _fetch_site(request)):
        return web.Response(status=403)
    if request.method == "OPTIONS":
        return web.Response()
    return await handler(request)


def is_rebound(host: str | None, listening_on: str) -> bool:
    """Whether a page may have made its own name point to this machine. ComfyUI does not check that; a demo runs beside
    a browser, so the simulator does.

    Only when it listens on a loopback address; elsewhere any host name may be the node's.
    """
    if host is None or not _is_loopback(listening_on):
        return False
    return not _is_loopback(_host_name(host))


def _host_name(host: str) -> str | None:
    try:
        return urlsplit("//" + host.lower()).hostname
    except ValueError:
        return None


def is_foreign(host: str | None, origin: str | None, dialect: Dialect, fetch_site: str | None = None) -> bool:
    """Whether ComfyUI refuses the request: its Host is a loopback name that differs, as text, from the Origin's.

    Ports are compared only when both have one. The newer version also refuses what a browser calls cross-site.
    """
    if dialect.refuses_cross_site and fetch_site == "cross-site":
        return True
    if host is None or origin is None:
        return False
    if origin.lower() == "null":
        return True  # ComfyUI lets "null" pass, the origin of any page in a sandboxed frame; the simulator does not
    asked, sender = urlsplit("//" + host.lower()), urlsplit(origin.lower())
    if not _is_loopback(asked.hostname):
        return False
    with_ports = asked.port is not None and sender.port is not None
    ours = asked.netloc if with_ports else asked.hostname
    theirs = sender.netloc if with_ports else sender.hostname
    return bool(ours and theirs) and ours != theirs


def _fetch_site(request: web.Request) -> str | None:
    return request.headers.get("Sec-Fetch-Site")


def _is_loopback(hostname: str | None) -> bool:
    """True for loopback addresses and ``localhost``; other names are not looked up."""
    if hostname is None or hostname == "localhost":
        return hostname is not None
    try:
        return ipaddress.ip_address(hostname).is_loopback
    except ValueError:
        return False
