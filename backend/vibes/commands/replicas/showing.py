"""``vibes replicas``: shows who leads since when, and who follows."""

from datetime import UTC

from rich.table import Table

from vibes.client import ClientError, HubAddress
from vibes.client.values.replicas import Replica, Replicas
from vibes.commands.common.console import escape_markup, fail, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.domain.replicas.place import BrokerState

_BROKER = {
    BrokerState.NONE: "there is no broker: live events are asked of the hub that leads",
    BrokerState.CONNECTED: "live events come over the broker",
    BrokerState.AWAY: "[yellow]the broker does not answer[/]: live events are asked of the hub that leads",
}


async def run_show(address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            _show(await hub.replicas.get())
    except ClientError as error:
        fail(str(error))


def _show(found: Replicas) -> None:
    if found.alone:
        out.print("this hub has its database to itself")
        return
    if found.leader is None:
        out.print("[yellow]no hub leads at present[/]: requests wait for the next one")
    else:
        since = f"{found.leader.since.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        leads = f"{escape_markup(found.leader.address)} leads since {since}, in epoch {found.leader.epoch}"
        out.print(leads, highlight=False, soft_wrap=True)
    out.print(_table(found, out.width))
    out.print(f"[dim]{_BROKER[found.broker]}[/]")


def _table(found: Replicas, width: int) -> Table:
    every = found.replicas
    columns = [
        Column(heading="address", cells=[escape_markup(each.address) for each in every], folds_at=20),
        Column(heading="", cells=[_part(each) for each in every]),
        Column(heading="heard of", cells=[f"{each.seconds_silent:.0f} s ago" for each in every], worth=3),
        Column(heading="version", cells=[escape_markup(each.version) for each in every], worth=2),
        Column(
            heading="started", cells=[f"{each.started_at.astimezone(UTC):%m-%d %H:%M} UTC" for each in every], worth=1
        ),
    ]
    return table_of(columns, width)


def _part(replica: Replica) -> str:
    part = "[green]leads[/]" if replica.leads else "follows"
    return f"{part}, answers this" if replica.answers else part
