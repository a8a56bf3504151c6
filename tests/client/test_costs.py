"""What was spent, and what may have been paid for, by the Python client and on the command line."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import typer

from tests.client.conftest import Served
from tests.client.test_blocked_events import wanted
from tests.fakes import FakeFleet
from tests.hub import FLEET, open_hub, served, settings_for
from tests.services.asking import finished, request
from tests.waiting import deadline
from vibes.client import AsyncHubClient, BatchRequest, Conflicting, HubAddress, InvalidRequest, MaybePaidAnswer
from vibes.commands.common.console import notes, out
from vibes.commands.costs.showing import run_maybe_paid, run_settle, run_show
from vibes.commands.fleet.nodes import run_nodes
from vibes.commands.pictures.generate import run_generate
from vibes.domain.attempt import AttemptState
from vibes.domain.money import parse_usd
from vibes.domain.spending import Finding

DEAR = FLEET.replace("max_batch: 4}", "max_batch: 4, cost: {per_image_usd: 0.02}}").replace("[sd15]", "[sdxl]")
"""Only the fast one draws sd15, and it costs two cents a picture."""


@pytest.fixture
async def dear_hub(tmp_path: Path) -> AsyncIterator[Served]:
    fleet, settings = FakeFleet(), settings_for(tmp_path, fleet=DEAR)
    async with open_hub(settings, fleet) as hub, served(hub, settings) as address:
        yield Served(hub, fleet, address)


async def test_the_client_says_what_may_be_spent_and_reads_what_was(dear_hub: Served) -> None:
    async with deadline(), AsyncHubClient(dear_hub.url) as hub:
        with pytest.raises(InvalidRequest, match="this batch may spend nothing"):
            await hub.batches.submit(BatchRequest(prompt="a cat", model_family="sd15"))
        asked = BatchRequest(prompt="a cat", model_family="sd15", count=2, max_cost_usd="$0.05")
        batch = await hub.batches.wait((await hub.batches.submit(asked)).batch_id)
        costs = await hub.costs.get()
        tomorrow = await hub.costs.get(from_day=costs.to_day + timedelta(days=1))
        fleet = await hub.discovery.fleet()
    assert (batch.max_cost_usd, batch.cost_usd) == (0.05, 0.04)
    assert [each.cost_usd for each in batch.generations] == [0.02, 0.02]
    assert (costs.total.all_usd, costs.today.pictures, costs.gpus[0].gpu_id) == (0.04, 2, "fast")
    assert (costs.days[0].spent_usd, costs.sessions[0].session_id) == (0.04, batch.session_id)
    assert isinstance(costs.from_day, date)
    assert tomorrow.total.all_usd == 0
    assert [each.cost and each.cost.spent_today_usd for each in fleet.gpus] == [0.04, None]


async def unclear(hub: Served) -> str:
    """The id of an attempt of which nobody can tell whether it was made."""
    hub.fleet.nodes["fast"].posts_lost = 1
    submission = await hub.hub.generations.submit(request(max_cost=parse_usd("0.02")))
    [failed] = await finished(hub.hub, submission.batch.id)
    [attempt] = await hub.hub.storage.attempts.of_generation(failed.id)
    assert attempt.state is AttemptState.MAYBE_PAID
    return attempt.id


async def test_the_command_line_tells_it_on_eighty_columns(
    dear_hub: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(out, "width", 80)
    address = HubAddress(dear_hub.url)
    async with deadline():
        with out.capture() as made:
            assert await run_generate(wanted(tmp_path / "out", max_cost="0.10"), address) == 0
        with out.capture() as shown:
            await run_show(address, None, None)
        with out.capture() as nodes:
            await run_nodes(address)
        with out.capture() as nothing:
            await run_maybe_paid(address)
    assert "(fast 1; $0.02)" in made.get()
    assert shown.get().startswith("today $0.02, this month $0.02 (UTC)")
    assert re.search(r"^fast +1 +\$0\.02", shown.get(), flags=re.MULTILINE)
    assert "machine" in shown.get()
    assert "$0.02 a picture" in nodes.get()
    assert nothing.get() == "nothing is unclear\n"
    assert max(map(len, (shown.get() + nodes.get()).splitlines())) <= 80


async def test_the_command_line_names_the_option_that_allows_what_only_money_can_do(
    dear_hub: Served, tmp_path: Path
) -> None:
    async with deadline():
        with notes.capture() as refused, pytest.raises(typer.Exit):
            await run_generate(wanted(tmp_path / "out"), HubAddress(dear_hub.url))
        with notes.capture() as too_little, pytest.raises(typer.Exit):
            await run_generate(wanted(tmp_path / "out", max_cost="0.01"), HubAddress(dear_hub.url))
    assert "costs $0.02 a picture, and this batch may spend nothing" in refused.get()
    assert "--max-cost 0.10" in refused.get()
    assert "this batch may spend $0.01" in too_little.get()
    assert "--max-cost" not in too_little.get()


async def test_the_beginning_of_an_id_will_do_as_long_as_it_is_one_alone(dear_hub: Served) -> None:
    address, asked = HubAddress(dear_hub.url), []

    async def settle(hub: AsyncHubClient, whole: str) -> MaybePaidAnswer:
        asked.append(whole)
        return await hub.costs.give_up(whole)

    async with deadline():
        attempts = [await unclear(dear_hub), await unclear(dear_hub)]
        with notes.capture() as unknown, pytest.raises(typer.Exit):
            await run_settle(address, "nothing", settle)
        with notes.capture() as several, pytest.raises(typer.Exit):
            await run_settle(address, "", settle)
        await run_settle(address, attempts[1][:-4], settle)
    assert "nothing is unclear about 'nothing'" in unknown.get()
    assert all(each in several.get() for each in attempts)
    assert asked == [attempts[1]]


async def test_the_command_line_settles_what_is_unclear(dear_hub: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(out, "width", 80)
    address = HubAddress(dear_hub.url)
    async with deadline():
        attempt_id = await unclear(dear_hub)
        with out.capture() as listed:
            await run_maybe_paid(address)
        with out.capture() as told:
            await run_settle(address, attempt_id[:6], lambda hub, whole: hub.costs.give_up(whole))
        async with AsyncHubClient(dear_hub.url) as hub:
            with pytest.raises(Conflicting):
                await hub.costs.pay_again(attempt_id)
            assert await hub.costs.maybe_paid() == ()
    assert attempt_id in listed.get()
    assert "$0.02" in listed.get()
    assert max(map(len, listed.get().splitlines())) <= 80
    assert told.get().startswith(str(Finding.GIVEN_UP).replace("_", " "))
