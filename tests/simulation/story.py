"""A story: deeds and mishaps, each at its time and with a seed of its own, told from the first to the last word."""

import asyncio
import errno
import gc
import logging
import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.simulation import ledger, mishaps, people
from tests.simulation.checks import after_the_end, before_the_end
from tests.simulation.fleet import has_generator
from tests.simulation.house import story_folder, without_waits
from tests.simulation.life import WITH_MONEY, WITH_OWNERS, Life, forget
from tests.simulation.virtual_time import VirtualLoop
from vibes.domain.chance import drawing_from
from vibes.domain.errors import StorageUnavailable
from vibes.environment import durable_files
from vibes.services.runtime import edited_file
from vibes.storage.sql.database import Database

LONGEST_HEALING_SECONDS = 2400.0
"""A file that could not be read is left alone for half an hour at most, and nothing for longer."""
TIDYING_SECONDS = 70.0
"""Within this, whatever nobody needs any more is deleted."""
DOWN_SECONDS = (0.1, 1.0, 10.0, 70.0)
"""How long a hub that was killed or ended stays away."""

_MISHAPS = (*mishaps.MISHAPS, *mishaps.OF_THE_GENERATOR, *mishaps.OF_OWNERS)
_OF_PEOPLE = (people.asks_for_many, *people.DEEDS_WITH_MONEY, *people.DEEDS_WITH_OWNERS)
_BY_NAME = {deed.__name__: deed for deed in (*_OF_PEOPLE, *_MISHAPS)}


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
    rest = chance.choice([0.3, 1.0, 2.5])
    misfortune = chance.choice([0.2, 0.45, 0.65])
    deeds = [Deed(1.0, people.asks_for_many.__name__, chance.getrandbits(32))]
    at = 1.0
    troubles = _MISHAPS if has_generator(seed) else mishaps.MISHAPS
    of_people = people.DEEDS_WITH_MONEY if seed >= WITH_MONEY else people.DEEDS
    if seed >= WITH_OWNERS:
        of_people, troubles = people.DEEDS_WITH_OWNERS, (*troubles, *mishaps.OF_OWNERS)
    for _ in range(chance.randint(8, 24)):
        at += chance.expovariate(1 / rest)
        kind = chance.choice(troubles if chance.random() < misfortune else of_people)
        deeds.append(Deed(round(at, 3), kind.__name__, chance.getrandbits(32)))
    return tuple(deeds)


def tell(seed: int, deeds: tuple[Deed, ...]) -> Told:
    """The same seed and deeds make the same story, word for word."""
    with story_folder() as folder, drawing_from(random.Random(seed)), undisturbed():  # noqa: S311 - the same again
        told, dead = _told(folder, seed, deeds)
        forget(dead)
        return told


def _told(folder: Path, seed: int, deeds: tuple[Deed, ...]) -> tuple[Told, list[VirtualLoop]]:
    """And the hubs that were killed, whose remains are still standing."""
    life = Life(folder, seed)
    with surroundings(life):
        _live(life, deeds)
    return Told(tuple(dict.fromkeys(life.problems)), tuple(life.trace), life.pictures), life.dead


def _live(life: Life, deeds: tuple[Deed, ...]) -> None:
    for deed in deeds:
        life.agenda.later(deed.at, partial(_do, life, deed))
    chance = random.Random(f"down {life.seed}")  # noqa: S311 - the same again
    last = deeds[-1].at if deeds else 0.0
    while not life.judged:
        life.run_hub(lambda life: _until_the_end(life, last + 1))
        if not life.judged:
            life.agenda.pass_time(chance.choice(DOWN_SECONDS))
    life.problems += after_the_end(life)


def _do(life: Life, deed: Deed) -> None:
    life.note(f"-- {deed.name.replace('_', ' ')}")
    chance = random.Random(deed.seed)  # noqa: S311 - the same again
    act = _BY_NAME[deed.name]
    if act in _MISHAPS:
        act(life, chance)
    else:
        life.begin(act(life, chance))  # type: ignore[arg-type]  # a deed of people


async def _until_the_end(life: Life, last: float) -> None:
    """Until the hub is told to end, or the last deed is done: then everything heals, and is judged, without a restart
    where there was none, for that would mend a lot."""
    try:
        async with asyncio.timeout(max(last - life.agenda.now, 0)):
            await life.leaving.wait()
    except TimeoutError:
        await _heal_and_judge(life)
        life.judged = True


async def _heal_and_judge(life: Life) -> None:
    mishaps.heal(life)
    life.edit_fleet(life.fleet_text(life.names))
    await life.call("PATCH", "/api/queue", {"action": "resume"})
    give_up_at = life.agenda.now + LONGEST_HEALING_SECONDS
    while not await life.is_over():
        if life.agenda.now > give_up_at:
            life.complain(f"not over {LONGEST_HEALING_SECONDS / 60:g} minutes after everything was healed")
            break
        await asyncio.sleep(5.0)
        mishaps.heal(life)  # what a mishap had planned for later is over as well
        for name in life.names:
            await people.resumes(life, name)
    await asyncio.sleep(TIDYING_SECONDS)
    await before_the_end(life)


@contextmanager
def undisturbed() -> Iterator[None]:
    """The garbage collector would run whatever has a finaliser, at a time that no seed repeats. At the end it looks
    through what the story left, and not through all that was there before; what others have frozen stays frozen."""
    frozen_before = gc.get_freeze_count() > 0
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        if not frozen_before:
            gc.unfreeze()
        gc.enable()


@contextmanager
def surroundings(life: Life) -> Iterator[None]:
    write, read_edited, opened = durable_files.write_durably, edited_file.read_edited, Path.open

    def open_one_more(path: Path, mode: str = "r", *rest: Any, **named: Any) -> Any:
        if life.files_run_out and life.folder / "data" in path.parents:
            raise OSError(errno.EMFILE, "Too many open files")
        return opened(path, mode, *rest, **named)

    def read_one_more(path: Path) -> bytes:
        if life.files_run_out:
            raise OSError(errno.EMFILE, "Too many open files")
        return read_edited(path)

    def written(*args: object) -> None:
        if life.disk_full:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(*args)  # type: ignore[arg-type]  # whatever it takes

    transaction = Database._transaction

    def carried_out(self: Database, together: Sequence[Any]) -> Sequence[Any]:
        if life.database_full:
            raise StorageUnavailable(_DISK_FULL)
        answers = transaction(self, together)
        if life.has_money:
            ledger.hold_to_limits(life)
        return answers

    faults = _FaultsOfOurs(life)
    with ExitStack() as stack:
        stack.enter_context(without_waits(life.follow_fleet))
        stack.enter_context(patch("vibes.media_stores.folder.write_durably", written))
        stack.enter_context(patch("vibes.services.fleet.config_follower.read_edited", read_one_more))
        stack.enter_context(patch.object(Path, "open", open_one_more))
        stack.enter_context(patch.object(Database, "_transaction", carried_out))
        # Whoever else hears of a fault would keep its traceback, and with it the hub, when the story is long over.
        stack.enter_context(patch.object(logging.getLogger(), "handlers", [faults]))
        yield


_DISK_FULL = "database or disk is full"
_NO_FAULTS_OF_OURS = ("is not applied", _DISK_FULL)
"""What people did to gpus.yaml, and what no hub can do anything about but to say so and to try again."""


class _FaultsOfOurs(logging.Handler):
    """What the hub itself calls a fault: an error, or a traceback."""

    def __init__(self, life: Life) -> None:
        super().__init__(logging.WARNING)
        self._life = life

    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.startswith(("vibes", "asyncio")) and (record.exc_info or record.levelno >= logging.ERROR)
        told = self.format(record) if ours else ""
        if told and not any(words in told for words in _NO_FAULTS_OF_OURS):
            self._life.complain(f"logged: {told}"[:3000])
