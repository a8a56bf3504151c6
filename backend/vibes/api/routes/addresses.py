"""``GET /api/addresses``: how another device reaches the hub."""

from urllib.parse import urlsplit

from fastapi import Request
from pydantic import BaseModel, Field

from vibes.api.http import given
from vibes.api.http.own_addresses import is_loopback, reachable_hosts
from vibes.api.http.routers import api_router

router = api_router(prefix="/api/addresses", tag="health")


class HubAddresses(BaseModel):
    urls: list[str] = Field(
        description="Without a path, the usual one first; what a proxy makes of them is its affair."
    )
    loopback_only: bool = Field(description="Nothing but this machine reaches it: see `--host`.")
    key_needed: bool


@router.get("")
async def get_addresses(
    request: Request,
    listens_on: given.ListensOn,
    public_url: given.PublicUrl,
    authentication: given.Authentication,
) -> HubAddresses:
    """For a link that a phone in the same network can open."""
    if public_url is not None:
        own = is_loopback(urlsplit(public_url).hostname or "")
        return HubAddresses(urls=[] if own else [public_url], loopback_only=own, key_needed=authentication.required)
    server = request.scope.get("server") or ("", 80)
    scheme, _, listening = listens_on.partition("://")
    hosts = [f"[{host}]" if ":" in host else host for host in reachable_hosts(listening)]
    return HubAddresses(
        urls=[f"{scheme}://{host}:{server[1]}" for host in hosts],
        loopback_only=is_loopback(listening),
        key_needed=authentication.required,
    )
