"""The product as real processes that start at once: forked from one that has loaded the libraries."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from tests.processes import END_SECONDS, START_SECONDS, Service
from tests.waiting import eventually
from vibes.cli import app

PRELOADED = (
    "vibes.app.hub",
    "vibes.app.web",
    "vibes.commands.hub.serve",
    "vibes.commands.hub.serve_replica",
    "vibes.commands.simulator.simulate",
    "vibes.commands.workers.work",
    "vibes.nodes.worker.redis_news",
    "vibes.worker.celery_worker",
    "celery.apps.worker",
    "kombu.transport.redis",
    "vibes.storage.upgrading.upgrade",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "anyio._backends._asyncio",
    "starlette.middleware.cors",
    "tests.faults.hub_process",
    __name__,
)


class ForkedProcess:
    """What `asyncio.subprocess.Process` promises, as far as stories about services need it."""

    def __init__(self, target: Callable[..., None], *arguments: Any) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([*PRELOADED])
        self._process: BaseProcess = context.Process(target=target, args=arguments)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; the negative number of the signal that ended it."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    async def wait(self) -> int:
        await asyncio.to_thread(self._process.join)
        return self.returncode or 0


@asynccontextmanager
async def forked_service(
    *arguments: str,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    prepared: Callable[[], None] | None = None,
) -> AsyncIterator[Service]:
    """``vibes`` with these arguments, from its ``ready`` line to its orderly end.

    ``prepared`` is called in the process before anything else: it has to be one that can be pickled.
    """
    process = ForkedProcess(_run_vibes, arguments, str(cwd), dict(environment or {}), prepared)
    said, log = (cwd / f"{arguments[0]}-{process.pid}.{suffix}" for suffix in ("out", "log"))

    def ready() -> str | None:
        assert process.returncode is None, f"it ended with {process.returncode} before it was ready; see {log}"
        lines = said.read_text(encoding="utf-8").splitlines() if said.exists() else []
        return next((line.split()[1] for line in lines if line.startswith("ready ")), None)

    try:
        url = await eventually(ready, within=START_SECONDS, what="it is ready")
        yield Service(process, (url,), log)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(END_SECONDS):
            await process.wait()


def _run_vibes(
    arguments: tuple[str, ...], folder: str, environment: Mapping[str, str], prepared: Callable[[], None] | None
) -> None:
    enter_process(folder, environment, arguments[0])
    if prepared is not None:
        prepared()
    app(list(arguments))


def enter_process(folder: str, environment: Mapping[str, str], name: str) -> None:
    """Be a process of its own, in its folder, with its environment; it says all in ``NAME-PID.out`` and ``.log``."""
    os.chdir(folder)
    for variable in [each for each in os.environ if each.startswith("VIBES_")]:
        del os.environ[variable]
    os.environ |= {"COLUMNS": "160", **environment}
    for descriptor, suffix in ((1, "out"), (2, "log")):
        with Path(f"{name}-{os.getpid()}.{suffix}").open("wb") as file:
            os.dup2(file.fileno(), descriptor)
