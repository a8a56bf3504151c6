"""``vibes media move``: copies ahead while the hub runs, and finishes while none does."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shlex import quote

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from vibes.commands.common.console import USAGE_ERROR, fail, notes, out
from vibes.commands.media.copying import Copied, ProvenFiles, copy_all, delete_proven, files_of
from vibes.domain.chance import random_uuid
from vibes.domain.errors import Conflict, HubError
from vibes.environment.home_folder import at_home
from vibes.environment.private_folder import keep_private
from vibes.environment.settings import Settings
from vibes.media_stores.open import NOTE, identity_of, marker_of, note, noted
from vibes.media_stores.places import Place, local_place, place_of
from vibes.services.runtime.clock import SystemClock
from vibes.storage.sql.file_lock import only_hub
from vibes.storage.sql.sqlite import database_path
from vibes.storage.sql.urls import database_url, is_postgresql

_PROVEN = "media-move"
"""The file of the data folder that remembers an interrupted move."""


def run_move(settings: Settings, source: str, target: str, *, delete_source: bool, stopped: bool) -> None:
    keep_private()
    try:
        with ExitStack() as stack:
            places = [_place(settings, text) for text in (source, target)]
            for place in places:
                stack.callback(place.close)
            if places[0].where == places[1].where:
                fail("FROM and TO are the same place", code=USAGE_ERROR)
            alone = stack.enter_context(_alone(settings, stopped))
            asyncio.run(_move(settings, places[0], places[1], alone=alone, delete_source=delete_source))
    except HubError as error:
        fail(error.message)
    except OSError as error:
        fail(f"cannot use the data folder {settings.data}: {error.strerror or error}")


async def _move(settings: Settings, source: Place, target: Place, *, alone: bool, delete_source: bool) -> None:
    if not await files_of(source):
        fail(f"there is nothing in {source.where}: neither images nor artifacts. Is it mounted, and named right?")
    if await _is_one(source, target):
        fail(f"FROM and TO are the same place by two names: {source.where} and {target.where}", code=USAGE_ERROR)
    kept_in = await _kept_in(settings, source, target)
    if kept_in is not None:
        fail(
            f"this hub's pictures are in {kept_in}, and neither FROM nor TO is that: it would look for them in "
            f"{target.where}. Write `vibes media move {quote(kept_in)} {quote(target.where)}`",
            code=USAGE_ERROR,
        )
    proven = ProvenFiles(settings.data / _PROVEN, source.where, target.where)
    with _progress() as progress:
        copied = await copy_all(source, target, proven, progress)
    _tell(copied, target)
    if not alone:
        notes.print(
            "The hub runs, and may have drawn more meanwhile. Stop it, and run the same command once more: that copies "
            "the rest and has the hub use the new place.",
            highlight=False,
        )
        return
    await _use(settings, target)
    if delete_source:
        await delete_proven(source, proven.sizes)
        out.print(f"deleted what was copied from {source.where}", highlight=False)
    proven.forget()
    home = _is_home(settings, target)
    advice = "without VIBES_MEDIA" if home else f"with VIBES_MEDIA={quote(target.where)}"
    out.print(f"start the hub {advice}", highlight=False, soft_wrap=True)


async def _is_one(source: Place, target: Place) -> bool:
    """Whether what is written into one is seen in the other: a link, a share that is mounted twice, a bucket with and
    without a ``/``. What is proven in TO would be deleted with FROM."""
    key = f".vibes-move-{random_uuid()}"
    await target.store("").put({key: b"deleted in a moment"})
    try:
        return await source.store("").stat(key) is not None
    finally:
        await target.store("").delete([key])


async def _kept_in(settings: Settings, source: Place, target: Place) -> str | None:
    """Where the hub has its pictures, if that is a third place."""
    known = noted(settings.data)
    if known is None:
        home = local_place(settings.data, SystemClock())
        third = not _is_home(settings, source) and not _is_home(settings, target) and await files_of(home)
        return home.where if third else None
    for place in (source, target):
        if place.where == known.where or await marker_of(place) == known.identity:
            return None
    return known.where


async def _use(settings: Settings, target: Place) -> None:
    """Have the next hub expect its pictures there."""
    if _is_home(settings, target):
        (settings.data / NOTE).unlink(missing_ok=True)
    else:
        note(settings.data, await identity_of(target), target.where)


def _is_home(settings: Settings, place: Place) -> bool:
    return not place.remote and Path(place.where).resolve() == settings.data.resolve()


def _place(settings: Settings, text: str) -> Place:
    clock = SystemClock()
    if "://" not in text and at_home(Path(text)).resolve() == settings.data.resolve():
        return local_place(settings.data, clock)
    return place_of(text, settings, clock)


@contextmanager
def _alone(settings: Settings, stopped: bool) -> Iterator[bool]:
    """Whether no hub runs; none can begin meanwhile where the database is a file."""
    if not settings.data.is_dir():
        fail(f"there is no data folder {settings.data}. Name the hub's with --data", code=USAGE_ERROR)
    url = database_url(settings.storage_url)
    if is_postgresql(url):  # its hubs may run anywhere
        yield stopped
        return
    with ExitStack() as stack:
        try:
            stack.enter_context(only_hub(database_path(url)))
        except Conflict:
            yield False
            return
        yield True


@contextmanager
def _progress() -> Iterator["_Shown"]:
    columns = (TextColumn("copying"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=notes, transient=True) as progress:
        yield _Shown(progress)


class _Shown:
    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._task = progress.add_task("copying", total=None)

    def __call__(self, done: int, of: int) -> None:
        self._progress.update(self._task, completed=done, total=of)


def _tell(copied: Copied, target: Place) -> None:
    megabytes = copied.bytes / 1e6
    out.print(
        f"{copied.files} files are in {target.where}, each proven by its hash; {copied.copied} of them "
        f"({megabytes:.1f} MB) were copied now",
        highlight=False,
        soft_wrap=True,
    )
