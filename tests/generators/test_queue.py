"""Requests of a generator: their order, their callers in other threads and loops, and all ways in which they end."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.generators.pens import Pen, PenConfig
from tests.waiting import deadline, eventually
from vibes.generators.errors import Cancelled, Crashed, InvalidInput, MaybePaid, RateLimited, Unavailable
from vibes.generators.found import Done, Failed, Running, Unclear, Unknown, Waiting
from vibes.generators.observing import Observer


@pytest.fixture
async def pen(tmp_path: Path) -> AsyncIterator[Pen]:
    pen = Pen(PenConfig(retry_seconds=0), tmp_path)
    await pen.start()
    yield pen
    await pen.stop()


def ask(pen: Pen, prompt: str, **kwargs: object) -> asyncio.Task[str]:
    return asyncio.create_task(pen.generate_image(prompt, request_id=prompt, **kwargs))


def texts(paths: list[str]) -> list[str]:
    return [Path(path).read_text(encoding="utf-8") for path in paths]


async def begun(pen: Pen) -> None:
    await asyncio.wait_for(pen.begun.wait(), 30)


async def test_pictures_are_drawn_in_their_order_and_one_at_a_time(pen: Pen) -> None:
    tasks = [ask(pen, prompt) for prompt in ("one", "two", "three")]
    await begun(pen)
    assert pen.drawn == ["one"]
    assert pen.get_queue_stats() | {"total_requests": 3, "pending": 2, "running": 1} == pen.get_queue_stats()
    pen.lift()
    paths = await asyncio.gather(*tasks)
    assert pen.drawn == ["one", "two", "three"]
    assert texts(paths) == pen.drawn
    assert [Path(path).name for path in paths] == ["pen-one.png", "pen-two.png", "pen-three.png"]
    assert pen.get_queue_stats() == {
        "started": True, "processor_running": True, "max_concurrent": 1, "pending": 0, "running": 0,
        "total_requests": 3, "successful_requests": 3, "failed_requests": 0, "cancelled_requests": 0,
    }  # fmt: skip


async def test_as_many_are_drawn_at_once_as_the_constructor_says(tmp_path: Path) -> None:
    pen = Pen(PenConfig(max_concurrent=3), tmp_path, 2)
    await pen.start()
    tasks = [ask(pen, prompt) for prompt in ("one", "two", "three")]
    await eventually(lambda: len(pen.drawn) == 2)
    assert pen.get_queue_stats()["pending"] == 1
    pen.lift()
    await asyncio.gather(*tasks)
    await pen.stop()


async def test_other_threads_with_loops_of_their_own_are_served(pen: Pen) -> None:
    pen.lift()
    paths: list[str] = []

    def ask_from_here(number: int) -> None:
        paths.append(asyncio.run(pen.generate_image(f"from thread {number}")))

    threads = [threading.Thread(target=ask_from_here, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    await eventually(lambda: len(paths) == 8)
    for thread in threads:
        thread.join()
    assert set(texts(paths)) == {f"from thread {number}" for number in range(8)}


async def test_a_caller_that_gives_up_takes_its_waiting_request_along(pen: Pen) -> None:
    first, second, third = (ask(pen, prompt) for prompt in ("one", "two", "three"))
    await begun(pen)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    pen.lift()
    await asyncio.gather(first, third)
    assert pen.drawn == ["one", "three"]
    assert pen.get_queue_stats()["cancelled_requests"] == 1


async def test_a_caller_that_gives_up_ends_the_picture_that_is_drawn_for_it(pen: Pen) -> None:
    first, second = ask(pen, "one"), ask(pen, "two")
    await begun(pen)
    first.cancel()
    await eventually(lambda: pen.drawn == ["one", "two"])
    pen.lift()
    await second
    assert isinstance(await pen.find_request("one"), Unknown)


async def test_clearing_fails_what_waits_with_its_reason_and_leaves_what_is_drawn(pen: Pen) -> None:
    first, second, third = (ask(pen, prompt) for prompt in ("one", "two", "three"))
    await begun(pen)
    assert await pen.clear_pending_requests("the machine is replaced") == 2
    for task in (second, third):
        with pytest.raises(Unavailable, match="the machine is replaced"):
            await task
    pen.lift()
    await first
    assert pen.drawn == ["one"]


async def test_a_restarted_processor_goes_on_with_what_waits_beside_what_is_drawn(pen: Pen) -> None:
    first, second = ask(pen, "one"), ask(pen, "two")
    await begun(pen)
    await pen.restart_queue_processor()
    assert pen.get_queue_stats()["running"] == 1
    pen.lift()
    await asyncio.gather(first, second)
    assert pen.drawn == ["one", "two"]


async def test_stopping_ends_everything_and_a_new_start_begins_afresh(pen: Pen) -> None:
    first, second = ask(pen, "one"), ask(pen, "two")
    await begun(pen)
    await pen.stop()
    with pytest.raises(Cancelled):
        await first
    with pytest.raises(Unavailable, match="pen was stopped"):
        await second
    with pytest.raises(Unavailable, match="not started"):
        await pen.generate_image("three")
    await pen.start()
    pen.lift()
    await pen.generate_image("four")


@pytest.mark.parametrize("turns", range(6))
async def test_a_request_is_answered_whenever_the_generator_is_stopped(tmp_path: Path, turns: int) -> None:
    """Also between the moment at which it leaves the queue and its first turn."""
    pen = Pen(PenConfig(), tmp_path)
    await pen.start()
    task = ask(pen, "one")
    for _ in range(turns):
        await asyncio.sleep(0)
    await pen.stop()
    async with deadline():
        with pytest.raises((Cancelled, Unavailable)):
            await task
    assert pen.get_queue_stats()["running"] == 0


def test_a_generator_that_outlives_its_event_loop_can_be_started_on_another_one(tmp_path: Path) -> None:
    pen = Pen(PenConfig(), tmp_path)

    async def one() -> str:
        await pen.start()
        pen.lift()
        return await pen.generate_image("again")

    first = asyncio.run(one())
    with pytest.raises(Unavailable, match="not started"):
        asyncio.run(pen.generate_image("now"))
    assert asyncio.run(one()) != first


async def test_what_is_safe_is_asked_again_and_nothing_else(pen: Pen) -> None:
    pen.lift()
    pen.ends = [Unavailable("the line is down"), RateLimited("too many", retry_after=0)]
    await pen.generate_image("patient")
    assert pen.drawn == ["patient"] * 3
    for error in (MaybePaid("no answer"), Crashed("it broke"), InvalidInput("no")):
        pen.drawn.clear()
        pen.ends = [error]
        with pytest.raises(type(error)):
            await pen.generate_image("once")
        assert pen.drawn == ["once"]


async def test_what_stays_unavailable_or_far_away_is_given_up(pen: Pen) -> None:
    pen.lift()
    pen.ends = [Unavailable("the line is down")] * 3
    with pytest.raises(Unavailable):
        await pen.generate_image("one")
    pen.ends = [RateLimited("tomorrow", retry_after=86400)]
    with pytest.raises(RateLimited):
        await pen.generate_image("two")
    assert pen.drawn == ["one"] * 3 + ["two"]


async def test_a_request_is_found_wherever_it_is(pen: Pen) -> None:
    tasks = [ask(pen, prompt) for prompt in ("one", "two", "three", "four")]
    await begun(pen)
    assert await pen.find_request("one") == Running()
    assert await pen.find_request("three") == Waiting(1)
    assert await pen.find_request("five") == Unknown()
    pen.lift()
    assert await pen.find_request("one") == Running()
    path = await tasks[0]
    assert await pen.find_request("one") == Done(path)
    await asyncio.gather(*tasks)
    pen.ends = [MaybePaid("no answer"), Crashed("it broke")]
    await asyncio.gather(ask(pen, "unclear"), ask(pen, "broken"), return_exceptions=True)
    assert await pen.find_request("unclear") == Unclear("no answer")
    assert await pen.find_request("broken") == Failed("crashed", "it broke")


async def test_a_request_is_under_way_once(pen: Pen) -> None:
    first = ask(pen, "one")
    await begun(pen)
    with pytest.raises(InvalidInput, match="under way"):
        await pen.generate_image("another", request_id="one")
    pen.lift()
    await first


async def test_what_waits_is_taken_back_and_what_runs_is_only_cancelled(pen: Pen) -> None:
    first, second = ask(pen, "one"), ask(pen, "two")
    await begun(pen)
    assert not await pen.take_back_request("one")
    assert await pen.take_back_request("two")
    assert not await pen.take_back_request("two")
    assert await pen.cancel_request("one")
    assert not await pen.cancel_request("one")
    for task in (first, second):
        with pytest.raises(Cancelled):
            await task
    assert pen.drawn == ["one"]


class Notes(Observer):
    def __init__(self) -> None:
        self.heard: list[object] = []

    def waiting(self, position: int) -> None:
        self.heard.append(position)

    def started(self) -> None:
        self.heard.append("started")


async def test_an_observer_hears_of_its_place_and_its_begin_and_may_break(pen: Pen) -> None:
    class Broken:
        def started(self) -> None:
            raise ValueError("I am no good watcher")

    notes = Notes()
    tasks = [ask(pen, "one", observer=Broken()), ask(pen, "two"), ask(pen, "three", observer=notes)]
    await begun(pen)
    pen.lift()
    await asyncio.gather(*tasks)
    assert notes.heard == [1, 0, "started"]


async def test_a_picture_with_nothing_to_draw_is_refused(pen: Pen) -> None:
    with pytest.raises(ValueError, match="must say something"):
        await pen.generate_image("  ")


async def test_what_a_class_of_others_returns_is_a_path_or_an_error(pen: Pen, monkeypatch: pytest.MonkeyPatch) -> None:
    returned: list[object] = [Path("a.png"), None]

    async def draw(prompt: str, **kwargs: object) -> object:
        return returned.pop(0)

    monkeypatch.setattr(pen, "_generate_image_impl", draw)
    assert await pen.generate_image("x") == "a.png"
    async with deadline():
        with pytest.raises(Crashed, match="pen returned no path of a picture, but NoneType"):
            await pen.generate_image("x")


async def test_its_health_is_told(pen: Pen) -> None:
    assert await pen.test_connection() == {"status": "healthy"}
    await pen.stop()
    assert await pen.test_connection() == {"status": "unhealthy", "error": "pen is not started", "code": "unavailable"}
