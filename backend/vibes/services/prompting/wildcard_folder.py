"""Wildcard lists: text files in a folder, an entry a line, edited there or through the API."""

import asyncio
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vibes.domain.errors import ChangedMeanwhile, InvalidRequest, NotFound, Problem, StorageUnavailable
from vibes.domain.prompting.wildcard_syntax import MAX_NAME, is_name, option_of
from vibes.domain.prompting.wildcards import WildcardLists
from vibes.environment.durable_files import write_durably

MOST_LISTS = 2_000
MOST_ENTRIES = 20_000
"""Of one list; a longer file is read up to there."""
MAX_BYTES = 2 * 1024 * 1024
"""Of one file; a larger one is left out."""
MAX_FILE_NAME = 255
"""Bytes, as the usual file systems take them; a letter may have four."""
_SUFFIX = ".txt"


@dataclass(frozen=True, slots=True)
class WildcardList:
    name: str
    entries: tuple[str, ...]

    @property
    def tag(self) -> str:
        """The same for the same entries."""
        return hashlib.sha256("\n".join(self.entries).encode()).hexdigest()[:16]


_Stamp = tuple[int, int, int]
"""A file's time of change in nanoseconds, its size, and its number in the file system: a disk's clock ticks every few
milliseconds, and a list that is put twice within a tick is another file each time."""


class WildcardFolder:
    """A file's name without its suffix names the list, with those of its folders: ``animals/cats``. Read again where
    files changed, whenever somebody asks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, tuple[_Stamp, tuple[str, ...]]] = {}
        self._lists = WildcardLists({})
        self._turn = asyncio.Lock()

    async def lists(self) -> WildcardLists:
        async with self._turn:
            read = await asyncio.to_thread(self._look, self._read)
            if read != self._read:
                self._read = read
                self._lists = WildcardLists({name: entries for name, (_, entries) in sorted(read.items())})
            return self._lists

    async def all(self) -> Sequence[WildcardList]:
        return [WildcardList(name, tuple(entries)) for name, entries in (await self.lists()).entries.items()]

    async def get(self, name: str) -> WildcardList:
        entries = (await self.lists()).entries.get(name)
        if entries is None:
            raise NotFound(f"there is no wildcard list {name!r}", code="unknown_wildcard")
        return WildcardList(name, tuple(entries))

    async def put(self, name: str, entries: Sequence[str], *, seen: str | None = None) -> WildcardList:
        """Write a list. ``seen``: the tag that it must still have. Raises InvalidRequest for a name that no prompt
        could hold or an entry that cannot be drawn, ChangedMeanwhile for one that changed meanwhile."""
        checked = _checked(name, entries)
        await self._require(name, seen)
        await asyncio.to_thread(self._write, checked)
        return checked

    async def delete(self, name: str, *, seen: str | None = None) -> WildcardList:
        """Answers what it was, which `put` brings back."""
        found = await self.get(name)
        await self._require(name, seen)
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)
        return found

    async def _require(self, name: str, seen: str | None) -> None:
        if seen is None:
            return
        entries = (await self.lists()).entries.get(name)
        if entries is None or WildcardList(name, tuple(entries)).tag != seen:
            raise ChangedMeanwhile(f"the wildcard list {name!r} was changed meanwhile", code="wildcard_changed")

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{_SUFFIX}"

    def _write(self, made: WildcardList) -> None:
        path = self._path(made.name)
        if not path.resolve().is_relative_to(self._folder.resolve()):
            raise InvalidRequest(f"{made.name!r} lies outside the folder of wildcards", code="invalid_parameters")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, "".join(f"{entry}\n" for entry in made.entries).encode())
        except OSError as error:
            raise StorageUnavailable(f"the wildcard list {made.name!r} cannot be written: {error}") from error

    def _look(self, known: dict[str, tuple[_Stamp, tuple[str, ...]]]) -> dict[str, tuple[_Stamp, tuple[str, ...]]]:
        found: dict[str, tuple[_Stamp, tuple[str, ...]]] = {}
        for path in self._files():
            name = path.relative_to(self._folder).as_posix().removesuffix(_SUFFIX)
            try:
                status = path.stat()
                stamp = status.st_mtime_ns, status.st_size, status.st_ino
                kept = known.get(name)
                if kept is not None and kept[0] == stamp:
                    found[name] = kept
                elif stamp[1] <= MAX_BYTES and is_name(name):
                    found[name] = stamp, _entries(path.read_bytes())
            except OSError:
                continue  # gone or not readable: it is not there
        return found

    def _files(self) -> Iterator[Path]:
        """Regular files alone; links are not followed."""
        if not self._folder.is_dir():
            return
        for count, path in enumerate(sorted(self._folder.rglob(f"*{_SUFFIX}"))):
            if count >= MOST_LISTS:
                return
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path


def _entries(content: bytes) -> tuple[str, ...]:
    """Lines without white space around them; empty ones and those that begin with # are left out."""
    lines = (line.strip() for line in content.decode("utf-8-sig", errors="replace").splitlines())
    kept = [line for line in lines if line and not line.startswith("#")]
    return tuple(kept[:MOST_ENTRIES])


def _checked(name: str, entries: Sequence[str]) -> WildcardList:
    if len(name) > MAX_NAME or not is_name(name):
        message = f"{name!r} cannot stand between __ and __: letters, digits, and - _ . / between them"
        raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("name", message)])
    if any(len(f"{part}{_SUFFIX}".encode()) > MAX_FILE_NAME for part in name.split("/")):
        message = f"{name!r} is too long for the name of a file"
        raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("name", message)])
    kept = _entries("\n".join(entries).encode())
    if len(entries) > MOST_ENTRIES or sum(map(len, kept)) > MAX_BYTES // 4:
        message = f"a list has at most {MOST_ENTRIES:,} entries of {MAX_BYTES // 4:,} characters together"
        raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("entries", message)])
    for index, entry in enumerate(kept):
        try:
            option_of(entry)
        except InvalidRequest as error:
            message = f"entry {index + 1}: {error.message}"
            raise InvalidRequest(message, code=error.code, problems=[Problem("entries", message)]) from error
    return WildcardList(name, kept)
