"""What goes wrong at fal, and what that means: for the picture, for the account, and for the money."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.fal import KEY, Answer, Course, FakeFal, faults
from tests.generators.at_fal import PRICE, Watcher, asked, lightning, running, size_of, start
from tests.generators.strange_answers import NESTED
from tests.waiting import deadline, eventually
from vibes.generators.errors import (
    Crashed,
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    Moderated,
    OutOfCredit,
    RateLimited,
    Unavailable,
)
from vibes.generators.found import Done, Failed, Unclear
from vibes.generators.hosted.once import is_there


@pytest.fixture
async def fal() -> AsyncIterator[FakeFal]:
    async with FakeFal() as server:
        yield server


async def error_of(fal: FakeFal, folder: Path, **more: Any) -> GeneratorError:
    """Of one picture that nobody asks for again."""
    async with lightning(fal, folder, retries=0, **more) as generator, deadline():
        with pytest.raises(GeneratorError) as failed:
            await generator.generate_image("a lighthouse", **asked())
    return failed.value


@pytest.mark.parametrize(
    ("refused", "means"),
    [
        (faults.BAD_KEY, Misconfigured),
        (faults.NOT_ALLOWED, Misconfigured),
        (faults.NO_SUCH_APP, Misconfigured),
        (faults.LOCKED, OutOfCredit),
        (faults.TOO_MANY, RateLimited),
        (faults.PLAIN_422, InvalidInput),
        (faults.TOO_SMALL, InvalidInput),
        (faults.BAD_REQUEST, InvalidInput),
        (faults.PROHIBITED, Moderated),
        (faults.GATEWAY, MaybePaid),
        (faults.START_TIMEOUT, MaybePaid),
        (Answer(200, {"unexpected": True}), MaybePaid),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.status),
)
async def test_a_refused_submission(fal: FakeFal, tmp_path: Path, refused: Answer, means: type[GeneratorError]) -> None:
    fal.next(Course(refused=refused))
    error = await error_of(fal, tmp_path)
    assert type(error) is means
    assert fal.posts == 1
    if isinstance(error, RateLimited):
        assert error.retry_after == 7
    assert ("put the right FAL_KEY=…" in str(error)) is (refused == faults.BAD_KEY)


@pytest.mark.parametrize(
    ("course", "means"),
    [
        (Course(result=faults.PLAIN_422), InvalidInput),
        (Course(result=faults.TOO_SMALL), InvalidInput),
        (Course(result=faults.PROHIBITED), Moderated),
        (Course(result=faults.START_TIMEOUT), Unavailable),
        (Course(result=faults.NO_RUNNER), Unavailable),
        (Course(result=faults.SLOW_MODEL), Unavailable),
        (Course(result=faults.RUNNER_ERROR), Crashed),
        (Course(error=("runner went away", "runner_disconnected")), Unavailable),
        (Course(error=("the runner broke", "runner_server_error")), Crashed),
        (Course(error=("unreadable body", "bad_request")), InvalidInput),
        (Course(expires=True), MaybePaid),
        (Course(result=Answer(200, {"images": []})), MaybePaid),
        (Course(media="gone"), MaybePaid),
        (Course(result=Answer(500, "the gateway itself broke")), MaybePaid),
    ],
    ids=str,
)
async def test_completed_is_not_yet_success(
    fal: FakeFal, tmp_path: Path, course: Course, means: type[GeneratorError]
) -> None:
    fal.next(course)
    error = await error_of(fal, tmp_path)
    assert type(error) is means
    assert fal.posts == 1


async def test_a_blacked_out_picture_is_moderated_and_was_paid_for(fal: FakeFal, tmp_path: Path) -> None:
    watcher = Watcher()
    fal.next(Course(flagged=True))
    async with lightning(fal, tmp_path) as generator:
        with pytest.raises(Moderated):
            await generator.generate_image("a lighthouse", **asked(observer=watcher))
        assert isinstance(await generator.find_request("r1"), Failed)
    assert watcher.details == {"cost_usd": PRICE}


async def test_an_empty_balance_says_so(fal: FakeFal, tmp_path: Path) -> None:
    fal.balance_gone = True
    error = await error_of(fal, tmp_path)
    assert isinstance(error, OutOfCredit)
    assert "Exhausted balance" in str(error)


@pytest.mark.parametrize("cut", [Course(silent=True), Course(unheard=True)], ids=["accepted", "not accepted"])
async def test_a_submission_without_an_answer_is_never_sent_again(fal: FakeFal, tmp_path: Path, cut: Course) -> None:
    fal.next(cut)
    async with lightning(fal, tmp_path, retries=5) as generator:
        for _ in range(2):
            with pytest.raises(MaybePaid):
                await generator.generate_image("a lighthouse", **asked())
        assert isinstance(await generator.find_request("r1"), Unclear)
    assert fal.posts == 1


async def test_a_free_one_is_asked_for_again(fal: FakeFal, tmp_path: Path) -> None:
    """Somebody's own server of the same protocol, which nobody pays for."""
    fal.next(Course(silent=True))
    async with lightning(fal, tmp_path, price_usd=0) as generator:
        assert not generator.charges
        await generator.generate_image("a lighthouse", **asked())
    assert fal.posts == 2


async def test_a_submission_that_never_arrived_is_safe_to_repeat(fal: FakeFal, tmp_path: Path) -> None:
    async with lightning(fal, tmp_path, queue_url="http://127.0.0.1:9", retries=0) as generator:
        with pytest.raises(Unavailable):
            await generator.generate_image("a lighthouse", **asked())
        found = await generator.find_request("r1")
        assert isinstance(found, Failed)
        assert found.code == "unavailable"
    assert fal.posts == 0


async def test_a_lost_runner_costs_nothing_and_the_picture_is_asked_for_again(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(error=("runner went away", "runner_disconnected")))
    async with lightning(fal, tmp_path) as generator:
        await generator.generate_image("a lighthouse", **asked())
    assert fal.posts == 2


async def test_looks_that_fail_are_repeated_and_cost_nothing(fal: FakeFal, tmp_path: Path) -> None:
    fal.lines_to_cut = 3
    async with lightning(fal, tmp_path) as generator:
        await generator.generate_image("a lighthouse", **asked())
    assert (fal.runs, fal.posts) == (1, 1)


@pytest.mark.parametrize(
    "down",
    [faults.GATEWAY, faults.BAD_KEY, faults.TOO_MANY, Answer(200, {"status": "FAILED"}), Answer(200, NESTED)],
    ids=["gateway", "key", "too many", "failed", "nested"],
)
async def test_fal_may_be_away_while_a_picture_is_drawn(fal: FakeFal, tmp_path: Path, down: Answer) -> None:
    fal.down = down
    async with lightning(fal, tmp_path) as generator, deadline():
        drawing = start(generator, "r1")
        await eventually(lambda: fal.looks_while_down > 2)
        fal.down = None
        await drawing
    assert (fal.runs, fal.posts) == (1, 1)


async def test_a_request_that_fal_does_not_know_any_more_is_unclear(fal: FakeFal, tmp_path: Path) -> None:
    fal.down = faults.EXPIRED
    error = await error_of(fal, tmp_path)
    assert isinstance(error, MaybePaid)
    assert fal.posts == 1


async def test_what_takes_too_long_is_cancelled_and_unclear(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(holds="IN_PROGRESS"))
    error = await error_of(fal, tmp_path, deadline_seconds=0.2)
    assert isinstance(error, MaybePaid)
    assert fal.latest.cancelled


async def test_a_download_that_breaks_is_repeated(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(media="cut"))
    async with lightning(fal, tmp_path) as generator:
        path = await generator.generate_image("a lighthouse", **asked())
    assert size_of(path) == (64, 64)
    assert len(fal.storage.asked) == 2
    assert fal.runs == 1


async def test_a_picture_that_moved_is_followed_without_the_key(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(media="moved"))
    async with lightning(fal, tmp_path) as generator:
        await generator.generate_image("a lighthouse", **asked())
    assert len(fal.storage.asked) == 2
    assert all("Authorization" not in headers for headers in fal.storage.asked)


async def test_an_endless_picture_is_given_up_at_the_limit(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(media="endless"))
    assert isinstance(await error_of(fal, tmp_path, max_image_mb=0.1), MaybePaid)


async def test_a_stuck_download_is_given_up_and_found_out_later(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(media="stuck"))
    assert isinstance(await error_of(fal, tmp_path, download_seconds=0.2, upload="inline"), MaybePaid)
    fal.down = faults.EXPIRED
    for file in fal.storage.files.values():
        file.fault = "whole"
    async with lightning(fal, tmp_path) as generator, deadline():
        found = await generator.find_request("r1")
        assert isinstance(found, Done)
        assert await generator.generate_image("a lighthouse", **asked()) == found.path
    assert fal.posts == 1


async def test_cancelled_while_it_waits_here_it_never_reaches_fal(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(holds="IN_PROGRESS"))
    async with lightning(fal, tmp_path, max_concurrent=1) as generator, running(generator, "r1"):
        await eventually(lambda: fal.requests)
        async with running(generator, "r2"):
            assert await generator.take_back_request("r2")
        assert await generator.cancel_request("r1")
    assert fal.posts == 1


@pytest.mark.parametrize("forgotten", [True, False])
async def test_cancelled_in_fals_queue_it_never_runs(fal: FakeFal, tmp_path: Path, forgotten: bool) -> None:
    fal.next(Course(holds="IN_QUEUE", forgotten_when_cancelled=forgotten))
    async with lightning(fal, tmp_path) as generator, running(generator, "r1"):
        await eventually(lambda: fal.requests and fal.latest.looks)
        assert not await generator.take_back_request("r1"), "fal has it"
        assert await generator.cancel_request("r1")
        found = await generator.find_request("r1")
        assert isinstance(found, Failed)
        assert found.code == "cancelled"
    assert fal.runs == 0


async def test_cancelled_while_it_runs_it_may_stop(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(holds="IN_PROGRESS"))
    async with lightning(fal, tmp_path) as generator, running(generator, "r1"):
        await eventually(lambda: fal.requests and fal.latest.ran)
        assert await generator.cancel_request("r1")


async def test_or_it_may_come_to_its_end_and_then_it_is_kept(
    fal: FakeFal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vibes.generators.fal.fal_generator._CANCEL_SECONDS", 0.02)
    fal.next(Course(holds="IN_PROGRESS", heeds_cancel=False))
    async with lightning(fal, tmp_path) as generator:
        drawing = start(generator, "r1")
        await eventually(lambda: fal.requests and fal.latest.ran)
        assert not await generator.cancel_request("r1")
        fal.let_go()
        assert await is_there(await drawing)


async def test_what_is_over_cannot_be_cancelled(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(media="stuck"))
    async with lightning(fal, tmp_path) as generator:
        drawing = start(generator, "r1")
        await eventually(lambda: fal.storage.asked)
        assert not await generator.cancel_request("r1")
        fal.storage.released.set()
        assert await is_there(await drawing)


async def test_cancelled_while_it_is_handed_in_it_is_cancelled_as_soon_as_fal_has_it(
    fal: FakeFal, tmp_path: Path
) -> None:
    fal.next(Course(held=True, holds="IN_QUEUE"))
    async with lightning(fal, tmp_path) as generator:
        drawing = start(generator, "r1")
        await eventually(lambda: fal.posts)
        drawing.cancel()
        fal.released.set()
        await eventually(lambda: fal.requests and fal.latest.cancelled)
    assert fal.runs == 0


async def test_a_caller_that_goes_takes_its_picture_along(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(Course(holds="IN_PROGRESS"))
    async with lightning(fal, tmp_path) as generator:
        drawing = start(generator, "r1")
        await eventually(lambda: fal.requests and fal.latest.ran)
        drawing.cancel()
        await eventually(lambda: fal.latest.cancelled)

        async def is_written_down() -> bool:
            return await generator.journal.found("r1") == Failed("cancelled", "fal: Request was cancelled")

        await eventually(is_written_down)


async def test_a_key_is_nowhere_to_be_read(fal: FakeFal, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    fal.next(Course(refused=Answer(422, {"detail": f"what is Key {KEY}?"})), Course(silent=True), Course(media="gone"))
    async with lightning(fal, tmp_path, retries=0) as generator:
        for number in range(3):
            with pytest.raises(GeneratorError) as failed:
                await generator.generate_image("a lighthouse", **asked(f"r{number}"))
            told += [str(failed.value), repr(failed.value)]
        told += [repr(generator.config), str(await generator.test_connection()), str(generator.get_queue_stats())]
    written = [path.read_text() for path in (tmp_path / "state").iterdir()]
    assert len(written) == 3
    assert "fal-secret" not in f"{told}{written}{caplog.text}"
