"""``/api/generations`` and ``/api/batches``: look, stop, repeat, star."""

from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import Query, Response
from pydantic import Field, StrictInt

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.http.slices import json_answer, with_generations
from vibes.api.schemas.common import RequestBody, Word, at_most
from vibes.api.schemas.generations import (
    BatchOut,
    BatchSummary,
    GenerationList,
    GenerationOut,
    GenerationPage,
)
from vibes.domain.batch import Batch
from vibes.domain.errors import InvalidRequest
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, BoardId, GenerationId, NodeId, SessionId
from vibes.domain.pictures.spec import MAX_SEED
from vibes.ports.criteria import GenerationFilter, Sort
from vibes.services.queue.views import QueueViews
from vibes.workflows.models.model_choice import ChosenFile

router = api_router(prefix="/api", tag="generations")

MAX_PAGE_BYTES = 32 * 1024 * 1024
"""Bytes of one page of a search; a thousand pictures with prompts of ordinary length are 1 MB."""


class StarBody(RequestBody):
    starred: bool = True


class RatingBody(RequestBody):
    rating: Annotated[StrictInt, Field(ge=1, le=5)] | None


class GenerationQuery(RequestBody):
    """Query parameters of a search; all must hold."""

    session_id: Word | None = None
    batch_id: Word | None = None
    stage: int | None = None
    status: Annotated[list[GenerationStatus], at_most(20)] | None = None
    prompt: Word | None = None
    q: Word | None = None
    """Words of the prompt, or what it was varied by: `steps 30`."""
    varied: Annotated[list[Word], at_most(20)] | None = None
    """A parameter that it differs in from others of its batch, `steps`, or that with its value, `steps=30`; all must
    hold."""
    model_family: Word | None = None
    lora: Word | None = None
    board_id: Word | None = None
    gpu_id: Word | None = None
    seed: Annotated[int, Query(ge=0, le=MAX_SEED)] | None = None
    starred: bool | None = None
    min_rating: Annotated[int, Query(ge=1, le=5)] | None = None
    kept: bool | None = None
    """True leaves out what is about to be deleted."""
    created_from: datetime | None = None
    created_to: datetime | None = None
    sort: Sort = Sort.NEWEST
    limit: Annotated[int, Query(ge=1, le=1000)] = 100
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0

    def criteria(self) -> GenerationFilter:
        return GenerationFilter(
            session_id=SessionId(self.session_id) if self.session_id else None,
            batch_id=BatchId(self.batch_id) if self.batch_id else None,
            stage=self.stage,
            statuses=self.status,
            text=self.prompt,
            words=self.q,
            varied={name: value if is_given else None for name, is_given, value in self._varied()},
            model_family=self.model_family,
            lora=self.lora,
            board_id=BoardId(self.board_id) if self.board_id else None,
            node_id=NodeId(self.gpu_id) if self.gpu_id else None,
            seed=self.seed,
            starred=self.starred,
            min_rating=self.min_rating,
            kept=self.kept,
            created_from=_aware(self.created_from),
            created_to=_aware(self.created_to),
            sort=self.sort,
            limit=self.limit,
            offset=self.offset,
        )

    def _varied(self) -> list[tuple[str, str, str]]:
        return [each.partition("=") for each in self.varied or ()]


@router.get("/generations", response_model=GenerationList)
async def search_generations(
    query: Annotated[GenerationQuery, Query()], generations: given.Generations, views: given.Views
) -> Response:
    """Newest first unless ``sort`` says otherwise. A page of very long prompts ends before its limit: go on at its
    offset and what it has."""
    criteria = query.criteria()
    found = await generations.search(criteria)
    total = await generations.count(criteria)
    page = GenerationPage(total=total, limit=query.limit, offset=query.offset)
    return json_answer(await with_generations(page, found, views, most_bytes=MAX_PAGE_BYTES))


@router.get("/generations/{generation_id}")
async def get_generation(generation_id: str, generations: given.Generations, views: given.Views) -> GenerationOut:
    generation = await generations.get(GenerationId(generation_id))
    return GenerationOut.of(generation, views.prospect(generation))


@router.post("/generations/{generation_id}/cancel")
async def cancel_generation(generation_id: str, generations: given.Generations, views: given.Views) -> GenerationOut:
    """Stops it, queued or running; what is already finished stays."""
    generation = await generations.cancel(GenerationId(generation_id))
    return GenerationOut.of(generation, views.prospect(generation))


@router.post("/generations/{generation_id}/retry")
async def retry_generation(generation_id: str, generations: given.Generations, views: given.Views) -> GenerationOut:
    """Queues a failed or cancelled one again, with the same seed."""
    generation = await generations.retry(GenerationId(generation_id))
    return GenerationOut.of(generation, views.prospect(generation))


@router.post("/generations/{generation_id}/star")
async def star_generation(
    generation_id: str, generations: given.Generations, views: given.Views, body: StarBody | None = None
) -> GenerationOut:
    """Starred pictures are never deleted by a funnel advance, and one that was about to be is not any more.
    ``{"starred": false}`` takes the star away."""
    starred = body.starred if body else True
    generation = await generations.set_starred(GenerationId(generation_id), starred=starred)
    return GenerationOut.of(generation, views.prospect(generation))


@router.post("/generations/{generation_id}/rate")
async def rate_generation(
    generation_id: str, body: RatingBody, generations: given.Generations, views: given.Views
) -> GenerationOut:
    """How good it is, from 1 to 5; ``{"rating": null}`` takes that away."""
    generation = await generations.set_rating(GenerationId(generation_id), body.rating)
    return GenerationOut.of(generation, views.prospect(generation))


@router.get("/batches/{batch_id}", response_model=BatchOut)
async def get_batch(batch_id: str, generations: given.Generations, views: given.Views) -> Response:
    return await batch_answer(views, *await generations.get_batch(BatchId(batch_id)))


@router.delete("/batches/{batch_id}", response_model=BatchOut)
async def cancel_batch(batch_id: str, generations: given.Generations, views: given.Views) -> Response:
    """Cancels what is still open of it; finished pictures stay."""
    return await batch_answer(views, *await generations.cancel_batch(BatchId(batch_id)))


async def batch_answer(
    views: QueueViews,
    batch: Batch,
    generations: Sequence[Generation],
    status: int = HTTPStatus.OK,
    chosen: Sequence[ChosenFile] = (),
) -> Response:
    """The batch with all its generations, as a ``BatchOut``."""
    summary = BatchSummary.of(batch, generations, views.batch_prospect(generations), chosen)
    return json_answer(await with_generations(summary, generations, views), status)


def _aware(moment: datetime | None) -> datetime | None:
    """A time without a zone is taken as UTC."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise InvalidRequest(f"{moment.isoformat()} is no time in UTC", code="invalid_parameters") from error
