"""One simulated node: a ComfyUI-compatible server that can be started, stopped, crashed and started again."""

import asyncio
import os
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from vibes.simulator.http import (
    routes_admin,
    routes_catalogue,
    routes_files,
    routes_jobs,
    routes_prompts,
    routes_socket,
)
from vibes.simulator.http.control import CONTROL
from vibes.simulator.http.middlewares import apply_faults, check_origin
from vibes.simulator.running.worker import work
from vibes.simulator.setup.catalogue import build_catalogue
from vibes.simulator.setup.dialect import dialect_of
from vibes.simulator.setup.faults import Faults
from vibes.simulator.setup.options import NodeOptions
from vibes.simulator.setup.profiles import profile_of
from vibes.simulator.state.files import Files
from vibes.simulator.state.job_queue import PROMPT_ID
from vibes.simulator.state.ledger import Ledger
from vibes.simulator.state.machine import Machine
from vibes.simulator.state.sockets import SocketHub
from vibes.simulator.state.station import Setup, Station

_SHUTDOWN_SECONDS = 0.2
_CRASH_EXIT_CODE = 70


class SimulatedNode:
    """A simulated node. ``async with`` starts and stops it.

    ``faults`` and ``ledger`` outlast a crash, a restart and `forget`; all else is lost as in ComfyUI. After `crash`,
    `start` brings the node back on the same port with its files and without its memory.
    """

    def __init__(self, options: NodeOptions | None = None) -> None:
        self.options = options or NodeOptions()
        self.faults = Faults()
        self.ledger = Ledger()
        self._port = self.options.port
        self._station: Station | None = None
        self._life: list[asyncio.Task[None]] = []
        self._mishaps: set[asyncio.Task[None]] = set()
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._temporary: tempfile.TemporaryDirectory[str] | None = None

    @property
    def port(self) -> int:
        """The port it listens on; before the first start the one asked for."""
        return self._port

    @property
    def url(self) -> str:
        return f"http://{self.options.host}:{self._port}"

    @property
    def running(self) -> bool:
        return self._runner is not None

    @property
    def plugged_in(self) -> bool:
        """Whether it can be reached."""
        return self._site is not None

    @property
    def station(self) -> Station:
        """Queue, cache and sockets since the last start; RuntimeError when it is not started."""
        if self._station is None:
            raise RuntimeError("the simulated node is not started")
        return self._station

    async def start(self) -> None:
        """Listen; OSError when the port is taken."""
        if self.running:
            return
        self._begin_life()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        try:
            await self.plug_in()
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Shut down properly: temporary files are removed, and the folder too if the node created it."""
        mishaps = list(self._mishaps)
        for mishap in mishaps:
            mishap.cancel()
        await asyncio.gather(*mishaps, return_exceptions=True)
        await self._end()
        if self._temporary is not None:
            self._temporary.cleanup()
            self._temporary = None

    async def crash(self) -> None:
        """End abruptly: every connection is cut, memory is lost, files stay."""
        await self.unplug()
        await self._end()

    async def forget(self, *, drop_sockets: bool = True) -> None:
        """Lose what a restart loses, but keep the port open."""
        previous = self.station
        await self._end_life()
        if drop_sockets:
            previous.hub.drop()
        self._begin_life(None if drop_sockets else previous.hub)

    async def unplug(self) -> None:
        """Close the port and cut every connection; a running prompt goes on."""
        if self._site is not None:
            await self._site.stop()
            self._site = None
        if self._runner is not None and self._runner.server is not None:
            for connection in self._runner.server.connections:
                if connection.transport is not None:
                    connection.transport.abort()

    async def plug_in(self) -> None:
        """Listen again, on the same port as before."""
        if self._runner is None or self._site is not None:
            return
        site = web.TCPSite(self._runner, self.options.host, self._port)
        await site.start()
        self._site = site
        self._port = self._runner.addresses[0][1]

    def drop_sockets(self, client_id: str | None = None) -> int:
        """Cut one client's WebSocket, or all; answers how many."""
        return self.station.hub.drop(client_id)

    def begin_crash(self) -> None:
        """Crash from inside a request: the whole process, or only this node, as the options say."""
        if self.options.crash_ends_process:
            os._exit(_CRASH_EXIT_CODE)
        self._begin_mishap(self.crash())

    def begin_unplugging(self, seconds: float) -> None:
        """Unplug from inside a request, and plug in again after so many seconds."""
        self._begin_mishap(self._unplugged(seconds))

    def state(self) -> dict[str, Any]:
        """Counts for tests: prompts received and executed since it was made, prompts queued since the last start."""
        station = self.station
        return {
            "profile": self.options.profile,
            "comfyui_version": self.options.comfyui_version,
            **self.ledger.as_json(),
            "running": [item[PROMPT_ID] for item in station.queue.running()],
            "pending": [item[PROMPT_ID] for item in station.queue.pending()],
            "worker_alive": station.worker_alive,
            "loaded_model": station.machine.loaded,
            "sockets": station.hub.client_ids,
        }

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _begin_life(self, hub: SocketHub | None = None) -> None:
        options = self.options
        dialect = dialect_of(options.comfyui_version, windows=options.windows)
        profile = profile_of(options.profile)
        files = Files(self._folder())
        files.wipe_temp()
        hub = hub or SocketHub(self.faults, displacement_bug=options.displacement_bug)
        setup = Setup(
            dialect=dialect,
            catalogue=build_catalogue(
                dialect, profile, options, files.input_images, lambda: self.faults.settings.removed_file
            ),
            time_scale=options.time_scale,
            previews=options.previews and not profile.instant,
            seed=options.seed,
        )
        station = Station(
            setup=setup,
            files=files,
            faults=self.faults,
            machine=Machine(profile),
            ledger=self.ledger,
            hub=hub,
        )
        self._station = station
        self._life = [
            asyncio.create_task(work(station)),
            asyncio.create_task(hub.publish()),
            asyncio.create_task(hub.flood()),
        ]

    async def _end_life(self) -> None:
        for task in self._life:
            task.cancel()
        await asyncio.gather(*self._life, return_exceptions=True)
        self._life = []
        if self._station is not None:
            self._station.threads.shutdown()

    async def _end(self) -> None:
        await self._end_life()
        if self._station is not None:
            self._station.hub.drop()
            self._station = None
        runner, self._runner, self._site = self._runner, None, None
        if runner is not None:
            await runner.cleanup()

    def _folder(self) -> Path:
        if self.options.folder is not None:
            return self.options.folder
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="simulated-comfyui-")
        return Path(self._temporary.name)

    def _application(self) -> web.Application:
        station = self.station
        middlewares = [apply_faults, check_origin]
        application = web.Application(middlewares=middlewares, client_max_size=self.options.max_upload_bytes)
        application[CONTROL] = self
        application.add_routes(routes_admin.ROUTES)
        doubled = [*routes_prompts.ROUTES, *routes_catalogue.ROUTES, *routes_files.ROUTES, *routes_socket.ROUTES]
        if station.setup.dialect.has_jobs_routes:
            doubled += routes_jobs.ROUTES
        for prefix in ("", "/api"):
            application.add_routes(
                [web.RouteDef(route.method, prefix + route.path, route.handler, route.kwargs) for route in doubled]
            )
        application.router.add_static("/", station.files.web)
        return application

    def _begin_mishap(self, mishap: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(mishap)
        self._mishaps.add(task)
        task.add_done_callback(self._mishaps.discard)

    async def _unplugged(self, seconds: float) -> None:
        await self.unplug()
        await asyncio.sleep(seconds)
        await self.plug_in()
