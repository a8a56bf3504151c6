"""A process that dies while fal draws: what was paid for is found again, and never asked for twice."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.fakes.fal import Course, FakeFal
from tests.generators.at_fal import START, asked, lightning, lightning_config, settings, size_of, start
from tests.generators.drawing_process import drawing, killed
from tests.waiting import deadline, eventually
from vibes.generators.errors import Cancelled, MaybePaid, Unavailable
from vibes.generators.fal.fal_lightning_i2i_generator import FalLightningI2IGenerator
from vibes.generators.found import Done, Found, Running, Unclear, Unknown, Waiting


@pytest.fixture
async def fal() -> AsyncIterator[FakeFal]:
    async with FakeFal() as server:
        yield server


async def done(generator: FalLightningI2IGenerator) -> Done:
    async def is_done() -> Done | None:
        found: Found = await generator.find_request("r1")
        return found if isinstance(found, Done) else None

    return await eventually(is_done)


async def runs(generator: FalLightningI2IGenerator) -> bool:
    return await generator.find_request("r1") == Running()


@pytest.mark.processes
async def test_killed_before_the_answer_nobody_can_tell_and_nothing_is_sent_again(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(held=True))
    (tmp_path / "start.png").write_bytes(START)
    async with drawing(
        {"strategy": "fal-lightning", **settings(fal)}, tmp_path, str(tmp_path / "start.png")
    ) as process:
        await eventually(lambda: fal.runs)
        await killed(process)
    async with lightning(fal, tmp_path) as generator:
        assert isinstance(await generator.find_request("r1"), Unclear)
        with pytest.raises(MaybePaid):
            await generator.generate_image("a lighthouse", **asked())
        assert await generator.find_request("r2") == Unknown()
    assert (fal.runs, fal.posts) == (1, 1)


@pytest.mark.processes
async def test_killed_after_the_answer_it_is_followed_again(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(holds="IN_PROGRESS"))
    (tmp_path / "start.png").write_bytes(START)
    async with drawing(
        {"strategy": "fal-lightning", **settings(fal)}, tmp_path, str(tmp_path / "start.png")
    ) as process:
        await eventually(lambda: fal.requests and fal.latest.looks)
        await killed(process)
    async with lightning(fal, tmp_path) as generator, deadline():
        assert not isinstance(await generator.find_request("r1"), Done | Unclear | Unknown)
        fal.let_go()
        found = await done(generator)
        assert await generator.generate_image("a lighthouse", **asked()) == found.path
    assert size_of(found.path) == (64, 64)
    assert found.details["cost_usd"]
    assert (fal.runs, fal.posts) == (1, 1)


async def test_stopped_it_leaves_its_pictures_at_fal_and_finds_them_again(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(holds="IN_PROGRESS"))
    async with lightning(fal, tmp_path) as generator:
        going = start(generator, "r1")
        await eventually(lambda: fal.requests and fal.latest.ran)
    async with deadline():
        with pytest.raises(Cancelled):
            await going
    assert not fal.latest.cancelled
    async with lightning(fal, tmp_path) as generator, deadline():
        again = start(generator, "r1")
        await eventually(lambda: runs(generator))
        fal.let_go()
        assert size_of(await again) == (64, 64)
    assert (fal.runs, fal.posts) == (1, 1)


async def test_what_fal_could_not_tell_is_not_asked_for_again_at_once(
    fal: FakeFal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fal.next(Course(expires=True))
    async with lightning(fal, tmp_path) as generator:
        with pytest.raises(MaybePaid):
            await generator.generate_image("a lighthouse", **asked())
    monkeypatch.setattr("vibes.generators.fal.fal_generator._FIND_SECONDS", 0)
    async with lightning(fal, tmp_path) as generator, deadline():
        assert await generator.find_request("r1") == Waiting(), "fal is asked"
        await eventually(lambda: is_unclear(generator))
        looks = fal.latest.looks
        assert await is_unclear(generator)
    assert fal.latest.looks == looks


async def is_unclear(generator: FalLightningI2IGenerator) -> bool:
    return isinstance(await generator.find_request("r1"), Unclear)


async def test_a_picture_that_was_drawn_and_then_removed_is_not_drawn_again_by_itself(
    fal: FakeFal, tmp_path: Path
) -> None:
    async with lightning(fal, tmp_path) as generator:
        Path(await generator.generate_image("a lighthouse", **asked())).unlink()  # noqa: ASYNC240 - one file
        with pytest.raises(MaybePaid, match="no longer there"):
            await generator.generate_image("a lighthouse", **asked())
    assert fal.posts == 1


@pytest.mark.parametrize("folder", ["state", "state/deeper"])
async def test_without_a_disk_to_write_it_down_nothing_is_sent(fal: FakeFal, tmp_path: Path, folder: str) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    generator = FalLightningI2IGenerator(
        lightning_config(fal, retries=0), tmp_path / "pictures", state_folder=tmp_path / folder
    )
    await generator.start()
    with pytest.raises(Unavailable, match="cannot be"):
        await generator.generate_image("a lighthouse", **asked())
    await generator.stop()
    assert fal.posts == 0
