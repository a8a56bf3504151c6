"""Chance stories of requests that cost money: whatever breaks and whoever asks again, none is paid for twice."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.fakes.fal import Course as FalCourse
from tests.fakes.fal import FakeFal
from tests.fakes.fal import faults as fal_faults
from tests.fakes.openai import Course, FakeOpenAI, faults
from tests.generators import at_fal
from tests.generators.at_openai import openai
from tests.waiting import deadline, eventually
from vibes.generators.errors import GeneratorError
from vibes.generators.found import Running, Waiting
from vibes.generators.generator import ImageGenerator

FAL = (
    (FalCourse(), True),
    *[(FalCourse(silent=True), True)] * 4,
    (FalCourse(unheard=True), False),
    (FalCourse(refused=fal_faults.TOO_MANY), False),
    (FalCourse(refused=fal_faults.GATEWAY), False),
    (FalCourse(error=("gone", "runner_disconnected")), False),
    (FalCourse(result=fal_faults.NO_RUNNER), False),
    (FalCourse(result=fal_faults.PLAIN_422), False),
    (FalCourse(flagged=True), True),
    (FalCourse(expires=True), True),
    (FalCourse(media="cut"), True),
    (FalCourse(media="gone"), True),
    (FalCourse(holds="IN_PROGRESS"), True),
    (FalCourse(holds="IN_QUEUE", forgotten_when_cancelled=True), True),
    (FalCourse(waits=1, runs=2), True),
)
"""What may become of a submission, and whether it is paid for."""
OPENAI = (
    (Course(), True),
    *[(Course(silent=True), True)] * 3,
    (Course(unheard=True), False),
    (Course(refused=faults.RATE_LIMITED_BARE), False),
    (Course(refused=faults.NO_QUOTA), False),
    (Course(refused=faults.OVERLOADED), False),
    (Course(fails_after=faults.SERVER_ERROR), True),
    (Course(cut_after_partials=True), True),
    (Course(picture="garbled!"), True),
    (Course(as_url=True), True),
    (Course(hangs=True), True),
)
QUICK = {"poll_seconds": 0.001, "upload": "inline", "deadline_seconds": 1.0}
NAMES = ("r1", "r2")


async def live(generator: ImageGenerator, chance: Random, ask: Callable[[str], Coroutine[Any, Any, str]]) -> None:
    """Some pictures are asked for, again as well, cancelled, looked for; then the process is stopped."""
    asking: list[asyncio.Task[str]] = []
    for _ in range(chance.randint(4, 12)):
        name = chance.choice(NAMES)
        match chance.choice(("ask", "ask", "ask", "wait", "wait", "wait", "cancel", "find", "go")):
            case "ask":
                asking.append(asyncio.create_task(ask(name)))
            case "cancel":
                await generator.cancel_request(name)
            case "find":
                await generator.find_request(name)
            case "go" if asking:
                chance.choice(asking).cancel()
            case _ if asking:
                await asyncio.wait(asking[-2:], timeout=chance.choice((0.001, 0.2)))
    await generator.stop()
    ended = await asyncio.gather(*asking, return_exceptions=True)
    assert [each for each in ended if isinstance(each, Exception) and not isinstance(each, GeneratorError)] == []


async def is_over(generator: ImageGenerator, name: str) -> bool:
    return not isinstance(await generator.find_request(name), Waiting | Running)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What does not end by itself is not waited for."""
    monkeypatch.setattr("vibes.generators.queue.STOP_SECONDS", 0.05)
    monkeypatch.setattr("vibes.generators.fal.fal_generator._CANCEL_SECONDS", 0.02)
    monkeypatch.setattr("vibes.generators.fal.fal_generator._FIND_SECONDS", 0.02)


@pytest.mark.parametrize("seed", range(10))
async def test_at_fal(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)  # noqa: S311 - a story that can be told again
    async with FakeFal() as fal, deadline():
        courses = chance.choices(FAL, k=100)
        fal.next(*(course for course, _ in courses))
        for _ in range(chance.randint(2, 4)):
            async with at_fal.lightning(fal, tmp_path, **QUICK) as generator:

                def ask(name: str, at: ImageGenerator = generator) -> Coroutine[Any, Any, str]:
                    return at.generate_image(name, **at_fal.asked(name))

                await live(generator, chance, ask)
        fal.let_go()
        paid = {id(course) for course, costs in FAL if costs}
        runs = Counter(
            each.given["prompt"]
            for each in fal.requests.values()
            if id(each.course) in paid and (each.ran or not each.cancelled)
        )
        async with at_fal.lightning(fal, tmp_path, **QUICK) as generator:
            for name in NAMES:
                await eventually(partial(is_over, generator, name))
    assert [name for name, count in runs.items() if count > 1] == [], "paid for twice"


@pytest.mark.parametrize("seed", range(8))
async def test_at_openai(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)  # noqa: S311 - a story that can be told again
    async with FakeOpenAI() as server, deadline():
        courses = chance.choices(OPENAI, k=100)
        server.next(*(course for course, _ in courses))
        for _ in range(chance.randint(2, 4)):
            async with openai(server, tmp_path) as generator:

                def ask(name: str, at: ImageGenerator = generator) -> Coroutine[Any, Any, str]:
                    return at.generate_image(name, request_id=name)

                await live(generator, chance, ask)
        paid = [course for course, _ in courses[: server.posts]]
        free = {id(course) for course, costs in OPENAI if not costs}
        prompts = [each["prompt"] for each in server.asked]
    runs = Counter(prompt for prompt, course in zip(prompts, paid, strict=True) if id(course) not in free)
    assert server.runs == sum(runs.values())
    assert [name for name, count in runs.items() if count > 1] == [], "paid for twice"
