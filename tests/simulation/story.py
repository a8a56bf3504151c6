"""A story: deeds and mishaps, each at its time and with a seed of its own, told from the first to the last word."""

import asyncio
import gc
import logging
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from unittest.mock import patch

from tests.simulation import mishaps, people
from tests.simulation.checks import after_the_end, before_the_end
from tests.simulation.fleet import NAMES, fleet_text
from tests.simulation.house import story_folder, without_waits
from tests.simulation.life import Life
from vibes.domain.chance import drawing_from
from vibes.environment import durable_files

LONGEST_HEALING_SECONDS = 7200.0
TIDYING_SECONDS = 70.0
"""Within this, whatever nobody needs any more is deleted."""
DOWN_SECONDS = (0.1, 1.0, 10.0, 70.0)
"""How long a hub that was killed or ended stays away."""

_BY_NAME = {deed.__name__: deed for deed in (*people.DEEDS, *mishaps.MISHAPS)}


@dataclass(frozen=True, slots=True)
class Deed:
    """``seed`` decides what exactly is done, so that leaving out another deed changes nothing about this one."""

    at: float
    name: str
    seed: int

    def __str__(self) -> str:
        return f"{self.at:8.2f} s  {self.name.replace('_', ' ')} ({self.seed})"


@dataclass(frozen=True, slots=True)
class Told:
    """``problems``: one sentence each for whatever was wrong; none after a good story."""

    problems: tuple[str, ...]
    trace: tuple[str, ...]
    pictures: int


def deeds_of(seed: int) -> tuple[Deed, ...]:
    chance = random.Random(f"deeds {seed}")  # noqa: S311 - a story that can be told again
    rest = chance.choice([0.2, 1.0, 3.0])
    misfortune = chance.choice([0.1, 0.4, 0.6])
    deeds = [Deed(1.0, people.asks.__name__, chance.getrandbits(32))]
    at = 1.0
    for _ in range(chance.randint(5, 16)):
        at += chance.expovariate(1 / rest)
        kind = chance.choice(mishaps.MISHAPS if chance.random() < misfortune else people.DEEDS)
        deeds.append(Deed(round(at, 3), kind.__name__, chance.getrandbits(32)))
    return tuple(deeds)


def tell(seed: int, deeds: tuple[Deed, ...]) -> Told:
    """The same seed and deeds make the same story, word for word."""
    with story_folder() as folder, drawing_from(random.Random(seed)), _undisturbed():  # noqa: S311 - the same again
        life = Life(folder, seed)
        with _surroundings(life):
            _live(life, deeds)
        told = Told(tuple(dict.fromkeys(life.problems)), tuple(life.trace), life.pictures)
        life.forget()
        return told


def _live(life: Life, deeds: tuple[Deed, ...]) -> None:
    for deed in deeds:
        life.agenda.later(deed.at, partial(_do, life, deed))
    chance = random.Random(f"down {life.seed}")  # noqa: S311 - the same again
    last = deeds[-1].at if deeds else 0.0
    while life.agenda.now < last + 1:
        life.run_hub(lambda life: _rest(life, last + 1))
        if life.agenda.now < last + 1:
            life.agenda.pass_time(chance.choice(DOWN_SECONDS))
    life.run_hub(_heal_and_judge)
    life.problems += after_the_end(life)


def _do(life: Life, deed: Deed) -> None:
    life.note(f"-- {deed.name.replace('_', ' ')}")
    chance = random.Random(deed.seed)  # noqa: S311 - the same again
    act = _BY_NAME[deed.name]
    if act in mishaps.MISHAPS:
        act(life, chance)
    else:
        life.begin(act(life, chance))  # type: ignore[arg-type]  # a deed of people


async def _rest(life: Life, until: float) -> None:
    """Until the last deed is done, or the hub is told to end."""
    try:
        async with asyncio.timeout(max(until - life.agenda.now, 0)):
            await life.leaving.wait()
    except TimeoutError:
        return


async def _heal_and_judge(life: Life) -> None:
    mishaps.heal(life)
    life.edit_fleet(fleet_text(NAMES))
    await life.call("PATCH", "/api/queue", {"action": "resume"})
    give_up_at = life.agenda.now + LONGEST_HEALING_SECONDS
    while not await life.is_over():
        if life.agenda.now > give_up_at:
            life.complain(f"not over {LONGEST_HEALING_SECONDS / 3600:g} hours after everything was healed")
            break
        await asyncio.sleep(5.0)
        mishaps.heal(life)  # what a mishap had planned for later is over as well
        for name in NAMES:
            await people.resumes(life, name)
    await asyncio.sleep(TIDYING_SECONDS)
    await before_the_end(life)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """The garbage collector would run whatever has a finaliser, at a time that no seed repeats."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@contextmanager
def _surroundings(life: Life) -> Iterator[None]:
    write = durable_files.write_durably

    def written(*args: object) -> None:
        if life.disk_full:
            raise OSError(28, "No space left on device")
        write(*args)  # type: ignore[arg-type]  # whatever it takes

    faults = _FaultsOfOurs(life)
    with ExitStack() as stack:
        stack.enter_context(without_waits(lambda: life.edited))
        stack.enter_context(patch("vibes.media_stores.folder.write_durably", written))
        logging.getLogger().addHandler(faults)
        stack.callback(logging.getLogger().removeHandler, faults)
        yield


class _FaultsOfOurs(logging.Handler):
    """What the hub itself calls a fault: an error, or a traceback."""

    def __init__(self, life: Life) -> None:
        super().__init__(logging.WARNING)
        self._life = life

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.startswith(("vibes", "asyncio")) and (record.exc_info or record.levelno >= logging.ERROR)
        if ours and "is not applied" not in record.getMessage():
            self._life.complain(f"logged: {self.format(record)}"[:3000])
