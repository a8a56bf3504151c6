"""A real hub for a story: its services, scheduling, database and HTTP application; only the machines are simulated."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx
from starlette.types import ASGIApp

from tests.hub import bare_application, speaking_for
from vibes.app.hub import Hub, running_hub
from vibes.environment.settings import Settings
from vibes.ports.clock import Clock
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.storage.upgrading.migrate import migrate
from vibes.workflows.library import layers

FAST = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - where it exists: no disk is waited for


def settings_in(folder: Path) -> Settings:
    """What a newcomer has, but for waits that are of no interest to a story."""
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    if not (data / "vibes.db").exists():
        shutil.copy(_empty_database(), data / "vibes.db")
    given: dict[str, object] = {
        "config": folder / "gpus.yaml",
        "data": data,
        "breaker_pause": 4.0,
        "adoption_grace": 20.0,
        "undo_window_hours": 0.005,
        "sqlite_synchronous": "NORMAL",
    }
    return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them


@contextmanager
def story_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="vibes-story-", dir=FAST) as folder:
        yield Path(folder)


@contextmanager
def without_waits(follow: Callable[[], asyncio.Event]) -> Iterator[None]:
    """What looks at the real world outside: notices of changed files come from ``follow`` (of gpus.yaml), the shipped
    workflows are read once a process, and a killed hub holds no lock."""
    with ExitStack() as patches:
        for target, stand_in in {
            "vibes.services.runtime.file_watch.awatch": _notices_of(follow),
            "vibes.services.library.catalog.read_layers": _read_once,
            "vibes.storage.open.only_hub": lambda _: nullcontext(),
        }.items():
            patches.enter_context(patch(target, stand_in))
        yield


@asynccontextmanager
async def open_hub(settings: Settings, factory: GeneratorNodeFactory, clock: Clock) -> AsyncIterator[Hub]:
    async with running_hub(settings, factory, clock=clock) as hub:
        yield hub


def application_of(hub: Hub, settings: Settings) -> ASGIApp:
    """Of the first hub, for all of them: to make one anew takes longer than a story."""
    if not _kept:
        _kept.append(bare_application(hub, settings))
    return speaking_for(hub, settings, _kept[0])


_kept: list[ASGIApp] = []


def client(app: ASGIApp) -> httpx.AsyncClient:
    """Speaks to the hub's HTTP application without a socket."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


@cache
def _empty_database() -> Path:
    path = Path(tempfile.mkdtemp(prefix="vibes-story-", dir=FAST)) / "vibes.db"
    migrate(path)
    return path


def _notices_of(follow: Callable[[], asyncio.Event]) -> Callable[..., AsyncIterator[set[Any]]]:
    async def awatch(*folders: Path, **_: object) -> AsyncIterator[set[Any]]:
        event = follow() if any((folder / "gpus.yaml").exists() for folder in folders) else asyncio.Event()
        while True:
            await event.wait()
            event.clear()
            yield set()

    return awatch


_readings: list[tuple[Any, Any]] = []
_read_layers = layers.read_layers


def _read_once(found: Any) -> Any:
    what = [(layer.folder if layer.files else "", layer.files, layer.unreadable) for layer in found]
    for known, reading in _readings:
        if known == what:
            return reading
    reading = _read_layers(found)
    _readings.append((what, reading))
    return reading
