"""The one worker of a node: takes prompts off the queue and runs them, until an error ends it as in ComfyUI."""

import asyncio
import logging

from vibes.simulator.running.prompt_run import PromptRun
from vibes.simulator.state.station import Job, Station

_log = logging.getLogger(__name__)


async def work(station: Station) -> None:
    """Run prompts for ever.

    A heap that cannot be ordered, or a graph node without inputs that leads to no output, ends the worker while HTTP
    goes on answering (docs/comfyui-protocol.md#a-dead-worker). Clients must notice that.
    """
    try:
        while True:
            await _work_once(station)
    except (TypeError, KeyError):
        _log.exception("the simulated worker died; only a restart helps")
        station.worker_alive = False


async def _work_once(station: Station) -> None:
    await station.queue.wait()
    await station.faults.while_halted()
    _obey_flags(station)
    taken = station.queue.take()
    if taken is None:
        return
    ticket, item = taken
    job = Job.of(item)
    if station.faults.strikes("tidy_inputs_next_runs"):
        station.files.tidy_inputs()
    station.ledger.started.append(job.prompt_id)
    run = PromptRun(station, job)
    result = await run.execute()
    await station.faults.while_halted()
    station.ledger.finished.append((job.prompt_id, run.outcome))
    station.queue.finish(ticket, result)
    if station.client_id is not None:
        station.hub.send("executing", {"node": None, "prompt_id": job.prompt_id}, station.client_id)
    await asyncio.sleep(0)


def _obey_flags(station: Station) -> None:
    flags = station.queue.take_flags()
    if flags.get("unload_models", flags.get("free_memory", False)):
        station.machine.unload()
    if flags.get("free_memory", False):
        station.cache.clear()
