"""Places where the files of a hub are kept, by what ``VIBES_MEDIA`` may say: a folder, or ``s3://bucket/prefix``."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from vibes.domain.errors import InvalidRequest
from vibes.environment.home_folder import at_home
from vibes.environment.media_settings import MediaSettings
from vibes.media_stores.bounded_threads import BoundedThreads
from vibes.media_stores.folder import FolderMediaStore
from vibes.ports.clock import Clock
from vibes.ports.media import MediaStore

IMAGES, ARTIFACTS, HANDOFF = "images", "artifacts", "handoff"
"""The stores of a place: pictures and their thumbnails, uploads, and what is on its way to or from workers."""
KEPT = (IMAGES, ARTIFACTS)
"""Those whose files are to last."""

_EXAMPLES = "write a folder, or s3://bucket/prefix"


@dataclass(frozen=True, slots=True)
class Place:
    """A place with a store for each use. Nothing is asked of it until a store is used."""

    where: str
    """As a person wrote it; holds no key."""
    remote: bool
    """Whether each question costs a request."""
    store: Callable[[str], MediaStore]
    """By a folder's name; empty: its root."""
    close: Callable[[], None]


def place_of(text: str, settings: MediaSettings, clock: Clock) -> Place:
    """What ``text`` names, reached as the settings say. Raises InvalidRequest when it makes no sense."""
    scheme = urlsplit(text).scheme if "://" in text else ""
    if scheme in {"", "file"}:
        return folder_place(at_home(Path(text.removeprefix("file://"))).absolute(), clock)
    if scheme != "s3":
        raise InvalidRequest(f"VIBES_MEDIA cannot be {scheme}:// : {_EXAMPLES}")
    return _s3_place(text, settings, clock)


def folder_place(root: Path, clock: Clock) -> Place:
    """The folder as one that may be a share: its disk is waited for apart from everything else."""
    where = str(root)
    threads = BoundedThreads(where)
    return Place(where, False, lambda name: FolderMediaStore(root / name, clock, threads), threads.close)


def local_place(data: Path, clock: Clock) -> Place:
    """The data folder of a hub."""
    return Place(str(data), False, lambda name: FolderMediaStore(data / name, clock, asyncio.to_thread), lambda: None)


def _s3_place(text: str, settings: MediaSettings, clock: Clock) -> Place:
    parts = urlsplit(text)
    if not parts.hostname or "@" in parts.netloc or parts.query or parts.fragment:
        raise InvalidRequest(f"VIBES_MEDIA must be like s3://bucket/prefix, without keys or options: {_EXAMPLES}")
    try:
        from vibes.media_stores.s3 import Bucket, S3MediaStore
    except ImportError as error:
        raise InvalidRequest(
            f"VIBES_MEDIA={text} needs a library that is not installed: pip install 'vibes-imgen[s3]' ({error})"
        ) from error
    bucket = Bucket(
        name=parts.netloc,
        prefix=parts.path.strip("/"),
        endpoint=settings.media_endpoint,
        region=settings.media_region,
        path_style=settings.media_path_style,
        ca=settings.media_ca,
    )
    return Place(text, True, lambda name: S3MediaStore(bucket, name, clock), lambda: None)
