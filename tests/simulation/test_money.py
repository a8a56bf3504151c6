"""What money is for, in virtual time: twenty drafts end earlier with it, and cost no more than was allowed."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from tests.faults.checker import rows
from tests.simulation.fleet import fleet_text
from tests.simulation.house import story_folder
from tests.simulation.ledger import OF_MONEY
from tests.simulation.life import WITH_MONEY, Life, forget
from tests.simulation.story import surroundings, undisturbed
from vibes.domain.chance import drawing_from
from vibes.domain.money import MicroUsd

ROOT = Path(__file__).parents[2]
STUDIO = ("large", "middle", "cloud", "rented")
"""Two machines of one's own, a service that is paid by the picture, and a machine that is rented by the hour."""


MOST_LOOKS = 1000


@dataclass(frozen=True)
class Drafts:
    seconds: float
    spent: MicroUsd
    by_node: Mapping[str, int]
    problems: tuple[str, ...]


def twenty_drafts(seed: int, max_cost_usd: float) -> Drafts:
    with story_folder() as folder, drawing_from(random.Random(seed)), undisturbed():  # noqa: S311 - the same again
        life = Life(folder, WITH_MONEY + seed)
        life.names = STUDIO
        life.settings.config.write_text(fleet_text(STUDIO), encoding="utf-8")
        with surroundings(life):
            life.run_hub(lambda life: _ask(life, max_cost_usd))
            problems = (*life.problems, *(problem for check in OF_MONEY for problem in check(life)))
        told = _told(life, problems)
        forget(life.dead)
        return told


async def _ask(life: Life, max_cost_usd: float) -> None:
    body = {"prompt": "a cat", "model_family": "sd15", "count": 20, "seed": 1, "max_cost_usd": max_cost_usd}
    await asyncio.sleep(1.0)  # every machine was asked
    await life.call("POST", "/api/generate/batch", body)
    for _ in range(MOST_LOOKS):
        if await life.is_over():
            return
        await asyncio.sleep(0.5)


def _told(life: Life, problems: tuple[str, ...]) -> Drafts:
    pictures: list[Any] = rows(life.folder, "SELECT gpu_id, status, created_at, completed_at FROM generations")
    assert [each["status"] for each in pictures] == ["complete"] * 20
    moments = [datetime.fromisoformat(each["completed_at"]) for each in pictures]
    began = datetime.fromisoformat(pictures[0]["created_at"])
    [total] = rows(life.folder, "SELECT coalesce(sum(amount), 0) AS spent FROM spendings WHERE state != 'released'")
    nodes = [each["gpu_id"] for each in pictures]
    return Drafts(
        (max(moments) - began).total_seconds(),
        MicroUsd(total["spent"]),
        {name: nodes.count(name) for name in STUDIO},
        problems,
    )


@pytest.mark.parametrize("seed", range(2))
def test_twenty_drafts_end_earlier_with_money_and_cost_no_more_than_was_allowed(seed: int) -> None:
    without, with_some = twenty_drafts(seed, 0), twenty_drafts(seed, 0.10)
    assert (without.spent, without.problems, with_some.problems) == (0, (), ())
    assert without.by_node["cloud"] == without.by_node["rented"] == 0
    assert with_some.seconds < 0.9 * without.seconds
    assert 0 < with_some.spent <= 100_000
    assert with_some.by_node["cloud"] == 3, "its own limit for a batch is six cents"
    assert with_some.by_node["rented"] > 0


@pytest.mark.long
def test_whatever_happens_every_limit_holds_at_every_moment() -> None:
    """Whole stories of hubs that are killed, machines that break and people who change their minds, with money."""
    arguments = ["--first", str(WITH_MONEY), "--seeds", "10", "--processes", "1"]
    command = [sys.executable, "-m", "tests.simulation", *arguments]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    told = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
    assert told.returncode == 0, told.stdout[-20_000:] + told.stderr[-5_000:]
    assert "10 of 10 stories" in told.stdout
