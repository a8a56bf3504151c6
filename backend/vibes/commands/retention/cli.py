"""``vibes retention``: its options."""

import asyncio
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

commands = typer.Typer()


@commands.command()
def retention(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    keep_days: Annotated[
        float | None, typer.Option(min=0.01, max=36_500, help="With --dry-run: as if this were VIBES_KEEP_DAYS.")
    ] = None,
    keep_gb: Annotated[
        float | None, typer.Option(min=0.001, help="With --dry-run: as if this were VIBES_KEEP_GB.")
    ] = None,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Let old pictures go now, as the hub does each hour where VIBES_KEEP_DAYS or VIBES_KEEP_GB is set.

    What is starred, rated or on a board stays. What goes can be restored until the undo window ends.
    """
    from vibes.commands.retention.telling import run_retention

    if not dry_run and (keep_days or keep_gb):
        raise typer.BadParameter("other limits than the hub's own need --dry-run")
    asyncio.run(
        run_retention(hub_at(url, api_key, api_key_file), dry_run=dry_run, keep_days=keep_days, keep_gb=keep_gb)
    )
