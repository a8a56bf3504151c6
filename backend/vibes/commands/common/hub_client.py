"""The commands' way to a hub: the client that everybody can use, at the address that was typed."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from vibes.client import AsyncHubClient, ClientError, HubAddress
from vibes.client.hub_clients import PATIENCE_SECONDS
from vibes.commands.common.console import notes

T = TypeVar("T")


def open_hub(
    address: HubAddress,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    on_away: Callable[[ClientError], None] | None = None,
) -> AsyncHubClient:
    """Raises WrongAddress for what cannot be one."""
    return AsyncHubClient(address.url, api_key=address.api_key, patience_seconds=patience_seconds, on_away=on_away)


async def submitted(submission: Coroutine[Any, Any, T], note: Callable[[T], None]) -> None:
    """Submit and ``note`` the hub's answer, also when Ctrl-C comes before the answer: then it is cancelled after that.

    What was sent may be in the hub, so whoever leaves must learn under which id. A second Ctrl-C leaves without it.
    """
    asked = asyncio.create_task(submission)
    try:
        await asyncio.shield(asked)
    except asyncio.CancelledError:
        notes.print("\nWaiting for the hub to say what it has; Ctrl-C once more leaves without that.", highlight=False)
        note(await asked)
        raise
    note(asked.result())
