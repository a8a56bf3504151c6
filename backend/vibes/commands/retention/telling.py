"""``vibes retention``: asks a running hub, and tells it in sentences."""

from collections.abc import Iterator

from vibes.client import ClientError, HubAddress, Leaving, Retention
from vibes.commands.common.console import fail, out
from vibes.commands.common.hub_client import open_hub

_GIGABYTE = 1_000_000_000


async def run_retention(hub: HubAddress, *, dry_run: bool, keep_days: float | None, keep_gb: float | None) -> None:
    try:
        async with open_hub(hub) as client:
            if dry_run:
                told = await client.retention.look(keep_days=keep_days, keep_gb=keep_gb)
            else:
                told = await client.retention.apply()
    except ClientError as error:
        fail(str(error))
    for line in _lines(told, dry_run=dry_run):
        out.print(line, highlight=False, markup=False, soft_wrap=True)


def _lines(told: Retention, *, dry_run: bool) -> Iterator[str]:
    limits = [f"{told.keep_days:g} days"] if told.keep_days is not None else []
    limits += [f"{told.keep_gb:g} GB"] if told.keep_gb is not None else []
    yield f"kept: {_size(told.kept_bytes)}; limits: {' and '.join(limits) or 'none (VIBES_KEEP_DAYS, VIBES_KEEP_GB)'}"
    if limits:
        yield f"{'would go now' if dry_run else 'marked to go now'}: {_pictures(told.now)}"
        yield f"within a week, if nothing new is drawn: {_pictures(told.within_a_week)}"
    if told.now.too_much:
        yield f"{_size(told.now.too_much)} above the limit stay: starred, rated, on a board, or younger than a day"


def _pictures(leaving: Leaving) -> str:
    if leaving.oldest is None or leaving.newest is None:
        return "nothing"
    days = f"{leaving.oldest:%Y-%m-%d} to {leaving.newest:%Y-%m-%d}"
    return f"{leaving.count} pictures, {_size(leaving.bytes)}, of {days}"


def _size(size: int) -> str:
    return f"{size / _GIGABYTE:.1f} GB" if size >= _GIGABYTE else f"{size / 1e6:.1f} MB"
