"""``vibes backup verify DIR``: reads a backup again, all of it."""

from collections.abc import Collection, Iterator
from pathlib import Path

from vibes.commands.backup.contents import NO_DATABASE, Backups, Snapshot, hash_of
from vibes.commands.backup.databases import images_in
from vibes.commands.common.console import fail, notes, out
from vibes.domain.errors import HubError
from vibes.media_stores.places import IMAGES
from vibes.storage.sql.snapshot import intact


def run_verify(folder: Path, name: str | None) -> None:
    """Exits with 1 when anything is missing or damaged."""
    backups = Backups(folder)
    try:
        snapshot = backups.find(name)
        about = snapshot.about()
        problems = list(faults_of(backups, snapshot))
    except HubError as error:
        fail(error.message)
    except OSError as error:
        fail(f"{folder} cannot be read: {error.strerror or error}")
    for problem in problems:
        notes.print(problem, highlight=False, markup=False, soft_wrap=True)
    if problems:
        fail(f"backup {about.name} is not whole: {len(problems)} faults. Take a new one")
    out.print(
        f"backup {about.name} is whole: the database ({about.database}), {about.images} pictures and {about.uploads} "
        f"uploads, {about.bytes / 1e6:.1f} MB",
        highlight=False,
        soft_wrap=True,
    )


def faults_of(backups: Backups, snapshot: Snapshot) -> Iterator[str]:
    """A sentence each. Reads every file; one that is damaged is set aside, so that the next backup copies it anew."""
    about = snapshot.about()
    kept = set()
    for file in snapshot.files():
        kept.add((file.store, file.key))
        path = backups.object(file.sha256)
        found = hash_of(path)
        if found and found != file.sha256:
            path.replace(path.with_suffix(".damaged"))
        if found != file.sha256:
            yield f"{file.store}/{file.key} is {'damaged' if found else 'missing'}"
    if about.database == NO_DATABASE:
        yield "it holds no database"
    elif hash_of(snapshot.database) != about.database_sha256:
        yield "its database is missing or damaged"
    elif about.database == "sqlite":
        yield from _faults_of_database(snapshot, kept | {(IMAGES, key) for key in about.lost})


def _faults_of_database(snapshot: Snapshot, known: Collection[tuple[str, str]]) -> Iterator[str]:
    if not intact(snapshot.database):
        yield "its database is damaged, and was so when it was copied"
        return
    for image in images_in(snapshot.database):
        if (IMAGES, image.image_path) not in known:
            yield f"{IMAGES}/{image.image_path} is named by the database, and not in the backup"
