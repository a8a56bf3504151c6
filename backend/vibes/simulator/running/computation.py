"""Runs one graph node: its simulated time, its thread, its steps and previews, and the failures it may have."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PIL import Image

from vibes.simulator.graph_nodes.base import Bench, Done, GraphNodeClass, GraphNodeFailure, Inputs, Work
from vibes.simulator.graph_nodes.registry import CLASSES, SAMPLERS
from vibes.simulator.graph_nodes.values import Latent
from vibes.simulator.pictures import finish
from vibes.simulator.pictures.finish import Unfinished
from vibes.simulator.running.progress import ProgressReport, Throttle
from vibes.simulator.running.timeline import Timeline
from vibes.simulator.setup.profiles import Family
from vibes.simulator.state.station import Job, Station

T = TypeVar("T")

_PREVIEW_METHODS = {"none": False, "auto": True, "latent2rgb": True, "taesd": True}

_RAISED_BY_GRAPH_NODES = (
    *(OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, MemoryError),
    Image.DecompressionBombError,
)
"""Errors of simulated graph nodes that are reported as ``execution_error``."""


class Interrupted(Exception):
    """Somebody interrupted the running prompt."""


class Computation:
    """Runs the graph nodes of one prompt, one after the other."""

    def __init__(self, station: Station, job: Job, progress: ProgressReport) -> None:
        self._station = station
        self._job = job
        self._progress = progress
        self._timeline = Timeline(station.setup.time_scale)
        self._previews = self._previews_wanted()
        self._samples = any(graph_node["class_type"] in SAMPLERS for graph_node in job.graph.values())
        self._struck = False

    async def run(self, graph_node_id: str, inputs: Inputs) -> Done:
        """What the graph node gives; GraphNodeFailure when it fails, Interrupted when it is stopped."""
        self._stop_if_interrupted()
        class_type = self._job.graph[graph_node_id]["class_type"]
        self._fail_if_asked(class_type)
        try:
            return await self._run_class(graph_node_id, CLASSES[class_type], inputs)
        except _RAISED_BY_GRAPH_NODES as error:
            raise GraphNodeFailure(str(error), _type_name(error)) from error

    async def _run_class(self, graph_node_id: str, class_: GraphNodeClass, inputs: Inputs) -> Done:
        work = class_.work(inputs, self._station.machine.profile)
        if work.model is not None:
            await self._load(*work.model)
        bench = self._bench(graph_node_id)
        if class_.heavy:
            done = await self._run_heavy(graph_node_id, lambda: class_.run(inputs, bench), work)
        else:
            done = class_.run(inputs, bench)
            await self._timeline.spend(work.seconds)
        for index, frame in enumerate(done.frames):
            png = await self._in_thread(partial(finish.to_png, frame, {}))
            self._progress.advance(graph_node_id, index, len(done.frames), png, png=True)
        return done

    async def _load(self, file_name: str, family: Family) -> None:
        """Wait while the file is loaded, no time if it is loaded already. An interrupt takes effect after it."""
        if self._station.machine.loaded != file_name:
            await asyncio.sleep(self._station.faults.settings.slow_disk_seconds)
        await self._timeline.spend(self._station.machine.load(file_name, family))

    async def _run_heavy(self, graph_node_id: str, compute: Callable[[], Done], work: Work) -> Done:
        """Compute in a thread while the simulated time passes, so that drawing adds no time.

        A thread cannot be stopped: this returns only when it has ended, so that no interrupted prompt goes on
        computing.
        """
        computing = self._in_thread(compute)
        try:
            if work.steps:
                await self._take_steps(graph_node_id, work, computing)
            else:
                await self._timeline.spend(work.seconds)
            return await asyncio.shield(computing)
        finally:
            await asyncio.wait([computing])
            computing.exception()  # fetched, so that asyncio does not report it as never retrieved

    async def _take_steps(self, graph_node_id: str, work: Work, computing: asyncio.Future[Done]) -> None:
        throttle = Throttle() if self._station.setup.dialect.throttles_progress else None
        unfinished: Unfinished | None = None
        for step in range(1, work.steps + 1):
            await self._timeline.spend(work.seconds / work.steps)
            await self._station.faults.while_halted()
            self._stop_if_interrupted()
            picture = None
            if self._shows_work(graph_node_id):
                unfinished = unfinished or _unfinished(await asyncio.shield(computing))
                picture = await self._preview(unfinished, step, work.steps)
            if picture or throttle is None or throttle.lets_through(time.monotonic(), step, work.steps):
                self._progress.advance(graph_node_id, step, work.steps, picture)

    def _shows_work(self, graph_node_id: str) -> bool:
        """Only samplers send previews, and only when somebody listens."""
        samples = self._job.graph[graph_node_id]["class_type"] in SAMPLERS
        return samples and self._previews and self._station.hub.hears(self._job.client_id)

    async def _preview(self, unfinished: Unfinished | None, step: int, steps: int) -> bytes | None:
        if unfinished is None:
            return None
        key = f"{self._job.prompt_id}/{step}"
        return await self._in_thread(lambda: unfinished.jpeg(step / steps, key))

    def _previews_wanted(self) -> bool:
        if self._station.machine.profile.instant:
            return False
        asked = self._job.extra_data.get("preview_method") if self._station.setup.dialect.previews_per_prompt else None
        return _PREVIEW_METHODS.get(str(asked), self._station.setup.previews)

    def _fail_if_asked(self, class_type: str) -> None:
        """Raise an injected failure: in the sampler, or in the first graph node of a prompt without one."""
        if self._struck or (self._samples and class_type not in SAMPLERS):
            return
        self._struck = True
        if self._station.faults.strikes("fail_next_prompts"):
            raise GraphNodeFailure("The simulator was asked to fail this prompt.", "RuntimeError")
        if self._station.faults.strikes("out_of_memory_next_prompts"):
            raise GraphNodeFailure(_OUT_OF_MEMORY, "torch.OutOfMemoryError")

    def _stop_if_interrupted(self) -> None:
        if self._station.interrupted:
            self._station.interrupted = False
            raise Interrupted

    def _bench(self, graph_node_id: str) -> Bench:
        return Bench(
            files=self._station.files,
            plain=self._station.machine.profile.instant,
            graph=self._job.graph,
            metadata=not self._station.faults.settings.disable_metadata,
            extra_pnginfo=self._job.extra_data.get("extra_pnginfo") or {},
            temp_suffix=self._station.temp_suffix(graph_node_id),
            listed=self._station.setup.catalogue.files_in,
            unreadable=self._station.faults.settings.unreadable_file,
        )

    def _in_thread(self, compute: Callable[[], T]) -> asyncio.Future[T]:
        """Run it in a thread; flat pictures at once, since they cost less than a thread's start."""
        if self._station.machine.profile.instant:
            return _done_at_once(compute)
        return asyncio.get_running_loop().run_in_executor(self._station.threads, compute)


def _done_at_once(compute: Callable[[], T]) -> asyncio.Future[T]:
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    try:
        future.set_result(compute())
    except _RAISED_BY_GRAPH_NODES as error:
        future.set_exception(error)
    return future


def _unfinished(done: Done) -> Unfinished | None:
    """The first picture of a batch, for previews."""
    latent = done.outputs[0]
    return Unfinished(latent.pictures[0]) if isinstance(latent, Latent) and latent.pictures else None


_OUT_OF_MEMORY = (
    "Allocation on device 0 would exceed allowed memory. (out of memory)\n"
    "This error means you ran out of memory on your GPU.\n\n"
    "TIPS: A smaller batch or a smaller picture may help."
)


def _type_name(error: Exception) -> str:
    """The exception's name as ComfyUI writes it: built-ins bare, others with their module."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
