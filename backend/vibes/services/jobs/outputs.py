"""The results of a job's tasks: the pictures and seeds that references stand for."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vibes.domain.errors import NotFound
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, TaskId
from vibes.domain.job import Job, JobTask
from vibes.domain.pictures.picture import PictureReference
from vibes.domain.task_reference import Reference, TaskOutput, parse_reference
from vibes.ports.storage import Storage

Made = Mapping[TaskId, Sequence[Generation]]
"""By task: its generations in the order of their index."""


@dataclass(frozen=True, slots=True)
class JobView:
    """A job with the results of its tasks so far."""

    job: Job
    made: Made
    progress: Mapping[GenerationId, float]
    """From 0 to 1, of the generations that are in the making."""


async def made_by(storage: Storage, tasks: Sequence[JobTask]) -> dict[TaskId, Sequence[Generation]]:
    return {task.id: await _of_batch(storage, task.batch_id) for task in tasks}


async def _of_batch(storage: Storage, batch_id: BatchId | None) -> Sequence[Generation]:
    return () if batch_id is None else await storage.generations.of_batch(batch_id)


def generations_of(reference: TaskOutput, made: Made) -> Sequence[Generation]:
    """Those whose pictures or seeds the reference means. Raises NotFound when they were deleted."""
    found = made.get(reference.task_id, ())
    chosen = [each for each in found if reference.index in {None, each.index}]
    if not chosen or any(each.status is not GenerationStatus.COMPLETE for each in chosen):
        raise NotFound(f"what {reference} stands for was deleted", code="output_gone")
    return chosen


def pictures_of(references: Sequence[Reference], made: Made) -> tuple[PictureReference, ...]:
    """References to tasks replaced by references to their pictures."""
    pictures: list[PictureReference] = []
    for reference in references:
        if isinstance(reference, PictureReference):
            pictures.append(reference)
        else:
            pictures += [PictureReference.of_generation(each.id) for each in generations_of(reference, made)]
    return tuple(pictures)


def returned_by(returned: Any, resolve: Callable[[TaskOutput], Any]) -> Any:
    """A submission's ``return`` with ``resolve`` applied to each reference in it."""
    if isinstance(returned, str):
        reference = parse_reference(returned)
        return resolve(reference) if isinstance(reference, TaskOutput) else returned
    if isinstance(returned, dict):
        return {name: returned_by(item, resolve) for name, item in returned.items()}
    if isinstance(returned, list):
        return [returned_by(item, resolve) for item in returned]
    return returned
