"""The key of Vast.ai: missing, put there while the hub runs, rotated while something is rented."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.fakes.vast import KEY, Life
from tests.fakes.vast.server import FakeVast
from tests.hub import open_hub, settings_for
from tests.services.asking import finished
from tests.services.test_rented_nodes import asked, fleet, reason_of, renting, settings_of
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.generation import GenerationStatus


async def test_without_a_key_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAST_API_KEY", raising=False)
    async with open_hub(settings_for(tmp_path, fleet=fleet())) as hub:
        assert "put VAST_API_KEY=… into the environment" in reason_of(hub)


async def test_a_key_that_is_put_there_while_the_hub_runs_is_taken_up_and_rents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAST_API_KEY", raising=False)
    async with FakeVast() as vast:
        settings = settings_of(tmp_path, vast)
        (tmp_path / ".env").unlink()
        async with open_hub(settings) as hub:
            assert "put VAST_API_KEY=… into the environment" in reason_of(hub)
            settings_of(tmp_path, vast)
            await eventually(lambda: "nothing is rented" in reason_of(hub))
            [generation] = await finished(hub, (await asked(hub)).batch.id)
            assert generation.status is GenerationStatus.COMPLETE
        assert not vast.cloud.alive()


@asynccontextmanager
async def rented_with_a_key_that_is_refused(folder: Path) -> AsyncIterator[tuple[Hub, FakeVast]]:
    """And somebody has ended the rental by hand, of which Vast.ai does not hear."""
    async with FakeVast() as vast:
        vast.cloud.life = lambda: Life(running=0.1, comfyui=1000)
        async with renting(folder, vast, idle_minutes=10) as hub:
            await asked(hub)
            rental = await eventually(lambda: next(iter(hub.rentals.listed()), None))
            await eventually(vast.cloud.alive)
            vast.cloud.key = "rotated"
            await eventually(lambda: "refuses the key (401)" in str(hub.rentals.problems), what="it is told")
            await hub.rentals.end(rental.id)
            yield hub, vast


async def test_a_key_that_is_rotated_while_something_is_rented_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VAST_API_KEY", raising=False)
    async with rented_with_a_key_that_is_refused(tmp_path) as (hub, vast):
        (tmp_path / ".env").write_text("VAST_API_KEY=rotated\n", encoding="ascii")
        await eventually(lambda: not vast.cloud.alive(), what="it is given back")
        await eventually(lambda: not hub.rentals.problems)


async def test_the_key_of_another_account_proves_nothing_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAST_API_KEY", raising=False)
    async with rented_with_a_key_that_is_refused(tmp_path) as (hub, vast):
        vast.cloud.keys_of_others = {"anothers"}
        (tmp_path / ".env").write_text("VAST_API_KEY=anothers\n", encoding="ascii")
        await eventually(lambda: "has nothing of what is rented" in str(hub.rentals.problems))
        [rental] = hub.rentals.listed()
        assert rental.open
        vast.cloud.key = KEY  # for the end of the hub, which gives back what it can
