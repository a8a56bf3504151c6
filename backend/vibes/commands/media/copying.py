"""Copies the files of one place to another, each proven by its hash, and remembers what was proven."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from vibes.domain.errors import NotFound, StorageUnavailable
from vibes.media_stores.places import KEPT, Place
from vibes.ports.media import MediaStore

_AT_ONCE = 4
TRIES = 3
"""Of a file that arrives otherwise than it was sent."""

Key = tuple[str, str]
"""A store of a place, and the key of a file in it."""


@dataclass(frozen=True, slots=True)
class Copied:
    """What a pass did."""

    files: int
    """Files of the source, all of which are proven in the target now."""
    copied: int
    bytes: int
    """Of those that were copied in this pass."""


class ProvenFiles:
    """Sizes of files that were read back and found equal, in a file that outlives an interrupted move."""

    def __init__(self, path: Path, source: str, target: str) -> None:
        """What was noted for another pair of places does not count."""
        self._path = path
        self._heading = json.dumps([source, target])
        self.sizes: dict[Key, int] = {}
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        if lines and lines[0] == self._heading:
            for line in lines[1:]:
                self._read(line)
        else:
            path.write_text(f"{self._heading}\n", "utf-8")

    def _read(self, line: str) -> None:
        try:
            store, key, size = json.loads(line)
        except ValueError:  # its writing was cut off
            return
        self.sizes[store, key] = size

    def add(self, key: Key, size: int) -> None:
        self.sizes[key] = size
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps([*key, size])}\n")

    def forget(self) -> None:
        self._path.unlink(missing_ok=True)


async def files_of(place: Place) -> dict[Key, int]:
    """Sizes of all files that are to last. Raises StorageUnavailable."""
    found: dict[Key, int] = {}
    for name in KEPT:
        store = place.store(name)
        for prefix in ("", *(f"{folder}/" for folder in await store.folders())):
            found.update({(name, file.key): file.size_bytes for file in await store.list(prefix)})
    return found


async def copy_all(source: Place, target: Place, proven: ProvenFiles, progress: Callable[[int, int], None]) -> Copied:
    """One pass. ``progress`` hears how many of how many files are there. Raises StorageUnavailable."""
    wanted, there = await files_of(source), await files_of(target)
    left = [key for key, size in wanted.items() if not (proven.sizes.get(key) == size == there.get(key))]
    sizes: list[int] = []
    remaining = iter(left)

    async def copy_some() -> None:
        for key in remaining:
            progress(len(wanted) - len(left) + len(sizes), len(wanted))
            size = await _copy(source.store(key[0]), target.store(key[0]), key[1])
            if size is not None:
                proven.add(key, size)
                sizes.append(size)

    ends = await asyncio.gather(*(copy_some() for _ in range(_AT_ONCE)), return_exceptions=True)
    for fault in (end for end in ends if end is not None):
        raise fault
    return Copied(len(wanted), len(sizes), sum(sizes))


async def _copy(source: MediaStore, target: MediaStore, key: str) -> int | None:
    """Its size once it is proven; None when it went away meanwhile, or was only begun."""
    try:
        content = await source.get(key)
    except NotFound:
        return None
    sent = hashlib.sha256(content).digest()
    for _ in range(TRIES):
        await target.put({key: content})
        if hashlib.sha256(await target.get(key)).digest() == sent:
            return len(content)
    raise StorageUnavailable(f"the file {key} came out otherwise than it was written, {TRIES} times. Check that disk")


async def delete_proven(source: Place, proven: Mapping[Key, int]) -> None:
    """Delete from the source what was proven elsewhere, and nothing else."""
    for name in KEPT:
        keys = [key for store, key in proven if store == name]
        for start in range(0, len(keys), 1000):
            await source.store(name).delete(keys[start : start + 1000])
