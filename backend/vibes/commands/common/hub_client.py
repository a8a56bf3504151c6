"""Opens a client for the hub at the given address."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from vibes.client import AsyncHubClient, ClientError, HubAddress
from vibes.client.hub_clients import PATIENCE_SECONDS
from vibes.commands.common.console import notes
from vibes.domain.cost import MAY_SPEND_NOTHING

T = TypeVar("T")


def open_hub(
    address: HubAddress,
    *,
    patience_seconds: float = PATIENCE_SECONDS,
    on_away: Callable[[ClientError], None] | None = None,
) -> AsyncHubClient:
    """Raises WrongAddress for an impossible address."""
    key, ca = address.api_key, address.ca
    return AsyncHubClient(address.url, api_key=key, ca=ca, patience_seconds=patience_seconds, on_away=on_away)


def with_advice(refusal: str, max_cost: str | None) -> str:
    """The words of the hub, and which option allows what only money could do."""
    if max_cost is not None or MAY_SPEND_NOTHING not in refusal:
        return refusal
    return f"{refusal}. To allow it, say what all of it may cost, in US dollars: --max-cost 0.10"


async def submitted(submission: Coroutine[Any, Any, T], note: Callable[[T], None]) -> None:
    """Submit and pass the hub's answer to ``note``, also when Ctrl-C comes before it: then this is cancelled
    afterwards.

    The hub may have accepted what was sent, so the person must learn its id. A second Ctrl-C does not wait for it.
    """
    asked = asyncio.create_task(submission)
    try:
        await asyncio.shield(asked)
    except asyncio.CancelledError:
        notes.print("\nWaiting for the hub to say what it has; Ctrl-C once more leaves without that.", highlight=False)
        note(await asked)
        raise
    note(asked.result())
