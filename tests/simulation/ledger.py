"""What must hold about money: at every moment, and at the end of a story."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from tests.faults.checker import rows
from tests.simulation.fleet import CLOUDS, DAILY, PER_BATCH, PRICES
from tests.simulation.life import Life

_HELD = "SELECT sum(amount) AS held, {what} FROM spendings WHERE state != 'released' GROUP BY {what}"


def hold_to_limits(life: Life) -> None:
    """After every transaction: what is spent, committed or unclear stays within every limit."""
    path = life.settings.data / "vibes.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        for problem in _exceeded(connection):
            life.complain(problem)


def _exceeded(connection: sqlite3.Connection) -> Iterator[str]:
    def held(what: str) -> Iterator[Any]:
        return iter(connection.execute(_HELD.format(what=what)))

    limits = connection.execute("SELECT coalesce(purse, id) AS purse, max(max_cost) AS most FROM batches GROUP BY 1")
    of_purses = {row["purse"]: row["most"] for row in limits}
    for row in held("purse"):
        most = of_purses.get(row["purse"])
        if most is not None and row["held"] > most:  # None: its session was deleted
            yield f"{row['purse']} has spent {row['held']} of {most}"
    for row in held("node_id, day"):
        if row["held"] > DAILY[row["node_id"]]:
            yield f"{row['node_id']} has spent {row['held']} on {row['day']}"
    for row in held("node_id, purse"):
        if row["held"] > PER_BATCH.get(row["node_id"], row["held"]):
            yield f"{row['purse']} has spent {row['held']} on {row['node_id']}"


def everything_that_was_charged_is_in_the_ledger(life: Life) -> Iterable[str]:
    """And nothing was charged twice by one submission."""
    counted = {
        row["attempt_id"]: row["node_id"]
        for row in rows(life.folder, "SELECT attempt_id, node_id FROM spendings WHERE state != 'released'")
    }
    for name in PRICES.keys() & life.machines.keys():
        for prompt_id, times in life.machines[name].charged.items():
            if times and prompt_id not in counted:
                yield f"{name} charges for {prompt_id}, of which the ledger knows nothing"
            if times > 1:
                yield f"{name} charges {times} times for {prompt_id}"
        for prompt_id, times in life.machines[name].received.items():
            if times > 1 and prompt_id not in life.machines[name].foreign:
                yield f"{name}, which charges, was sent {prompt_id} {times} times"


def nothing_is_paid_for_again_by_itself(life: Life) -> Iterable[str]:
    """A picture is paid for once for each time that a person asked for it."""
    paid = rows(
        life.folder,
        "SELECT generation_id, count(*) AS times FROM spendings WHERE state != 'released' AND node_id != 'rented' "
        "GROUP BY generation_id",
    )
    for row in paid:
        asked = 1 + life.wishes.times_again[row["generation_id"]]
        if row["times"] > asked:
            yield f"{row['generation_id']} was paid for {row['times']} times, and asked for {asked} times"


def every_commitment_is_settled(life: Life) -> Iterable[str]:
    for row in rows(life.folder, "SELECT attempt_id, node_id FROM spendings WHERE state = 'committed'"):
        yield f"{row['attempt_id']} on {row['node_id']} is still committed"


def nothing_is_spent_that_was_not_allowed(life: Life) -> Iterable[str]:
    """A batch that may spend nothing has nothing in the ledger, and none of its pictures comes from a cloud."""
    theirs = "JOIN batches b ON b.id = {}.batch_id WHERE b.max_cost = 0"
    for row in rows(life.folder, f"SELECT s.batch_id FROM spendings s {theirs.format('s')}"):  # noqa: S608 - fixed
        yield f"{row['batch_id']} has spent something, and may spend nothing"
    for row in rows(life.folder, f"SELECT g.id, g.gpu_id FROM generations g {theirs.format('g')}"):  # noqa: S608 - fixed
        if row["gpu_id"] in CLOUDS:
            yield f"{row['id']} was drawn on {row['gpu_id']}, and may cost nothing"


OF_MONEY = [
    everything_that_was_charged_is_in_the_ledger,
    nothing_is_paid_for_again_by_itself,
    every_commitment_is_settled,
    nothing_is_spent_that_was_not_allowed,
]
