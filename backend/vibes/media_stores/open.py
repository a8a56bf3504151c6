"""Opens the place of a hub's pictures and uploads, and makes sure that it is the one which it had before."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from vibes.domain.chance import random_uuid
from vibes.domain.errors import Conflict, NotFound, StorageUnavailable
from vibes.environment.durable_files import write_durably
from vibes.environment.media_settings import MediaSettings
from vibes.media_stores.guarded import MARKER, Guard, GuardedStore
from vibes.media_stores.places import KEPT, Place, local_place, place_of
from vibes.ports.clock import Clock
from vibes.ports.media import MediaStore

logger = logging.getLogger(__name__)

NOTE = "media-store"
"""The file of the data folder that says which store holds this hub's pictures: its id, and where it was."""
_TRUSTED_SECONDS = 5.0
"""That a look at a remote store holds."""


@dataclass(frozen=True, slots=True)
class OpenPlace:
    """The stores of a hub."""

    place: Place
    guard: Guard | None
    """None for the data folder, which is there as long as the hub's database is."""

    def store(self, name: str) -> MediaStore:
        files = self.place.store(name)
        return files if self.guard is None else GuardedStore(files, self.guard)

    @property
    def problems(self) -> list[str]:
        """A sentence while the place is away or refuses."""
        return [self.guard.problem] if self.guard is not None and self.guard.problem else []


@dataclass(frozen=True, slots=True)
class Noted:
    """What the data folder says about the store."""

    identity: str
    where: str


def noted(data: Path) -> Noted | None:
    """None where the pictures are kept in the data folder itself. Raises StorageUnavailable."""
    try:
        lines = (data / NOTE).read_text("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StorageUnavailable(f"{data / NOTE} cannot be read: {error.strerror}") from error
    return Noted(lines[0].strip(), lines[1].strip() if len(lines) > 1 else "") if lines else None


def note(data: Path, identity: str, where: str) -> None:
    """Remember the store for the next start. Raises OSError."""
    write_durably(data / NOTE, f"{identity}\n{where}\n".encode())


async def identity_of(place: Place) -> str:
    """The id in its marker, which is written where there is none. Raises StorageUnavailable."""
    found = await marker_of(place)
    if found is None:
        await place.store("").put_new(MARKER, str(random_uuid()).encode("ascii"))
        found = await marker_of(place)  # also where this one wrote: another may have at the same time
    if not found:
        raise StorageUnavailable(f"{place.where} has an empty file {MARKER}: delete it, and start again")
    return found


async def marker_of(place: Place) -> str | None:
    """The id in its marker; None where there is none. Raises StorageUnavailable."""
    try:
        content = await place.store("").get(MARKER)
    except NotFound:
        return None
    return content.decode("ascii", "replace").strip()


@asynccontextmanager
async def open_place(settings: MediaSettings, data: Path, clock: Clock) -> AsyncIterator[OpenPlace]:
    """The place until the end.

    A store that is away is no reason not to start, if it has been seen before. Raises Conflict (``pictures_elsewhere``,
    ``other_media_store``), InvalidRequest for settings that make no sense, StorageUnavailable for a new store that
    cannot be written.
    """
    known = noted(data)
    if settings.media is None:
        _require_here(known)
        yield OpenPlace(local_place(data, clock), None)
        return
    place = place_of(settings.media, settings, clock)
    try:
        identity = known.identity if known is not None else await _first_seen(place, data)
        trusted = _TRUSTED_SECONDS if place.remote else 0.0
        guard = Guard(place.store(""), identity, place.where, clock, trusted_seconds=trusted)
        if known is not None:
            await _look(guard, place, known, data)
        yield OpenPlace(place, guard)
    finally:
        place.close()


def _require_here(known: Noted | None) -> None:
    if known is not None:
        raise Conflict(
            f"The pictures of this hub are kept in {known.where}. Start it with VIBES_MEDIA={quote(known.where)}, or "
            f"bring them back with `vibes media move {quote(known.where)} DATA`, DATA being the data folder.",
            code="pictures_elsewhere",
        )


async def _first_seen(place: Place, data: Path) -> str:
    """The id of a store that this hub has not had before; it may have no pictures anywhere else."""
    if any((data / name).is_dir() and any((data / name).iterdir()) for name in KEPT):
        raise Conflict(
            f"The pictures of this hub are kept in {data}, and VIBES_MEDIA is {place.where}. Bring them there with "
            f"`vibes media move {quote(str(data))} {quote(place.where)}`; or, if they are none of this hub's, move "
            f"them out of {data}.",
            code="pictures_elsewhere",
        )
    identity = await identity_of(place)
    note(data, identity, place.where)
    return identity


async def _look(guard: Guard, place: Place, known: Noted, data: Path) -> None:
    try:
        await guard.require()
    except StorageUnavailable as error:
        if known.where == place.where:
            return  # it is away for now, as it was written down
        raise Conflict(
            f"{error.message}. Bring the pictures there with `vibes media move {quote(known.where)} "
            f"{quote(place.where)}`; or, if this is to be a new and empty store, delete {data / NOTE}.",
            code="other_media_store",
        ) from error
    if known.where != place.where:
        note(data, known.identity, place.where)
