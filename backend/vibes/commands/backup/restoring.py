"""``vibes restore DIR``: pictures first, the database last, so that an interrupted one is no hub yet."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from sqlalchemy import URL

from vibes.commands.backup.contents import Backups, KeptFile, Snapshot, hash_of
from vibes.commands.backup.databases import restore_file
from vibes.commands.backup.programs import NoProgram
from vibes.commands.backup.servers import require_no_hub_on_server, require_room_on_server, restore_server
from vibes.commands.common.console import fail, notes, out
from vibes.domain.errors import Conflict, HubError, StorageUnavailable
from vibes.environment.private_folder import keep_private, make_private
from vibes.environment.settings import Settings
from vibes.media_stores.open import NOTE, identity_of, note
from vibes.media_stores.places import KEPT, Place, local_place, place_of
from vibes.services.runtime.clock import SystemClock
from vibes.storage.sql.file_lock import only_hub
from vibes.storage.sql.sqlite import database_path
from vibes.storage.sql.urls import database_url, is_postgresql

_AT_ONCE = 4


def run_restore(settings: Settings, folder: Path, name: str | None, *, force: bool) -> None:
    """Exits with 1, with nothing changed, when there is something already and ``force`` is not given."""
    keep_private()
    backups = Backups(folder)
    try:
        snapshot = backups.find(name)
        about = snapshot.about()
        url = database_url(settings.storage_url)
        _require_fit(snapshot, url)
        make_private(settings.data)
        with _place(settings) as place, _alone(url):
            if is_postgresql(url):
                require_room_on_server(url, force=force)
            if not force:
                asyncio.run(_require_empty(settings, place, url))
            asyncio.run(_bring_files(backups, snapshot, place))
            _expect(settings, place)
            aside = _bring_settings(settings, snapshot.kept, force=force)
            earlier = _bring_database(url, snapshot, settings.data, force=force)
    except HubError as error:
        fail(error.message)
    except NoProgram as missing:
        fail(str(missing))
    except OSError as error:
        fail(f"cannot restore into {settings.data}: {error.strerror or error}")
    out.print(
        f"brought {about.images} pictures, {about.uploads} uploads and the database of {about.made_at[:16]} UTC into "
        f"{place.where}",
        highlight=False,
        soft_wrap=True,
    )
    for sentence in _remarks(about.lost, aside, earlier):
        notes.print(sentence, highlight=False, markup=False, soft_wrap=True)


def _remarks(lost: object, aside: list[Path], earlier: Path | None) -> Iterator[str]:
    if lost:
        yield f"missing when the backup was made: {lost}"
    for path in aside:
        yield f"the backup has other settings than are here: they are in {path}"
    if earlier is not None:
        yield f"the earlier database is {earlier}"
    yield "keys of providers are in no backup: put them into config/.env again"
    yield "the old hub, if there still is one, must not run beside this one"


def _require_fit(snapshot: Snapshot, url: URL) -> None:
    """Before anything is written."""
    about = snapshot.about()
    wanted = "postgresql" if is_postgresql(url) else "sqlite"
    if about.database != wanted:
        raise Conflict(
            f"backup {about.name} holds {about.database} as its database, and this hub uses {wanted}. Set "
            "VIBES_DATABASE_URL to the kind of database that the backup is of"
        )
    if hash_of(snapshot.database) != about.database_sha256:
        raise StorageUnavailable(f"the database in backup {about.name} is damaged. `vibes backup list` shows others")


async def _require_empty(settings: Settings, place: Place, url: URL) -> None:
    taken = []
    if not is_postgresql(url) and database_path(url).exists():
        taken.append(str(database_path(url)))
    for name in KEPT:
        store = place.store(name)
        if await store.folders() or await store.list(""):
            taken.append(f"{place.where} ({name})")
    if taken:
        raise Conflict(
            f"there is a hub already: {', '.join(taken)}. Name a new data folder with --data, or say --force: that "
            "sets the database aside and writes over files of the same names; it also goes on after an interruption"
        )


@contextmanager
def _place(settings: Settings) -> Iterator[Place]:
    clock = SystemClock()
    place = local_place(settings.data, clock) if settings.media is None else place_of(settings.media, settings, clock)
    try:
        yield place
    finally:
        place.close()


@contextmanager
def _alone(url: URL) -> Iterator[None]:
    with ExitStack() as stack:
        if is_postgresql(url):
            require_no_hub_on_server(url)
        else:
            stack.enter_context(only_hub(database_path(url)))
        yield


async def _bring_files(backups: Backups, snapshot: Snapshot, place: Place) -> None:
    """Each is held against its hash. Raises StorageUnavailable."""
    remaining = snapshot.files()

    async def bring_some() -> None:
        for file in remaining:
            content = await asyncio.to_thread(_read, backups, file)
            await place.store(file.store).put({file.key: content})

    ends = await asyncio.gather(*(bring_some() for _ in range(_AT_ONCE)), return_exceptions=True)
    for fault in (end for end in ends if end is not None):
        raise fault


def _read(backups: Backups, file: KeptFile) -> bytes:
    content = backups.object(file.sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise StorageUnavailable(f"{file.store}/{file.key} is damaged in the backup; `vibes backup verify` tells all")
    return content


def _expect(settings: Settings, place: Place) -> None:
    """Have the hub expect its pictures there."""
    if settings.media is None:
        (settings.data / NOTE).unlink(missing_ok=True)
    else:
        note(settings.data, asyncio.run(identity_of(place)), place.where)


def _bring_settings(settings: Settings, kept: Path, *, force: bool) -> list[Path]:
    """Answers where those are that would have replaced others."""
    aside: list[Path] = []
    restored = settings.data / "restored"
    places = {"gpus.yaml": settings.config, "llm.yaml": settings.llm_file, "flows.yaml": settings.flows}
    for name, place in places.items():
        source, target = kept / name, place or restored / name
        if not source.exists():
            continue
        if place is None:
            aside.append(target)
        elif place.exists() and place.read_bytes() != source.read_bytes():
            target = restored / name
            aside.append(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    if (kept / "data").is_dir():
        shutil.copytree(kept / "data", settings.data, dirs_exist_ok=True, copy_function=_copier(force=force))
    return aside


def _copier(*, force: bool) -> Callable[[str, str], str]:
    def copied(source: str, target: str) -> str:
        if force or not Path(target).exists():
            shutil.copyfile(source, target)
        return target

    return copied


def _bring_database(url: URL, snapshot: Snapshot, data: Path, *, force: bool) -> Path | None:
    """Answers where an earlier one was set aside."""
    moment = SystemClock().now().strftime("%Y%m%dT%H%M%SZ")
    if not is_postgresql(url):
        return restore_file(url, snapshot.database, moment)
    return restore_server(url, snapshot.database, data / f"before-restore-{moment}.dump", force=force)
