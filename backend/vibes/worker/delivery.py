"""What a ComfyUI has drawn is put where the hub finds it, before the row says so."""

import logging
from collections.abc import Mapping
from contextlib import suppress

from vibes.domain.attempt import Wire
from vibes.domain.errors import NodeError, OutputGone, OutputRefused, StorageUnavailable
from vibes.domain.nodes.outcome import Errored, Succeeded, TurnedDown
from vibes.domain.nodes.worker import WorkerOrder
from vibes.nodes.worker.handoff import handed_over, output_key
from vibes.nodes.worker.wire import Outcome
from vibes.ports.nodes import GeneratorNode
from vibes.worker.errand import Means, Stop

_log = logging.getLogger(__name__)

_PAUSES = (0.5, 1.0, 2.0, 5.0)
"""Seconds between tries to reach a store that does not answer; the last one repeats."""


async def deliver(order: WorkerOrder, sent: Wire, drawn: Succeeded, means: Means) -> Outcome | Stop:
    """What the row should say: with the pictures where they lie now. A store that is away is waited for."""
    fetched = await _fetched(means.node, drawn, sent)
    if not isinstance(fetched, list):
        return fetched
    files = {output_key(order.attempt_id, order.epoch, index): each for index, each in enumerate(fetched)}
    if stop := await _put(order, files, means):
        return stop
    outputs = [handed_over(order.attempt_id, order.epoch, *each) for each in enumerate(drawn.outputs)]
    return Succeeded(tuple(outputs), drawn.cost_usd, drawn.reproducible)


async def _put(order: WorkerOrder, files: Mapping[str, bytes], means: Means) -> Stop | None:
    tries = 0
    while True:
        try:
            await means.handoff.put(files)
        except StorageUnavailable as error:
            pause = _PAUSES[min(tries, len(_PAUSES) - 1)]
            _log.warning("what was drawn for %s %s (again in %g s)", order.attempt_id, error.message, pause)
        else:
            return None
        tries += 1
        await means.clock.sleep(pause)
        with suppress(StorageUnavailable):  # then nobody can tell
            if await means.desk.wanted(order) is None:
                return Stop.NOT_OURS


async def _fetched(node: GeneratorNode, drawn: Succeeded, sent: Wire) -> list[bytes] | Outcome:
    """One that came broken, or was another one, is fetched once more."""
    for last in (False, True):
        try:
            return [await node.fetch(output, sent) for output in drawn.outputs]
        except OutputRefused as error:
            return Errored(message=error.message)
        except OutputGone as error:
            return TurnedDown(message=error.message)
        except NodeError as error:
            if last:
                return TurnedDown(message=error.message, broke=True)
            _log.warning("%s; fetching it once more", error)
    raise AssertionError("the second try returns")
