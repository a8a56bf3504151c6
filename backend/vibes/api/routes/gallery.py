"""What is done with finished pictures: many at once, or to look closer."""

import json
from collections.abc import Sequence
from typing import Annotated

from pydantic import FailFast, Field
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.routes.images import Metadata
from vibes.api.schemas.common import RequestBody, Timestamp, Word, at_most
from vibes.api.schemas.generations import GenerationOut, ResponseBody
from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.generation import Generation
from vibes.domain.ids import BatchId, GenerationId
from vibes.services.media.archive import Archive
from vibes.services.queue.views import QueueViews

router = api_router(prefix="/api", tag="generations")

MOST_AT_ONCE = 1000


class ChosenGenerations(RequestBody):
    ids: Annotated[list[Word], FailFast(), at_most(MOST_AT_ONCE), Field(min_length=1, max_length=MOST_AT_ONCE)]

    @property
    def generation_ids(self) -> list[GenerationId]:
        return [GenerationId(each) for each in dict.fromkeys(self.ids)]


class ChangedGenerations(ResponseBody):
    generations: list[GenerationOut]

    @classmethod
    def of(cls, changed: Sequence[Generation], views: QueueViews) -> "ChangedGenerations":
        return cls(generations=[GenerationOut.of(each, views.prospect(each)) for each in changed])


class TimelineEntry(ResponseBody):
    """One attempt: who tried which generation when."""

    attempt_id: str
    generation_id: str
    gpu_id: str
    state: AttemptState
    created_at: Timestamp
    finished_at: Timestamp | None
    error_message: str | None

    @classmethod
    def of(cls, attempt: Attempt) -> "TimelineEntry":
        return cls(
            attempt_id=attempt.id,
            generation_id=attempt.generation_id,
            gpu_id=attempt.node_id,
            state=attempt.state,
            created_at=attempt.created_at,
            finished_at=attempt.finished_at,
            error_message=attempt.error_message,
        )


class Timeline(ResponseBody):
    batch_id: str
    attempts: list[TimelineEntry] = Field(description="In the order in which they began.")


@router.post("/generations/discard")
async def discard_generations(
    body: ChosenGenerations, gallery: given.Gallery, views: given.Views
) -> ChangedGenerations:
    """Deletes them after the undo window; starred ones, those on a board and those in the making are kept as they
    are."""
    changed = await gallery.discard(body.generation_ids)
    return ChangedGenerations.of(changed, views)


@router.post("/generations/restore")
async def restore_generations(
    body: ChosenGenerations, gallery: given.Gallery, views: given.Views
) -> ChangedGenerations:
    """Takes back what was discarded and is not deleted yet."""
    changed = await gallery.restore(body.generation_ids)
    return ChangedGenerations.of(changed, views)


@router.post("/generations/archive", response_class=FileResponse)
async def download_archive(body: ChosenGenerations, gallery: given.Gallery, metadata: Metadata = "all") -> FileResponse:
    """The pictures as one zip. What is lost or damaged on disk, or a video where no metadata is wanted, is named in a
    MISSING.txt within; `X-Missing-Pictures` says how many those are."""
    archive = await gallery.archive(body.generation_ids, metadata=metadata == "all")
    return archive_answer(archive, "vibes-pictures")


def archive_answer(archive: Archive, name: str) -> FileResponse:
    """The zip under this name; the temporary file is deleted once it is sent."""
    return FileResponse(
        archive.path,
        media_type="application/zip",
        filename=f"{name}.zip",
        headers={"X-Missing-Pictures": str(archive.missing)} if archive.missing else None,
        background=BackgroundTask(archive.path.unlink),
    )


@router.get("/generations/{generation_id}/graph", response_class=Response)
async def download_graph(generation_id: str, gallery: given.Gallery) -> Response:
    """What the node ran, in ComfyUI's API format: drop the file into ComfyUI."""
    graph = await gallery.graph(GenerationId(generation_id))
    headers = {"Content-Disposition": f'attachment; filename="{GenerationId(generation_id)[:8]}.json"'}
    return Response(json.dumps(graph, indent=2), media_type="application/json", headers=headers)


@router.get("/batches/{batch_id}/timeline")
async def get_timeline(batch_id: str, generations: given.Generations) -> Timeline:
    """Who did what when: every attempt of the batch, also those that came to nothing."""
    attempts = await generations.attempts_of_batch(BatchId(batch_id))
    return Timeline(batch_id=batch_id, attempts=[TimelineEntry.of(each) for each in attempts])
