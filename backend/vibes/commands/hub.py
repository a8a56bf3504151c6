"""The commands' way to a hub: the client that everybody can use, at the address that was typed."""

from collections.abc import Callable

from vibes.client import AsyncHubClient, ClientError, HubAddress
from vibes.client.hub_clients import PATIENCE_SECONDS


def open_hub(
    address: HubAddress,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    on_away: Callable[[ClientError], None] | None = None,
) -> AsyncHubClient:
    """Raises WrongAddress for what cannot be one."""
    return AsyncHubClient(address.url, api_key=address.api_key, patience_seconds=patience_seconds, on_away=on_away)
