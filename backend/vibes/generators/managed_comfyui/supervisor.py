"""Keeps one ComfyUI running: starts it, asks whether it answers, starts it again when it fails, and stops it."""

import asyncio
import logging
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

from vibes.generators.managed_comfyui.command import ADDRESS, Folders, command_of, environment_of
from vibes.generators.managed_comfyui.config import ManagedConfig
from vibes.generators.managed_comfyui.process import ComfyUIProcess, begun
from vibes.generators.managed_comfyui.restarts import Failures
from vibes.generators.managed_comfyui.standing import (
    READY,
    STARTING,
    STOPPED,
    Standing,
    after,
    ended,
    with_last_words,
)
from vibes.generators.processes.environment import harmless
from vibes.generators.processes.left_behind import end_left_behind

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """In seconds."""

    look: float = 2.0
    """Between two questions whether it answers."""
    look_at_first: float = 0.25
    """The same until it has answered for the first time."""
    answer: float = 15.0
    """For one answer: loading a model may keep it from answering for some seconds."""
    misses: int = 3
    """So many questions in a row without an answer, and it is started anew."""
    end: float = 10.0
    """Between the request to end and the kill."""
    pace: float = 1.0
    """Factor on the pauses between a failure and the next start; below 1 only for tests."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where it answers; each run is another one."""

    port: int
    run: int


class _Failed(Exception):
    """Why a run is over, in words."""


class ManagedComfyUI:
    """``folder``: of its own, for all that this ComfyUI writes; ``environment`` instead of the hub's."""

    def __init__(
        self,
        config: ManagedConfig,
        folder: Path,
        *,
        patience: Patience | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._config = config
        self._folders = Folders(folder)
        self._patience = patience or Patience()
        self._environment = harmless() if environment is None else harmless(environment)
        self._task: asyncio.Task[None] | None = None
        self._process: ComfyUIProcess | None = None
        self._clean = False
        self._runs = 0
        self._ready_at: float | None = None
        self._unwell = ""
        self.home: Home | None = None
        """None while it does not answer for sure."""
        self.standing: Standing = STOPPED

    @property
    def empty(self) -> bool:
        """Nothing that was ever sent to it can still run: no process of it is left, of an earlier hub neither."""
        return self._clean and (self._process is None or not self._process.runs)

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def tail(self) -> list[str]:
        """The last lines that it has said."""
        return [] if self._process is None else self._process.output.tail()

    def start(self) -> None:
        """Does nothing where it was started already."""
        if self._task is None:
            self.standing = STARTING
            self._task = asyncio.create_task(self._keep_running(), name=f"ComfyUI in {self._folders.root.name}")

    def renew(self, home: Home, why: str) -> None:
        """End this run and start another one: it answers, but does not work. ``why``: in words."""
        if self.home == home:
            self._unwell = why

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await self._end_what_it_left()
        self.home, self.standing = None, STOPPED

    async def _end_what_it_left(self) -> None:
        """Processes that it had started in sessions of their own; the next start tries again."""
        try:
            await end_left_behind(self._folders.root, our_own=True)
        except OSError as error:
            _log.warning("%s: %s", self._folders.root.name, error)

    async def _keep_running(self) -> None:
        failures, now = Failures(), asyncio.get_running_loop().time
        while True:
            why = await self._one_run()
            worked = 0.0 if self._ready_at is None else now() - self._ready_at
            failures = failures.and_one(now(), worked)
            self.standing = after(failures, why)
            _log.warning("%s: %s", self._folders.root.name, self.standing.words)
            await asyncio.sleep(self._patience.pace * failures.pause)
            self.standing = STARTING

    async def _one_run(self) -> str:
        """Why it is over."""
        self._ready_at, self._unwell = None, ""
        try:
            await self._prepare()
            home = Home(_port(self._config), self._runs + 1)
            command = command_of(self._config, self._folders, home.port)
            environment = environment_of(self._config, self._environment)
            process = self._process = await begun(command, environment, self._config.folder, self._folders)
        except (_Failed, OSError) as error:
            return f"its ComfyUI cannot be started: {error}"
        self._runs = home.run
        try:
            await self._watch(process, home)
        except (_Failed, OSError) as error:
            return with_last_words(str(error), process.output.tail())
        finally:
            self.home = None
            await process.end(self._patience.end)
        return with_last_words(ended(await process.status()), process.output.tail())

    async def _prepare(self) -> None:
        for folder in self._folders.written:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await end_left_behind(self._folders.root, our_own=True)
        self._clean = True
        for needed in (self._config.folder / "main.py", self._config.python, self._config.extra_model_paths):
            if needed is not None and not needed.exists():
                raise _Failed(f"there is no {needed}")

    async def _watch(self, process: ComfyUIProcess, home: Home) -> None:
        """Until it has ended; _Failed when it does not answer."""
        now, patience = asyncio.get_running_loop().time, self._patience
        late_at, misses = now() + self._config.ready_seconds, 0
        async with httpx.AsyncClient(base_url=f"http://{ADDRESS}:{home.port}", trust_env=False) as http:
            while not await process.over(patience.look_at_first if self.home is None else patience.look):
                if self._unwell:
                    raise _Failed(self._unwell)
                if await _answers(http, patience.answer):
                    misses = 0
                    if self.home is None:
                        self.home, self.standing, self._ready_at = home, READY, now()
                elif self.home is None:
                    if now() > late_at:
                        raise _Failed(f"its ComfyUI did not answer within {self._config.ready_seconds:g} s")
                else:
                    misses += 1
                    if misses >= patience.misses:
                        raise _Failed(f"its ComfyUI did not answer {misses} times")


async def _answers(http: httpx.AsyncClient, within: float) -> bool:
    try:
        async with asyncio.timeout(within):
            reply = await http.get("/system_stats", timeout=within)
            return reply.status_code == httpx.codes.OK and "system" in reply.json()
    except (httpx.HTTPError, TimeoutError, ValueError, TypeError):
        return False


def _port(config: ManagedConfig) -> int:
    """The one that is said, or a free one. Another program on it would be taken for this ComfyUI: _Failed then."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, config.port or 0))
        except OSError as error:
            raise _Failed(f"port {config.port} is in use") from error
        port: int = probe.getsockname()[1]
        return port
