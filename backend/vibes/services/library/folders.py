"""Reads the folders of workflows as texts."""

import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vibes.documents.text_document import NotText, text_of
from vibes.ports.clock import Clock
from vibes.services.runtime.clock import SystemClock
from vibes.workflows.library.layers import Layer

SUBFOLDERS = {"manifests": (".yaml", ".yml"), "workflows": (".json",)}
"""Files that are read: with these suffixes in these subfolders, hidden ones excepted."""

MAX_FILE_BYTES = 4 * 1024 * 1024
"""Largest file read, so that a file put there by mistake does not fill the memory; templates are far smaller."""

_FRESH_SECONDS = 3.0
"""A file modified more recently is read again, since it may change within one tick of its time stamp."""

_FACTS = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class _Known:
    facts: _FACTS
    text: str | None
    why: str
    """Why there is no text."""
    again: bool = False
    """It could not be read just now; the file itself may be as before when it can."""


class WorkflowFolders:
    """Must not be read from two threads at once."""

    def __init__(self, folders: Sequence[Path], clock: Clock | None = None) -> None:
        """A folder that is given twice counts once, at its first place."""
        unique: dict[Path, Path] = {}
        for folder in folders:
            unique.setdefault(folder.resolve(), folder)
        self.folders = tuple(unique.values())
        self._known: dict[Path, _Known] = {}
        self._clock = clock or SystemClock()

    @property
    def watched(self) -> list[Path]:
        """The paths in which changes may appear."""
        return [place for folder in self.folders for place in (folder, *(folder / name for name in SUBFOLDERS))]

    def read(self) -> tuple[Layer, ...]:
        """Every file as it is now; unchanged ones are not read again."""
        known: dict[Path, _Known] = {}
        layers = tuple(self._layer(folder, known) for folder in self.folders)
        self._known = known
        return layers

    def _layer(self, folder: Path, known: dict[Path, _Known]) -> Layer:
        if not folder.is_dir():
            return Layer(str(folder), {}, {"": "this folder of workflows does not exist"})
        files: dict[str, str] = {}
        unreadable: dict[str, str] = {}
        for path in _paths(folder):
            file = self._file(path)
            if file is None:
                continue
            known[path] = file
            name = path.relative_to(folder).as_posix()
            if file.text is None:
                unreadable[name] = file.why
            else:
                files[name] = file.text
        return Layer(str(folder), files, unreadable)

    def _file(self, path: Path) -> _Known | None:
        """None when it disappeared meanwhile."""
        try:
            status = path.stat()
        except OSError:
            return None
        facts = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        before = self._known.get(path)
        settled = self._clock.now().timestamp() - max(status.st_mtime, status.st_ctime) > _FRESH_SECONDS
        if before is not None and before.facts == facts and settled and not before.again:
            return before
        return _read(path, facts, regular=stat.S_ISREG(status.st_mode))


def _paths(folder: Path) -> Iterator[Path]:
    for name, endings in SUBFOLDERS.items():
        for path in sorted((folder / name).glob("*")):
            if path.suffix in endings and not path.name.startswith("."):
                yield path


def _read(path: Path, facts: _FACTS, *, regular: bool) -> _Known | None:
    if not regular:
        return _Known(facts, None, "is not a file")
    if facts[1] > MAX_FILE_BYTES:
        return _Known(facts, None, f"is larger than {MAX_FILE_BYTES // 1024**2} MiB")
    try:
        return _Known(facts, text_of(path.read_bytes()), "")
    except FileNotFoundError:
        return None
    except OSError as error:
        return _Known(facts, None, f"cannot be read: {error.strerror}", again=True)
    except NotText as error:
        return _Known(facts, None, f"{error} (line {error.line})")
