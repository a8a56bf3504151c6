"""What people can do with generations: submit, show, cancel, retry and star them."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.attempt import Attempt
from vibes.domain.batch import Batch, IdempotencyRecord
from vibes.domain.errors import Conflict, HubError, NoCapableNode, NotFound
from vibes.domain.events import QueuedCause
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, SessionId
from vibes.domain.money import MOST, NOTHING
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.variation import Axis
from vibes.domain.reason import ReasonCode
from vibes.ports.criteria import GenerationFilter
from vibes.ports.storage import Storage
from vibes.scheduling.snapshot import Work
from vibes.services.generations.cancellation import Cancellation
from vibes.services.generations.idempotency import IdempotencyKey, made_once
from vibes.services.generations.materials import Materials
from vibes.services.generations.resolver import Refusal, RequestResolver, ResolvedRequest
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.models.model_choice import ChosenFile

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Submission:
    """The result of a submission, or of an earlier equal one (``replayed``)."""

    batch: Batch
    generations: tuple[Generation, ...]
    replayed: bool
    chosen: tuple[ChosenFile, ...] = ()
    """Model files chosen by the hub that are not the workflow's own; unknown when it is replayed."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a submission would queue."""

    works: tuple[Work, ...]
    chosen: tuple[ChosenFile, ...]
    lower_bound_seconds: float | None
    """Seconds that no schedule can beat on an idle fleet; None when unknown."""


class GenerationService:
    def __init__(
        self,
        storage: Storage,
        resolver: RequestResolver,
        materials: Materials,
        board: Board,
        announcer: Announcer,
        cancellation: Cancellation,
    ) -> None:
        self._storage = storage
        self._resolver = resolver
        self._materials = materials
        self._board = board
        self._announcer = announcer
        self._cancellation = cancellation

    async def submit(
        self, request: GenerationRequest, key: IdempotencyKey | None = None, *, accepted: Workflow | None = None
    ) -> Submission:
        """Check everything, then store the whole batch in one transaction; after that nothing of it is lost.

        ``accepted``: the workflow, as it was then, of work that was checked and accepted before; it waits even if no
        node could do it at this moment. Raises InvalidRequest, NotFound (session, workflow, parent) or NoCapableNode;
        then nothing was stored.
        """
        return await made_once(
            "batch", lambda: self._known(key), lambda: self._create_batch(request, key, accepted=accepted)
        )

    async def _create_batch(
        self, request: GenerationRequest, key: IdempotencyKey | None, *, accepted: Workflow | None
    ) -> Submission:
        began_at = asyncio.get_running_loop().time()
        return await self._store(await self._resolver.resolve(request, accepted=accepted), request, key, began_at)

    async def submit_varied(
        self, requests: Sequence[GenerationRequest], axes: Sequence[Axis], key: IdempotencyKey | None = None
    ) -> Submission | Mapping[int, Refusal]:
        """`submit` for one batch of single pictures that differ as their ``varied`` says; what is wrong with each, by
        its place, and then nothing was stored."""

        async def make() -> Submission | Mapping[int, Refusal]:
            began_at = asyncio.get_running_loop().time()
            resolved = await self._resolver.resolve_varied(requests, axes)
            if not isinstance(resolved, ResolvedRequest):
                return resolved
            return await self._store(resolved, requests[0], key, began_at)

        return await made_once("batch", lambda: self._known(key), make)

    async def _store(
        self, resolved: ResolvedRequest, request: GenerationRequest, key: IdempotencyKey | None, began_at: float
    ) -> Submission:
        batch, generations = resolved.batch, resolved.generations
        record = (
            IdempotencyRecord(key=key.key, body_sha256=key.body_sha256, batch_id=batch.id) if key is not None else None
        )
        async with self._resolver.kept(resolved):
            await self._storage.generations.add_batch(batch, generations, record)
        for generation, work in zip(generations, resolved.works, strict=True):
            self._board.add(generation, work)
        self._announcer.batch_created(batch, generations, asyncio.get_running_loop().time() - began_at)
        logger.info("batch %s: %d x %s", batch.id, batch.total, generations[0].spec.workflow)
        self._materials.models.note(request, generations[0].spec.model_family)
        return Submission(batch, tuple(generations), replayed=False, chosen=resolved.chosen)

    async def rehearse(self, request: GenerationRequest) -> Rehearsal:
        """What `submit` would queue, with the same checks; nothing is queued.

        A picture in the request is kept as an upload. Raises what `submit` raises.
        """
        try:
            resolved = await self._resolver.resolve(request)
        except NoCapableNode as error:
            if not _is_for_money(error, request):
                raise
            return _free_of(await self._resolver.resolve(replace(request, max_cost=MOST)))
        return _rehearsal(resolved)

    async def rehearse_varied(
        self, requests: Sequence[GenerationRequest], axes: Sequence[Axis]
    ) -> Rehearsal | Mapping[int, Refusal]:
        """The same for what `submit_varied` would queue."""
        resolved = await self._resolver.resolve_varied(requests, axes)
        if isinstance(resolved, ResolvedRequest):
            return _rehearsal(resolved)
        if not any(_is_for_money(each, requests[0]) for each in resolved.values()):
            return resolved
        paid = await self._resolver.resolve_varied([replace(each, max_cost=MOST) for each in requests], axes)
        return _free_of(paid) if isinstance(paid, ResolvedRequest) else paid

    async def get(self, generation_id: GenerationId) -> Generation:
        generation = await self._storage.generations.get(generation_id)
        if generation is None:
            raise NotFound(f"there is no generation {generation_id}", code="unknown_generation")
        return generation

    async def count(self, criteria: GenerationFilter) -> int:
        return await self._storage.generations.count(criteria)

    async def search(self, criteria: GenerationFilter) -> Sequence[Generation]:
        return await self._storage.generations.search(criteria)

    async def get_batch(self, batch_id: BatchId) -> tuple[Batch, Sequence[Generation]]:
        return await self.batch(batch_id), await self._storage.generations.of_batch(batch_id)

    async def attempts_of_batch(self, batch_id: BatchId) -> Sequence[Attempt]:
        """In the order in which they began, also those that came to nothing. Raises NotFound."""
        return await self._storage.attempts.of_batch((await self.batch(batch_id)).id)

    async def count_by_status(self) -> Mapping[GenerationStatus, int]:
        return await self._storage.generations.count_by_status()

    async def batch(self, batch_id: BatchId) -> Batch:
        batch = await self._storage.generations.get_batch(batch_id)
        if batch is None:
            raise NotFound(f"there is no batch {batch_id}", code="unknown_batch")
        return batch

    async def cancel(self, generation_id: GenerationId) -> Generation:
        """Row first, node second; a terminal generation stays as it is."""
        await self.cancel_these([await self.get(generation_id)])
        return await self.get(generation_id)

    async def cancel_batch(self, batch_id: BatchId) -> tuple[Batch, Sequence[Generation]]:
        """Cancel its open generations; finished pictures stay."""
        _, generations = await self.get_batch(batch_id)
        await self.cancel_these(generations)
        return await self.get_batch(batch_id)

    async def cancel_these(self, generations: Sequence[Generation]) -> None:
        """Cancel those that are open."""
        await self._cancellation.cancel_these(generations)

    async def cancel_session(self, session_id: SessionId) -> None:
        await self.cancel_these(await self._storage.generations.of_session(session_id))

    async def retry(self, generation_id: GenerationId) -> Generation:
        """Queue a failed or cancelled generation again: same spec, same seed."""
        generation = await self.get(generation_id)
        batch = await self.batch(generation.batch_id)
        [work] = await self._materials.works_for(batch, [generation])
        with self._announcer.reading(batch):
            statuses = (await self._storage.generations.statuses_in([batch.id])).get(batch.id, {})
            if not await self._storage.generations.retry(generation_id):
                raise Conflict(
                    f"only a failed or cancelled generation can be retried; this one is {generation.status}",
                    code="not_retryable",
                )
            queued = replace(
                generation,
                status=GenerationStatus.QUEUED,
                node_id=None,
                error_message=None,
                completed_at=None,
                discard_after=None,
            )
            self._announcer.open_batch(batch, {**statuses, queued.id: queued.status})
            self._announcer.queued(queued, QueuedCause.RETRY, "retry")
            self._board.add(queued, work)
        return queued

    async def set_starred(self, generation_id: GenerationId, *, starred: bool) -> Generation:
        await self._storage.generations.set_starred(generation_id, starred=starred)
        return await self.get(generation_id)

    async def set_rating(self, generation_id: GenerationId, rating: int | None) -> Generation:
        """Raises NotFound. ``rating``: 1 to 5; None takes it away."""
        await self._storage.generations.set_rating(generation_id, rating)
        return await self.get(generation_id)

    async def _known(self, key: IdempotencyKey | None) -> Submission | None:
        record = await self._storage.generations.find_idempotent(key.key) if key else None
        if key is None or record is None:
            return None
        key.require_same_body(record.body_sha256)
        batch, generations = await self.get_batch(record.batch_id)
        return Submission(batch, tuple(generations), replayed=True)


def _is_for_money(error: HubError, request: GenerationRequest) -> bool:
    """Whether somebody could do it, who costs more than nothing, which is what it may cost."""
    reasons = error.reasons.values() if isinstance(error, NoCapableNode) else ()
    return not request.max_cost and any(reason.code is ReasonCode.COSTS for reason in reasons)


def _rehearsal(resolved: ResolvedRequest) -> Rehearsal:
    return Rehearsal(tuple(resolved.works), resolved.chosen, resolved.batch.lower_bound_seconds)


def _free_of(resolved: ResolvedRequest) -> Rehearsal:
    """What was checked as if it might cost anything: it is told what it would cost."""
    return Rehearsal(tuple(replace(work, max_cost=NOTHING) for work in resolved.works), resolved.chosen, None)
