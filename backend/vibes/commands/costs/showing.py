"""``vibes costs``: shows what was spent, and settles what may have been paid for."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date
from uuid import UUID

from rich.table import Table

from vibes.client import AsyncHubClient, ClientError, Costs, CostSum, HubAddress, MaybePaid, MaybePaidAnswer
from vibes.commands.common.beginnings import the_one
from vibes.commands.common.console import escape_markup, fail, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.domain.money import parse_usd, shown_usd

WHOLE_ID = len(str(UUID(int=0)))


async def run_show(address: HubAddress, from_day: date | None, to_day: date | None) -> None:
    try:
        async with open_hub(address) as hub:
            costs = await hub.costs.get(from_day=from_day, to_day=to_day)
    except ClientError as error:
        fail(str(error))
    _show(costs)


async def run_maybe_paid(address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            attempts = await hub.costs.maybe_paid()
    except ClientError as error:
        fail(str(error))
    if not attempts:
        out.print("nothing is unclear")
        return
    out.print(_unclear(attempts, out.width))
    out.print("[dim]vibes costs find-out, give-up or pay-again ATTEMPT[/]")


Settle = Callable[[AsyncHubClient, str], Awaitable[MaybePaidAnswer]]
"""Does something with an attempt by its id."""


async def run_settle(address: HubAddress, beginning: str, settle: Settle) -> None:
    """``beginning``: of the attempt's id; a whole one is the hub's to judge."""
    try:
        async with open_hub(address) as hub:
            whole = len(beginning) == WHOLE_ID
            ids = [beginning] if whole else [each.attempt_id for each in await hub.costs.maybe_paid()]
            answer = await settle(hub, the_one(beginning, ids, "nothing is unclear about"))
    except ClientError as error:
        fail(str(error))
    words = str(answer.finding).replace("_", " ")
    out.print(f"{words}: {escape_markup(answer.message)}", highlight=False, soft_wrap=True)


def _show(costs: Costs) -> None:
    out.print(f"today {_words(costs.today)}, this month {_words(costs.this_month)} (UTC)", highlight=False)
    if costs.days or costs.gpus:
        out.print(f"{costs.from_day} to {costs.to_day}: {_words(costs.total)}", highlight=False)
        out.print(_sums("node", [each.gpu_id for each in costs.gpus], costs.gpus, out.width))
        if costs.total.machine_usd:
            out.print("[dim]machine: rent that is no picture's, for starting, idling and traffic[/]", highlight=False)
        out.print(_sums("day", [str(each.day) for each in costs.days], costs.days, out.width))
    if costs.maybe_paid:
        some = "1 attempt" if costs.maybe_paid == 1 else f"{costs.maybe_paid} attempts"
        out.print(f"[yellow]{some} may have been paid for in vain[/]: vibes costs maybe-paid", highlight=False)


def _sums(heading: str, names: Sequence[str], sums: Sequence[CostSum], width: int) -> Table:
    columns = [
        Column(heading=heading, cells=[escape_markup(name) for name in names], folds_at=10),
        Column(heading="pictures", cells=[str(each.pictures) for each in sums], worth=1, justify="right"),
        Column(heading="spent", cells=[_amount(each.spent_usd) for each in sums], justify="right"),
        Column(heading="committed", cells=[_amount(each.committed_usd) for each in sums], worth=2, justify="right"),
        Column(heading="machine", cells=[_amount(each.machine_usd) for each in sums], worth=4, justify="right"),
        Column(heading="unclear", cells=[_amount(each.unclear_usd) for each in sums], worth=3, justify="right"),
    ]
    return table_of(columns, width)


def _unclear(attempts: Sequence[MaybePaid], width: int) -> Table:
    columns = [
        Column(heading="attempt", cells=[each.attempt_id for each in attempts]),
        Column(heading="node", cells=[escape_markup(each.gpu_id) for each in attempts], folds_at=8),
        Column(heading="may cost", cells=[_amount(each.amount_usd) for each in attempts], justify="right"),
        Column(heading="since", cells=[_since(each) for each in attempts], worth=2),
        Column(heading="prompt", cells=[escape_markup(each.prompt[:30]) for each in attempts], worth=1, folds_at=10),
    ]
    return table_of(columns, width)


def _since(attempt: MaybePaid) -> str:
    return f"{attempt.created_at.astimezone(UTC):%m-%d %H:%M} UTC"


def _words(sum_: CostSum) -> str:
    return _amount(sum_.all_usd)


def _amount(dollars: float | None) -> str:
    return "?" if dollars is None else shown_usd(parse_usd(dollars))
