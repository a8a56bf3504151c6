"""Loads the next stage's checkpoint while a person is choosing: one tiny prompt on each node that would use it.

It delays nobody: only idle nodes get one, the plan treats such a node as free, and work that needs something else stops
it by its id.
"""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace

from vibes.domain.errors import HubError, NodeError
from vibes.domain.events import BatchChanged, SessionEvent
from vibes.domain.ids import AttemptId, BatchId, NodeId, SessionId, new_attempt_id
from vibes.domain.nodes.outcome import Pending, Running, Succeeded
from vibes.scheduling.decisions import Assign
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import plan
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.maintenance.next_stage import NextStage, Warming
from vibes.services.queue.board import Board

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.25
STOP_SECONDS = 5.0
"""Seconds that the hub's end waits for a node to stop its warm-up."""
LONGEST_SECONDS = 300.0
"""Seconds after which a warm-up is given up."""


class WarmUp:
    def __init__(
        self,
        next_stage: NextStage,
        supervisor: NodeSupervisor,
        board: Board,
        estimator: Estimator,
        after_seconds: float,
    ) -> None:
        """``after_seconds``: wait after a batch, since a person who soon asks for more of the same needs no other
        checkpoint."""
        self._after_seconds = after_seconds
        self._next_stage = next_stage
        self._supervisor = supervisor
        self._board = board
        self._estimator = estimator
        self._ended: asyncio.Queue[tuple[SessionId, BatchId]] = asyncio.Queue()
        self._tasks: dict[NodeId, asyncio.Task[None]] = {}

    def overhear(self, event: SessionEvent) -> None:
        """Called with every event of every session: when all of a batch is terminal, somebody may be choosing."""
        if isinstance(event, BatchChanged) and event.batch.completed == event.batch.total:
            self._ended.put_nowait((event.session_id, event.batch.batch_id))

    async def run(self) -> None:
        """Consider each batch that ended, for ever. Stops its prompts on nodes when it is cancelled."""
        try:
            while True:
                ended = [await self._ended.get()]
                await asyncio.sleep(self._after_seconds)
                while not self._ended.empty():
                    ended.append(self._ended.get_nowait())
                for session_id, batch_id in ended:
                    await self._consider_safely(session_id, batch_id)
        finally:
            for task in self._tasks.values():
                task.cancel()
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _consider_safely(self, session_id: SessionId, batch_id: BatchId) -> None:
        try:
            await self._consider(session_id, batch_id)
        except HubError as error:
            logger.info("nothing is warmed up for session %s: %s", session_id, error)
        except Exception:  # a session that cannot be considered must not prevent the others
            logger.exception("session %s could not be considered for a warm-up", session_id)

    async def _consider(self, session_id: SessionId, batch_id: BatchId) -> None:
        warming = await self._next_stage.after(session_id, batch_id)
        quiet = not self._board.waiting and not self._board.active and self._board.paused_since is None
        if warming is not None and quiet:
            for node_id in self._who_would_use_it(warming):
                self._start(node_id, warming)

    def _who_would_use_it(self, warming: Warming) -> list[NodeId]:
        """The idle nodes to which the plan would give the next stage's work at once, and that would have to load."""
        snapshot = replace(self._board.snapshot(), ready=warming.works)
        chosen = {
            decision.node_id for decision in plan(snapshot, self._estimator).decisions if isinstance(decision, Assign)
        }
        return [
            node.id
            for node in snapshot.nodes
            if node.id in chosen
            and node.resident_checkpoint != warming.checkpoint
            and not node.foreign_queue_length
            and node.inventory is not None
            and node.inventory.loads_models
            and node.id not in self._tasks
        ]

    def _start(self, node_id: NodeId, warming: Warming) -> None:
        watch = self._supervisor.get(node_id)
        task = asyncio.create_task(self._warm(watch, warming), name=f"warm up {node_id}")
        self._tasks[node_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(node_id, None))

    async def _warm(self, watch: WatchedNode, warming: Warming) -> None:
        prompt_id = new_attempt_id()
        watch.note_own(prompt_id)
        logger.info("%s is warming up: %s", watch.config.id, warming.checkpoint)
        try:
            await watch.client.submit(prompt_id, watch.client.prepare(prompt_id, warming.order))
            async with asyncio.timeout(LONGEST_SECONDS):
                while True:
                    if not await self._goes_on(watch, prompt_id, warming):
                        return
                    await asyncio.sleep(LOOK_SECONDS)
        except (HubError, TimeoutError) as error:  # the node's fault, or its order cannot be filled
            logger.info("%s was not warmed up: %s", watch.config.id, error)
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._stop(watch, prompt_id)
            raise

    async def _goes_on(self, watch: WatchedNode, prompt_id: AttemptId, warming: Warming) -> bool:
        """Whether the prompt is still open and delays nobody."""
        here = self._board.on_node(watch.config.id)
        if watch.lent or any(active.work.spec.checkpoint != warming.checkpoint for active in here):
            await self._stop(watch, prompt_id)
            return False
        match await watch.client.find(prompt_id):
            case Running() | Pending():
                return True
            case Succeeded():
                if not here:
                    watch.resident_checkpoint = warming.checkpoint
                    self._board.changed.set()
                return False
            case _:
                return False

    async def _stop(self, watch: WatchedNode, prompt_id: AttemptId) -> None:
        try:
            await watch.client.cancel(prompt_id)
        except NodeError as error:
            logger.info("%s may go on warming up: %s", watch.config.id, error)
