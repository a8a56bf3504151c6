"""A queue that many threads pull at, each with an event loop of its own, while it is cleared, restarted and stopped."""

import asyncio
import random
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.generators.pens import Pen, PenConfig
from tests.waiting import deadline, eventually
from vibes.generators.errors import Cancelled, Unavailable
from vibes.generators.generator import ImageGenerator


class Counting(ImageGenerator):
    """Counts how many pictures it draws at once."""

    def _configure(self, config: PenConfig, **kwargs: Any) -> None:
        self.drawing = self.most = 0
        self.cancelled = 0

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        self.drawing += 1
        self.most = max(self.most, self.drawing)
        try:
            for _ in range(int(prompt)):
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.drawing -= 1
        return prompt


async def caller(generator: Counting, chance: random.Random, ends: list[str]) -> None:
    for _ in range(40):
        task = asyncio.create_task(generator.generate_image(str(chance.randrange(6))))
        if chance.random() < 0.3:
            for _ in range(chance.randrange(8)):
                await asyncio.sleep(0)
            task.cancel()
        [end] = await asyncio.gather(task, return_exceptions=True)
        ends.append(type(end).__name__)


async def disturb(generator: Counting, chance: random.Random, over: threading.Event) -> None:
    """From a loop of its own, too."""
    while not over.is_set():
        match chance.randrange(3):
            case 0:
                await generator.clear_pending_requests("disturbed")
            case 1:
                await generator.restart_queue_processor()
            case _:
                generator.get_queue_stats()
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(4))
async def test_every_request_of_a_crowd_ends_and_none_too_many_are_drawn_at_once(tmp_path: Path, seed: int) -> None:
    generator = Counting(PenConfig(retry_seconds=0), tmp_path, 3)
    await generator.start()
    ends: list[str] = []  # appended to from all threads
    over = threading.Event()

    def chance(who: int) -> random.Random:
        return random.Random(f"{seed} {who}")  # noqa: S311 - a story to be told again, no secret

    def in_a_thread(number: int) -> None:
        asyncio.run(caller(generator, chance(number), ends))

    disturber = threading.Thread(target=lambda: asyncio.run(disturb(generator, chance(-1), over)))
    callers = [threading.Thread(target=in_a_thread, args=(number,)) for number in range(6)]
    for thread in (disturber, *callers):
        thread.start()
    here = asyncio.create_task(caller(generator, chance(-2), ends))
    await eventually(lambda: not any(thread.is_alive() for thread in callers), what="all callers are served")
    async with deadline():
        await here
    over.set()
    await eventually(lambda: not disturber.is_alive())
    assert set(ends) <= {"str", "CancelledError", "Unavailable"}
    assert len(ends) == 7 * 40
    assert "str" in ends
    assert generator.most <= 3
    stats = generator.get_queue_stats()
    assert (stats["pending"], stats["running"]) == (0, 0)
    assert stats["successful_requests"] >= ends.count("str"), "some are drawn for a caller that has just gone"
    counted = [stats[f"{how}_requests"] for how in ("successful", "failed", "cancelled")]
    assert sum(counted) == stats["total_requests"], "each one counts once"
    await generator.stop()


async def elsewhere(generator: Pen, doing: str, *arguments: object) -> object:
    """On an event loop of another thread."""

    def run() -> object:
        return asyncio.run(getattr(generator, doing)(*arguments))

    return await asyncio.to_thread(run)


async def test_it_is_cancelled_restarted_and_stopped_from_other_event_loops(tmp_path: Path) -> None:
    pen = Pen(PenConfig(), tmp_path, 2)
    await pen.start()
    await pen.start()
    one, two, three = (asyncio.create_task(pen.generate_image(each, request_id=each)) for each in ("1", "2", "3"))
    await eventually(lambda: len(pen.drawn) == 2)
    assert await elsewhere(pen, "cancel_request", "1")
    with pytest.raises(Cancelled):
        await one
    await eventually(lambda: len(pen.drawn) == 3)
    await elsewhere(pen, "restart_queue_processor")
    four = asyncio.create_task(pen.generate_image("4", request_id="4"))
    await eventually(lambda: pen.get_queue_stats()["pending"] == 1)
    await elsewhere(pen, "stop")
    ends = await asyncio.gather(two, three, four, return_exceptions=True)
    assert [type(end) for end in ends] == [Cancelled, Cancelled, Unavailable]


async def test_a_caller_whose_event_loop_ends_takes_its_request_along(tmp_path: Path) -> None:
    pen = Pen(PenConfig(), tmp_path)
    await pen.start()

    async def ask_and_leave() -> None:
        task = asyncio.create_task(pen.generate_image("left"))
        await eventually(lambda: pen.drawn)
        assert not task.done()

    async with deadline():
        await asyncio.to_thread(lambda: asyncio.run(ask_and_leave()))
    await eventually(lambda: pen.get_queue_stats()["running"] == 0)
    assert pen.get_queue_stats()["cancelled_requests"] == 1
    await pen.stop()


def test_it_draws_one_picture_at_a_time_or_more(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        Pen(PenConfig(), tmp_path, 0)


async def test_an_error_that_is_none_of_ours_comes_through_and_is_remembered(tmp_path: Path) -> None:
    pen = Pen(PenConfig(), tmp_path)
    await pen.start()
    pen.lift()
    pen.ends = [RuntimeError("the service failed")]
    with pytest.raises(RuntimeError, match="the service failed"):
        await pen.generate_image("x", request_id="a")
    assert str(await pen.find_request("a")) == "Failed(code='generator_error', reason='the service failed')"
    await pen.stop()
