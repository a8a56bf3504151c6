"""Loads the next stage's checkpoint while a person is choosing: one tiny prompt on each node that would use it.

It delays nobody: only idle nodes get one, the plan treats such a node as free, and work that needs something else stops
it by its id.
"""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from vibes.domain.errors import HubError, NodeError
from vibes.domain.events import BatchChanged, SessionEvent
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.generation_request import GenerationRequest
from vibes.domain.ids import AttemptId, BatchId, GenerationId, NodeId, SessionId, new_attempt_id
from vibes.domain.outcome import Pending, Running, Succeeded
from vibes.domain.priority import Priority
from vibes.domain.requirements import Requirements
from vibes.domain.spec import GenerationSpec, ParameterValue
from vibes.ports.orders import Order
from vibes.ports.storage import Storage
from vibes.scheduling.decisions import Assign
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.planner import plan
from vibes.scheduling.snapshot import Work
from vibes.services.fleet.supervisor import NodeSupervisor
from vibes.services.fleet.watched_node import WatchedNode
from vibes.services.generations.asked_names import with_fleet_names
from vibes.services.generations.flows import FunnelFlows
from vibes.services.generations.models import FleetModels
from vibes.services.generations.spec_builder import build_specs
from vibes.services.library.versions import WorkflowVersions
from vibes.services.queue.board import Board
from vibes.services.queue.work import needs_of
from vibes.services.sessions.flow_file import StagePreset, stage_preset

logger = logging.getLogger(__name__)

SIDE, STEPS = 64, 1
LOOK_SECONDS = 0.25
STOP_SECONDS = 5.0
"""Seconds that the hub's end waits for a node to stop its warm-up."""
LONGEST_SECONDS = 300.0
"""Seconds after which a warm-up is given up."""


@dataclass(frozen=True, slots=True)
class _Warming:
    """What is to be loaded: as works for the plan, and as the order that loads it."""

    works: tuple[Work, ...]
    order: Order
    checkpoint: str


class WarmUp:
    def __init__(
        self,
        storage: Storage,
        flows: FunnelFlows,
        workflows: WorkflowVersions,
        models: FleetModels,
        supervisor: NodeSupervisor,
        board: Board,
        estimator: Estimator,
        after_seconds: float,
    ) -> None:
        """``after_seconds``: wait after a batch, since a person who soon asks for more of the same needs no other
        checkpoint."""
        self._after_seconds = after_seconds
        self._storage = storage
        self._flows = flows
        self._workflows = workflows
        self._models = models
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
        session = await self._storage.sessions.get(session_id)
        members = await self._storage.generations.of_batch(batch_id)
        if session is None or not _to_choose_from(members, session.current_stage):
            return
        fitted = self._flows.fitted()
        flows = {
            name: preset.model_copy(update={"stages": [each.stage for each in fitted[name]]})
            for name, preset in self._flows.presets.items()
        }
        preset = stage_preset(flows, session, session.current_stage + 1)
        warming = self._warming(preset) if preset is not None else None
        quiet = not self._board.waiting and not self._board.active and self._board.paused_since is None
        if warming is not None and quiet:
            for node_id in self._who_would_use_it(warming):
                self._start(node_id, warming)

    def _warming(self, preset: StagePreset) -> _Warming | None:
        """None when the stage's workflow loads no checkpoint file."""
        values: dict[str, ParameterValue] = {
            "prompt": "warm-up",
            "width": preset.width,
            "height": preset.height,
            "steps": preset.steps,
        }
        if preset.checkpoint is not None:
            values["checkpoint"] = preset.checkpoint
        request = GenerationRequest(
            session_id=None,
            model_family=preset.model_family,
            task_type=preset.task_type,
            values=values,
            seed=0,
        )
        fitted = self._models.fit(self._workflows.library, request, ())
        workflow = fitted.workflow
        specs = build_specs(workflow, fitted.family, fitted.request, {})
        [spec] = with_fleet_names(workflow, specs, self._supervisor.inventories)
        if spec.checkpoint is None:
            return None
        works = tuple(_work(index, spec, needs_of(workflow, spec, None), preset) for index in range(preset.count))
        tiny = replace(spec, width=SIDE, height=SIDE, steps=STEPS)
        return _Warming(works, Order(workflow=workflow, spec=tiny, kept=False), spec.checkpoint)

    def _who_would_use_it(self, warming: _Warming) -> list[NodeId]:
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

    def _start(self, node_id: NodeId, warming: _Warming) -> None:
        watch = self._supervisor.get(node_id)
        task = asyncio.create_task(self._warm(watch, warming), name=f"warm up {node_id}")
        self._tasks[node_id] = task
        task.add_done_callback(lambda _: self._tasks.pop(node_id, None))

    async def _warm(self, watch: WatchedNode, warming: _Warming) -> None:
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
        except (NodeError, TimeoutError) as error:
            logger.info("%s was not warmed up: %s", watch.config.id, error)
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._stop(watch, prompt_id)
            raise

    async def _goes_on(self, watch: WatchedNode, prompt_id: AttemptId, warming: _Warming) -> bool:
        """Whether the prompt is still open and delays nobody."""
        here = self._board.on_node(watch.config.id)
        if any(active.work.spec.checkpoint != warming.checkpoint for active in here):
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


def _to_choose_from(members: Sequence[Generation], stage: int) -> bool:
    return any(each.status is GenerationStatus.COMPLETE and each.stage == stage for each in members)


def _work(index: int, spec: GenerationSpec, needs: tuple[Requirements, float], preset: StagePreset) -> Work:
    required, step_megapixels = needs
    return Work(
        generation_id=GenerationId(f"warm-up {index}"),
        batch_id=BatchId("warm-up"),
        batch_total=preset.count,
        spec=spec,
        requirements=required,
        step_megapixels=step_megapixels,
        priority=Priority.NORMAL,
    )
