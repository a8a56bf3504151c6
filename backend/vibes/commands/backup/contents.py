"""What a folder of backups holds.

``vibes-backup``              marks the folder
``objects/ab/abcd…``          files by the SHA-256 of their content, shared by all backups
``snapshots/NAME/``           a backup: ``database`` (an SQLite file, or a dump of PostgreSQL), ``files.jsonl`` (the
                              keys of pictures and uploads, each with its object), ``kept/`` (settings and journals),
                              and, written last, ``snapshot.json``
"""

import hashlib
import json
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePath

from vibes.domain.errors import InvalidRequest, NotFound
from vibes.environment.durable_files import fsync_folder, write_durably
from vibes.media_stores.places import KEPT

FORMAT = 1
_MARK, _OBJECTS, _SNAPSHOTS = "vibes-backup", "objects", "snapshots"
_ABOUT, _FILES = "snapshot.json", "files.jsonl"
_PIECE = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
NO_DATABASE = "none"
"""In place of a kind of database, where it could not be brought along."""


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A picture or an upload."""

    store: str
    key: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A finished backup."""

    name: str
    made_at: str
    release: str
    database: str
    """``sqlite``, ``postgresql``, or `NO_DATABASE`."""
    database_sha256: str
    images: int
    uploads: int
    bytes: int
    lost: Sequence[str] = ()
    """Pictures that a row names and that were missing already."""
    damaged: Sequence[str] = ()
    """Pictures that are kept, but are not what was once stored."""
    format: int = FORMAT


class Backups:
    """The folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self) -> None:
        """Raises InvalidRequest where there is something else already, OSError."""
        if self.root.is_dir() and any(self.root.iterdir()) and not (self.root / _MARK).exists():
            raise InvalidRequest(f"{self.root} is not empty, and holds no backups. Name a new folder")
        (self.root / _OBJECTS).mkdir(parents=True, exist_ok=True)
        (self.root / _SNAPSHOTS).mkdir(exist_ok=True)
        write_durably(self.root / _MARK, b"A folder of backups of Vibes ImGen: vibes restore DIR\n")

    def begin(self, now: datetime) -> "Snapshot":
        """A new backup; what an interrupted one left is deleted."""
        for left in (self.root / _SNAPSHOTS).iterdir():
            if not (left / _ABOUT).exists():
                shutil.rmtree(left)
        name = now.strftime("%Y-%m-%dT%H-%M-%SZ")
        names = (name, *(f"{name}-{number}" for number in range(2, 1000)))
        folder = next(path for each in names if not (path := self.root / _SNAPSHOTS / each).exists())
        (folder / "kept").mkdir(parents=True)
        return Snapshot(folder)

    def all(self) -> list["Snapshot"]:
        """The finished ones, the oldest first. Raises NotFound when it is no such folder, InvalidRequest when one is
        damaged."""
        if not (self.root / _MARK).exists():
            raise NotFound(f"{self.root} holds no backups: it has no file {_MARK}. Is it mounted, and named right?")
        found = (Snapshot(path.parent) for path in (self.root / _SNAPSHOTS).glob(f"*/{_ABOUT}"))
        return sorted(found, key=lambda snapshot: snapshot.about().made_at)

    def find(self, name: str | None) -> "Snapshot":
        """By its name; without one the newest. Raises NotFound."""
        named = self.root / _SNAPSHOTS / PurePath(name or "").name
        if name and (named / _ABOUT).is_file():
            return Snapshot(named)  # whatever has become of the others
        found = self.all()
        if name is None and found:
            return found[-1]
        names = ", ".join(snapshot.folder.name for snapshot in found)
        raise NotFound(f"there is no backup {name or ''} in {self.root}; there are: {names or 'none'}")

    def object(self, sha256: str) -> Path:
        return self.root / _OBJECTS / sha256[:2] / sha256

    def holds(self, sha256: str, size: int) -> bool:
        """Whether the content is there, judged by its size."""
        try:
            return self.object(sha256).stat().st_size == size
        except OSError:
            return False

    def keep(self, content: bytes) -> str:
        """Keep the content; answers its hash. It is on the disk then. Raises OSError."""
        sha256 = hashlib.sha256(content).hexdigest()
        if not self.holds(sha256, len(content)):
            path = self.object(sha256)
            path.parent.mkdir(exist_ok=True)
            write_durably(path, content)
            fsync_folder(path.parent)
        return sha256

    def prune(self, newest: int) -> int:
        """Delete older backups than these, and what they alone needed; answers how many. One without a database counts
        as none of them: it brings no hub back."""
        found = self.all()
        whole = [each for each in found if each.about().database != NO_DATABASE]
        first = found.index(whole[-newest]) if len(whole) > newest else 0
        gone, stay = found[:first], found[first:]
        for snapshot in gone:
            (snapshot.folder / _ABOUT).unlink()  # first: an interrupted deletion leaves no backup that is not whole
            shutil.rmtree(snapshot.folder)
        needed = {file.sha256 for snapshot in stay for file in snapshot.files()} if gone else set()
        for path in (self.root / _OBJECTS).glob("*/*") if gone else ():
            if path.name not in needed:
                path.unlink()
        return len(gone)


class Snapshot:
    """One backup."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def database(self) -> Path:
        return self.folder / "database"

    @property
    def kept(self) -> Path:
        """Settings and journals."""
        return self.folder / "kept"

    def write_files(self, files: Iterable[KeptFile]) -> None:
        lines = "".join(f"{json.dumps(asdict(file))}\n" for file in files)
        write_durably(self.folder / _FILES, lines.encode())

    def files(self) -> Iterator[KeptFile]:
        """Raises InvalidRequest when the list is damaged, or leads elsewhere than into this backup and its stores."""
        with (self.folder / _FILES).open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    yield _checked(KeptFile(**json.loads(line)))
                except (ValueError, TypeError):
                    raise InvalidRequest(f"{self.folder / _FILES}:{number} is damaged") from None

    def finish(self, about: About) -> None:
        """It is a backup from now on."""
        write_durably(self.folder / _ABOUT, json.dumps(asdict(about), indent=2).encode())
        fsync_folder(self.folder)

    def about(self) -> About:
        """Raises InvalidRequest when it is damaged, or of a newer release."""
        try:
            told = json.loads((self.folder / _ABOUT).read_text("utf-8"))
            if told["format"] > FORMAT:
                raise InvalidRequest(
                    f"{self.folder} was written by a newer release ({told.get('release')}): use that one"
                )
            return About(**told)
        except (ValueError, TypeError, KeyError):
            raise InvalidRequest(f"{self.folder / _ABOUT} is damaged") from None


def _checked(file: KeptFile) -> KeptFile:
    """Raises ValueError, TypeError for what no backup of ours has. (A store looks at its keys by itself.)"""
    if file.store not in KEPT or not _SHA256.fullmatch(file.sha256):
        raise ValueError(file)
    return file


def hash_of(path: Path) -> str:
    """SHA-256 of a file, empty where it does not exist."""
    digest = hashlib.sha256()
    with suppress(FileNotFoundError), path.open("rb") as file:
        while piece := file.read(_PIECE):
            digest.update(piece)
        return digest.hexdigest()
    return ""
