"""Faults that the hub once had, each put back as it was, so that the stories prove that they would find it.

Each is a function that enters its patches into a stack.
"""

import asyncio
import errno
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch
from uuid import NAMESPACE_OID, uuid5

from tests.simulation import node
from vibes.domain.errors import StorageUnavailable
from vibes.domain.generation import Generation
from vibes.domain.ids import AttemptId
from vibes.domain.passing import passes
from vibes.domain.pictures.graph import Graph
from vibes.media_stores.folder import FolderMediaStore
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.ports.orders import Order
from vibes.scheduling.eligibility import never_reason
from vibes.scheduling.planner import plan
from vibes.scheduling.snapshot import NOTHING_HELD, Snapshot
from vibes.services.execution import attempt_tasks, prompt_sender, safe_planning
from vibes.services.execution.finished_images import FinishedImages
from vibes.services.execution.outcomes import NotBegun
from vibes.services.execution.settlement import Settlement
from vibes.services.fleet.service import FleetService
from vibes.services.generations.service import GenerationService
from vibes.services.jobs.runner import JobRunner
from vibes.services.maintenance.healing import Healing
from vibes.services.maintenance.image_remains import ImageRemains
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.spending import Spending
from vibes.storage.repositories import spendings

Fault = Callable[[ExitStack], None]


def _put(stack: ExitStack, owner: Any, name: str, stand_in: Any) -> None:
    stack.enter_context(patch.object(owner, name, stand_in))


def pictures_are_believed(stack: ExitStack) -> None:
    """Whatever a node sends for a picture is stored as the one that was asked for."""
    _put(stack, node, "own", lambda image, _: image)


def pictures_share_a_name(stack: ExitStack) -> None:
    """All prompts save under one name, so that ComfyUIs with one output folder write over each other's files."""
    pictures_are_believed(stack)
    stack.enter_context(patch("vibes.nodes.comfyui.orders.graphs.output_prefix", lambda _: "vibes/image"))


def the_plan_divides_by_zero(stack: ExitStack) -> None:
    """It breaks when work's only able node is away and other work waits, and takes the planning along."""

    def breaking(snapshot: Snapshot, *rest: Any) -> Any:
        waiting = list(snapshot.ready)
        present = [each for each in snapshot.nodes if each.state.takes_work]
        if any(all(never_reason(each, work) is not None for each in present) for work in waiting):
            raise ZeroDivisionError("division by zero")
        return plan(snapshot, *rest)

    _without_safety(stack, breaking)


def the_plan_loses_a_node(stack: ExitStack) -> None:
    """A KeyError for a prompt that waits on a node behind a run."""

    def breaking(snapshot: Snapshot, *rest: Any) -> Any:
        if snapshot.prefetched:
            raise KeyError(snapshot.prefetched[0].node_id)
        return plan(snapshot, *rest)

    _without_safety(stack, breaking)


def _without_safety(stack: ExitStack, planning: Callable[..., Any]) -> None:
    def planned(self: Any) -> Any:
        return planning(self._board.snapshot(), self._estimator, self._board.timings)

    _put(stack, safe_planning.SafePlanning, "plan", planned)


def a_job_breaks_the_others(stack: ExitStack) -> None:
    """A fault of ours in one task ends the activity that drives all jobs."""
    submit = JobRunner._submit

    async def breaking(self: JobRunner, job: Any, task: Any, made: Any) -> bool:
        if task.id == "t2":
            raise KeyError(task.id)
        return await submit(self, job, task, made)

    async def unguarded(self: JobRunner, job_id: Any) -> None:
        async with self._locks[job_id]:
            await self._drive(job_id)

    _put(stack, JobRunner, "_submit", breaking)
    _put(stack, JobRunner, "_drive_safely", unguarded)


def tallies_miss_a_sibling(stack: ExitStack) -> None:
    """What is done while a batch is read to be counted again, by a retry, is not counted."""

    @contextmanager
    def not_noticed(self: Announcer, batch: Any) -> Iterator[None]:
        yield

    _put(stack, Announcer, "reading", not_noticed)


def drains_are_forgotten(stack: ExitStack) -> None:
    """Over a restart of the hub."""

    async def nothing(self: FleetService) -> None:
        return None

    _put(stack, FleetService, "load_drains", nothing)


def a_loser_deletes_the_winners_file(stack: ExitStack) -> None:
    """Of two attempts the later one writes over the file of the first, loses, and deletes it."""

    async def win(self: FinishedImages, active: Any, files: Any, seconds: float) -> bool:
        generation: Generation = active.generation
        images = await self._images.save(generation.session_id, generation.id, files)
        moment = self._clock.now()
        won = await self._storage.attempts.win(active.id, images, generation_time_ms=round(seconds * 1000), at=moment)
        if not won:
            await self._images.delete([path for image in images for path in image.paths])
        return won

    _put(stack, FinishedImages, "win", win)


def a_job_fails_while_its_node_is_away(stack: ExitStack) -> None:
    """Out of gpus.yaml for a moment, although it was accepted."""
    submit = GenerationService.submit

    async def strict(self: GenerationService, request: Any, key: Any = None, **_: Any) -> Any:
        return await submit(self, request, key)

    _put(stack, GenerationService, "submit", strict)


def remains_stay(stack: ExitStack) -> None:
    """Of pictures that a hub was killed over, or that were cancelled while the disk was full."""

    async def nothing(self: ImageRemains, *_: Any) -> None:
        return None

    async def none_of_it(self: FinishedImages, _: Any) -> bool:
        return False

    _put(stack, ImageRemains, "delete_after", nothing)
    _put(stack, FinishedImages, "delete_remains", none_of_it)


def what_may_have_been_paid_is_sent_again(stack: ExitStack) -> None:
    """As if nothing cost anything."""
    for module in (attempt_tasks, prompt_sender):
        _put(stack, module, "may_have_cost", lambda *_: False)


def limits_are_not_held(stack: ExitStack) -> None:
    """Neither by the plan nor by the ledger, beyond that one picture must be affordable."""
    _put(stack, Spending, "held", lambda _: NOTHING_HELD)
    _put(stack, spendings, "_limits", lambda *_: iter(()))


def what_may_not_begin_counts_as_done(stack: ExitStack) -> None:
    """A second attempt that may not begin ends the other attempts of its picture, which nobody looks at again."""
    settle = Settlement.settle

    async def settled(self: Settlement, active: Any, outcome: Any) -> None:
        if isinstance(outcome, NotBegun):
            self._stop_siblings(active)
        await settle(self, active, outcome)

    async def never(self: Healing) -> None:
        await asyncio.Event().wait()

    async def nothing(self: Healing) -> None:
        return None

    _put(stack, Settlement, "settle", settled)
    _put(stack, Healing, "follow", never)
    _put(stack, Healing, "sweep", nothing)


def attempts_share_a_name(stack: ExitStack) -> None:
    """All attempts at one picture save under one name, so that a node's cache answers with the file of an earlier one,
    which may be gone."""
    prepare = GraphsForNode.prepare

    def prepared(self: GraphsForNode, attempt_id: AttemptId, order: Order) -> Graph:
        return prepare(self, AttemptId(str(uuid5(NAMESPACE_OID, repr(order.spec)))), order)

    _put(stack, GraphsForNode, "prepare", prepared)


def too_few_files_are_a_fault(stack: ExitStack) -> None:
    """Of the picture that needed one, where they will be free again in a moment."""

    def blames(error: BaseException) -> bool:
        return passes(error) and getattr(error, "errno", None) != errno.EMFILE

    for user in ("execution.attempt_tasks", "jobs.runner", "maintenance.continued_work"):
        stack.enter_context(patch(f"vibes.services.{user}.passes", blames))
    for name in ("_put", "_get", "_open"):
        _put(stack, FolderMediaStore, name, _as_it_came(getattr(FolderMediaStore, name)))


def _as_it_came(method: Callable[..., Any]) -> Callable[..., Any]:
    def raising(*given: Any) -> Any:
        try:
            return method(*given)
        except StorageUnavailable as error:
            if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.EMFILE:
                raise error.__cause__ from None
            raise

    return raising


FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        pictures_are_believed,
        pictures_share_a_name,
        the_plan_divides_by_zero,
        the_plan_loses_a_node,
        a_job_breaks_the_others,
        tallies_miss_a_sibling,
        drains_are_forgotten,
        a_loser_deletes_the_winners_file,
        a_job_fails_while_its_node_is_away,
        remains_stay,
        what_may_have_been_paid_is_sent_again,
        limits_are_not_held,
        what_may_not_begin_counts_as_done,
        attempts_share_a_name,
        too_few_files_are_a_fault,
    )
}


@contextmanager
def put_back(name: str) -> Iterator[None]:
    with ExitStack() as stack:
        FAULTS[name](stack)
        yield
