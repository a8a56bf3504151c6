"""``vibes backup DIR``: database first, then every picture that it names, each by its hash."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import URL

from vibes.commands.backup.contents import NO_DATABASE, About, Backups, KeptFile, Snapshot, hash_of
from vibes.commands.backup.databases import copy_file
from vibes.commands.backup.programs import NoProgram
from vibes.commands.backup.servers import copy_server, images_of_server
from vibes.commands.common.console import fail, notes, out
from vibes.domain.errors import Conflict, HubError, NotFound
from vibes.domain.generation import StoredImage
from vibes.environment.private_folder import keep_private
from vibes.environment.settings import Settings
from vibes.media_stores.open import open_place
from vibes.media_stores.places import ARTIFACTS, IMAGES
from vibes.ports.media import MediaStore
from vibes.services.runtime.clock import SystemClock
from vibes.storage.sql.file_lock import only_hub
from vibes.storage.sql.urls import database_url, is_postgresql

_KEPT_OF_DATA = ("hub-id", "workflows", "wildcards", "generators", "generator.yaml")
"""What of the data folder is neither database nor pictures, and cannot be made anew."""


@dataclass(slots=True)
class _Taken:
    """What one pass found."""

    files: list[KeptFile] = field(default_factory=list)
    new_bytes: int = 0
    lost: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Database:
    """What was copied, and the images that it names."""

    kind: str
    images: Sequence[StoredImage]
    why_not: str = ""
    """Where it could not be brought along."""


def run_backup(settings: Settings, folder: Path, *, keep: int | None) -> None:
    """Exits with 1 when the database could not be brought along."""
    keep_private()
    backups = Backups(folder)
    try:
        backups.create()
        with ExitStack() as stack:
            try:
                stack.enter_context(only_hub(folder / "backup"))
            except Conflict:
                fail(f"another backup into {folder} is under way")
            about, without = asyncio.run(_take(settings, backups, SystemClock().now()))
            pruned = backups.prune(keep) if keep and about.database != NO_DATABASE else 0
    except HubError as error:
        fail(error.message)
    except OSError as error:
        fail(f"cannot write the backup into {folder}: {error.strerror or error}")
    if pruned:
        out.print(f"deleted {pruned} older backups", highlight=False)
    if without:
        fail(f"the database is not in it: {without}, or dump the database yourself: pg_dump --format=custom")


async def _take(settings: Settings, backups: Backups, now: datetime) -> tuple[About, str]:
    """With it why the database is not in it, if it is not."""
    snapshot = backups.begin(now)
    async with open_place(settings, settings.data, SystemClock()) as place:
        images, artifacts = place.store(IMAGES), place.store(ARTIFACTS)
        database, taken = await _database_and_images(settings, backups, snapshot, images)
        uploads = await _uploads(backups, artifacts, taken)
    _keep_settings(settings, snapshot.kept)
    snapshot.write_files(taken.files)
    about = About(
        name=snapshot.folder.name,
        made_at=now.isoformat(),
        release=version("vibes-imgen"),
        database=database.kind,
        database_sha256=hash_of(snapshot.database),
        images=len(taken.files) - uploads,
        uploads=uploads,
        bytes=sum(file.size for file in taken.files),
        lost=taken.lost,
        damaged=taken.damaged,
    )
    snapshot.finish(about)
    _tell(backups, about, taken)
    return about, database.why_not


async def _database_and_images(
    settings: Settings, backups: Backups, snapshot: Snapshot, images: MediaStore
) -> tuple[_Database, _Taken]:
    """Twice where pictures are gone: those that were deleted since the first copy are named by none of the second."""
    for again in (True, False):
        database = await asyncio.to_thread(_copy_database, database_url(settings.storage_url), snapshot.database)
        taken = _Taken()
        for image in database.images:
            await _keep_image(backups, images, image, taken)
        if not (taken.lost and again):
            break
    return database, taken


def _copy_database(url: URL, copy: Path) -> _Database:
    if not is_postgresql(url):
        return _Database("sqlite", copy_file(url, copy))
    try:
        return _Database("postgresql", copy_server(url, copy))
    except NoProgram as missing:
        return _Database(NO_DATABASE, images_of_server(url), why_not=str(missing))


async def _keep_image(backups: Backups, images: MediaStore, image: StoredImage, taken: _Taken) -> None:
    key = image.image_path
    if backups.holds(image.sha256, image.size_bytes):
        taken.files.append(KeptFile(IMAGES, key, image.sha256, image.size_bytes))
        return
    try:
        content = await images.get(key)
    except NotFound:
        taken.lost.append(key)
        return
    sha256 = await asyncio.to_thread(backups.keep, content)
    if sha256 != image.sha256:
        taken.damaged.append(key)
    taken.new_bytes += len(content)
    taken.files.append(KeptFile(IMAGES, key, sha256, len(content)))


async def _uploads(backups: Backups, artifacts: MediaStore, taken: _Taken) -> int:
    """All that are there: what needs them may be anything. Their names are their hashes."""
    count = 0
    for file in await artifacts.list(""):
        sha256 = file.key.partition(".")[0]
        if not backups.holds(sha256, file.size_bytes):
            try:
                content = await artifacts.get(file.key)
            except NotFound:  # only begun, or deleted since
                continue
            sha256 = await asyncio.to_thread(backups.keep, content)
            taken.new_bytes += len(content)
        taken.files.append(KeptFile(ARTIFACTS, file.key, sha256, backups.object(sha256).stat().st_size))
        count += 1
    return count


def _keep_settings(settings: Settings, kept: Path) -> None:
    """As they are; keys of providers stay where they are, in ``.env``."""
    sources: Mapping[str, Path] = {
        "gpus.yaml": settings.config,
        "llm.yaml": settings.llm_file,
        **({} if settings.flows is None else {"flows.yaml": settings.flows}),
        **{f"data/{name}": settings.data / name for name in _KEPT_OF_DATA},
    }
    for name, source in sources.items():
        target = kept / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True, ignore_dangling_symlinks=True)
        elif source.is_file():
            shutil.copyfile(source, target)


def _tell(backups: Backups, about: About, taken: _Taken) -> None:
    out.print(
        f"backup {about.name} in {backups.root}: {about.images} pictures and {about.uploads} uploads "
        f"({about.bytes / 1e6:.1f} MB, of which {taken.new_bytes / 1e6:.1f} MB were copied now)",
        highlight=False,
        soft_wrap=True,
    )
    for what, keys in (
        ("missing already, and so not in it", about.lost),
        ("damaged already, kept as it is", about.damaged),
    ):
        for key in keys:
            notes.print(f"{what}: {key}", highlight=False, markup=False, soft_wrap=True)
