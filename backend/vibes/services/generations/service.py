"""Everything a person can do with generations: ask for them, look at them, stop, repeat and star them."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from vibes.domain.batch import Batch, IdempotencyRecord
from vibes.domain.errors import Conflict, HubError, InvalidRequest, NoCapableNode, NotFound, Problem
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.generation_request import GenerationRequest
from vibes.domain.ids import BatchId, GenerationId, SessionId, new_batch_id, new_generation_id
from vibes.domain.priority import usual_priority
from vibes.domain.session import STAGES, FlowType, Session
from vibes.domain.spec import GenerationSpec
from vibes.domain.workflow_version import WorkflowVersion
from vibes.ports.clock import Clock
from vibes.ports.storage import GenerationFilter, Storage
from vibes.scheduling.eligibility import refusals
from vibes.scheduling.snapshot import Work
from vibes.services.generations.asked_names import UnknownName, check_names, with_fleet_names
from vibes.services.generations.capability_cache import CapabilityCache
from vibes.services.generations.fresh_lists import FreshLists
from vibes.services.generations.idempotency import IdempotencyKey, made_once
from vibes.services.generations.image_sizes import with_sizes
from vibes.services.generations.models import NO_FILE, UNSURE, FleetModels
from vibes.services.generations.spec_builder import build_specs, described_by
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.input_images import InputImages
from vibes.services.queue.announcer import Announcer
from vibes.services.queue.board import Board
from vibes.services.queue.work import needs_of, work_of
from vibes.services.sessions.service import SessionService
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.models.model_choice import ChosenFile

logger = logging.getLogger(__name__)

Canceller = Callable[[Iterable[GenerationId]], None]

CANCELLED_AT_ONCE = 200
"""Of a batch or session of thousands: others get their turn in between."""


@dataclass(frozen=True, slots=True)
class Submission:
    """What a submission created, or had created when it was sent before (``replayed``)."""

    batch: Batch
    generations: tuple[Generation, ...]
    replayed: bool
    chosen: tuple[ChosenFile, ...] = ()
    """Model files that nobody named and that are not the workflow's own; unknown of one that is replayed."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a submission would queue."""

    works: tuple[Work, ...]
    chosen: tuple[ChosenFile, ...]


@dataclass(frozen=True, slots=True)
class _Order:
    """A submission that was checked, and is not stored yet."""

    workflow_name: str
    version: WorkflowVersion
    session: Session
    is_new_session: bool
    batch: Batch
    generations: Sequence[Generation]
    works: Sequence[Work]
    chosen: tuple[ChosenFile, ...]


class GenerationService:
    def __init__(
        self,
        storage: Storage,
        sessions: SessionService,
        workflows: WorkflowVersions,
        models: FleetModels,
        pictures: InputImages,
        board: Board,
        announcer: Announcer,
        clock: Clock,
        max_batch_count: int,
        cancel_attempts: Canceller,
    ) -> None:
        self._storage = storage
        self._sessions = sessions
        self._workflows = workflows
        self._models = models
        self._pictures = pictures
        self._board = board
        self._announcer = announcer
        self._clock = clock
        self._max_batch_count = max_batch_count
        self._cancel_attempts = cancel_attempts
        self._able = CapabilityCache(models.shelves)
        self.lists = FreshLists(models.shelves.watches, clock)

    async def submit(
        self, request: GenerationRequest, key: IdempotencyKey | None = None, *, accepted: bool = False
    ) -> Submission:
        """Check everything, then store the whole batch in one transaction; after that nothing of it is lost.

        ``accepted``: it belongs to something that was checked and accepted before. Then it waits, as all accepted work
        does, although no node could do it at this moment.

        Raises InvalidRequest, NotFound (session, workflow, parent) or NoCapableNode, and then nothing was stored.
        """
        return await made_once(
            "batch", lambda: self._known(key), lambda: self._create_batch(request, key, accepted=accepted)
        )

    async def _create_batch(
        self, request: GenerationRequest, key: IdempotencyKey | None, *, accepted: bool
    ) -> Submission:
        order = await self._order(request, accepted=accepted)
        batch, generations, works = order.batch, order.generations, order.works
        if order.is_new_session:
            await self._sessions.add(order.session)
        record = (
            IdempotencyRecord(key=key.key, body_sha256=key.body_sha256, batch_id=batch.id) if key is not None else None
        )
        try:
            await self._workflows.keep(order.version)
            await self._storage.generations.add_batch(batch, generations, record)
        except HubError:
            if order.is_new_session:
                await self._sessions.delete(order.session.id)
            raise
        for generation, work in zip(generations, works, strict=True):
            self._board.add(generation, work)
        self._announcer.batch_created(batch, generations)
        logger.info("batch %s: %d x %s", batch.id, batch.total, order.workflow_name)
        self._models.note(request, generations[0].spec.model_family)
        return Submission(batch, tuple(generations), replayed=False, chosen=order.chosen)

    async def rehearse(self, request: GenerationRequest) -> Rehearsal:
        """What `submit` would queue, checked as it would be; nothing is queued.

        A picture that comes with the request is kept as an upload. Raises what `submit` raises.
        """
        order = await self._order(request)
        return Rehearsal(tuple(order.works), order.chosen)

    async def _order(self, request: GenerationRequest, *, accepted: bool = False) -> _Order:
        """What no node has may have been put there since they were asked."""
        try:
            return await self._prepare(request, accepted=accepted)
        except (InvalidRequest, NoCapableNode) as error:
            if not (_may_be_new(error) and await self.lists.read()):
                raise
            return await self._prepare(request, accepted=accepted)

    async def _prepare(self, request: GenerationRequest, *, accepted: bool = False) -> _Order:
        self._check_count(request.count)
        parents = [await self._parent(parent_id) for parent_id in request.parents]
        session = await self._session_for(request, parents)
        is_new = request.session_id is None and not parents
        await self._models.learn()
        fitted = self._models.fit(await self._workflows.library_for(request), request, parents)
        workflow, family, request = fitted.workflow, fitted.family, fitted.request
        pictures = await self._pictures.take_in(workflow, request.values, parents, request.pictures)
        version = self._workflows.version_of(workflow)
        specs = build_specs(workflow, family, request, pictures, version.id)
        if "prompt" not in workflow.parameters:
            specs = described_by(specs, await self._sources(specs, parents))
        specs = with_fleet_names(workflow, specs, self._models.shelves.inventories)
        largest = self._models.shelves.largest_side(family, workflow.operation)
        specs = await with_sizes(workflow, request, specs, self._pictures, largest)
        needs = needs_of(workflow, specs[0], await self._pictures.megapixels(workflow, specs[0]))
        batch, generations = self._create(request, session, specs)
        works = [work_of(generation, batch.total, needs, batch.priority) for generation in generations]
        if not accepted:
            self._check_somebody_can(workflow, works[0])
        batch = replace(batch, lower_bound_seconds=self._board.lower_bound_seconds(works))
        return _Order(workflow.name, version, session, is_new, batch, generations, works, fitted.chosen)

    async def drawable(self) -> Callable[[Workflow, str], bool]:
        """Whether the fleet, as it is now, has the files of a workflow for a family."""
        await self._models.learn()
        return self._models.drawable

    async def _sources(
        self, specs: Sequence[GenerationSpec], parents: Sequence[Generation]
    ) -> Mapping[GenerationId, Generation]:
        known = {each.id: each for each in parents}
        for source_id in {each.source_id for each in specs if each.source_id is not None} - known.keys():
            if (found := await self._storage.generations.get(source_id)) is not None:
                known[source_id] = found
        return known

    def require_somebody_able(self, workflow: Workflow, family: str, request: GenerationRequest) -> None:
        """As `submit` would, for a request whose pictures are not there yet. Raises InvalidRequest, NoCapableNode."""
        if self._able.knows(workflow, family, request):
            return
        files = self._models.files_for(workflow, family, request.values)
        values = {**request.values, **files}
        [spec] = build_specs(workflow, family, replace(request, count=1, values=values), {})
        session = self._sessions.new(FlowType.DRAFT_GRID, {})
        batch, [generation] = self._create(request, session, [spec])
        work = work_of(generation, 1, needs_of(workflow, spec, None), batch.priority)
        self._check_somebody_can(workflow, work)
        self._able.note(workflow, family, request)

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

    async def batch(self, batch_id: BatchId) -> Batch:
        batch = await self._storage.generations.get_batch(batch_id)
        if batch is None:
            raise NotFound(f"there is no batch {batch_id}", code="unknown_batch")
        return batch

    async def cancel(self, generation_id: GenerationId) -> Generation:
        """Row first, node second; a terminal generation stays what it is."""
        await self.cancel_these([await self.get(generation_id)])
        return await self.get(generation_id)

    async def cancel_batch(self, batch_id: BatchId) -> tuple[Batch, Sequence[Generation]]:
        """Cancel what is still open of it; finished pictures stay."""
        _, generations = await self.get_batch(batch_id)
        await self.cancel_these(generations)
        return await self.get_batch(batch_id)

    async def cancel_session(self, session_id: SessionId) -> None:
        await self.cancel_these(await self._storage.generations.of_session(session_id))

    async def retry(self, generation_id: GenerationId) -> Generation:
        """Queue a failed or cancelled generation again, same spec, same seed."""
        generation = await self.get(generation_id)
        batch = await self.batch(generation.batch_id)
        [work] = await self.works_for(batch, [generation])
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
                gpu_id=None,
                error_message=None,
                completed_at=None,
                discard_after=None,
            )
            self._announcer.open_batch(batch, {**statuses, queued.id: queued.status})
            self._announcer.queued(queued, "retry")
            self._board.add(queued, work)
        return queued

    async def set_starred(self, generation_id: GenerationId, *, starred: bool) -> Generation:
        await self._storage.generations.set_starred(generation_id, starred=starred)
        return await self.get(generation_id)

    async def works_for(self, batch: Batch, members: Sequence[Generation]) -> list[Work]:
        """Plannable work of stored generations of one batch, which differ in nothing that a node must have.

        Raises NotFound when its workflow or its source is gone.
        """
        spec = members[0].spec
        workflow = await self._workflows.of(spec)
        needs = needs_of(workflow, spec, await self._pictures.megapixels(workflow, spec))
        return [work_of(member, batch.total, needs, batch.priority) for member in members]

    async def _known(self, key: IdempotencyKey | None) -> Submission | None:
        record = await self._storage.generations.find_idempotent(key.key) if key else None
        if key is None or record is None:
            return None
        key.require_same_body(record.body_sha256)
        batch, generations = await self.get_batch(record.batch_id)
        return Submission(batch, tuple(generations), replayed=True)

    def _check_count(self, count: int) -> None:
        if not 1 <= count <= self._max_batch_count:
            message = f"count must be between 1 and {self._max_batch_count}, not {count}"
            raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("count", message)])

    async def _session_for(self, request: GenerationRequest, parents: Sequence[Generation]) -> Session:
        if request.session_id is not None:
            return await self._sessions.get(request.session_id)
        if parents:
            return await self._sessions.get(parents[0].session_id)
        return self._sessions.new(FlowType.DRAFT_GRID, {})

    async def _parent(self, parent_id: GenerationId) -> Generation:
        parent = await self.get(parent_id)
        if parent.image is None:
            raise Conflict(
                f"generation {parent_id} has no picture to start from: it is {parent.status}", code="no_image"
            )
        return parent

    def _create(
        self, request: GenerationRequest, session: Session, specs: Sequence[GenerationSpec]
    ) -> tuple[Batch, list[Generation]]:
        stage = session.current_stage if request.stage is None else request.stage
        if not 0 <= stage < len(STAGES):
            message = f"stage must be between 0 and {len(STAGES) - 1}, not {stage}"
            raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("stage", message)])
        batch = Batch(
            id=new_batch_id(),
            session_id=session.id,
            stage=stage,
            total=len(specs),
            created_at=self._clock.now(),
            priority=request.priority or usual_priority(len(specs)),
        )
        generations = [
            Generation(
                id=new_generation_id(),
                session_id=session.id,
                batch_id=batch.id,
                index=index,
                stage=stage,
                spec=spec,
                status=GenerationStatus.QUEUED,
                created_at=batch.created_at,
                parent_id=spec.source_id,
            )
            for index, spec in enumerate(specs)
        ]
        return batch, generations

    def _check_somebody_can(self, workflow: Workflow, work: Work) -> None:
        nodes = self._board.nodes()
        if work.spec.preferred_gpu is not None:
            self._models.shelves.require_node(work.spec.preferred_gpu)
        known = self._models.shelves.inventories
        given = self._models.shelves.nodes_given(work.spec.model_family, workflow.operation)  # else names cure nothing
        if given and len(known) == sum(node.config.enabled for node in nodes):  # one that never answered may have it
            check_names(workflow, work.spec, known)
        reasons = refusals(nodes, work)
        if len(reasons) == len(nodes):
            listing = "; ".join(f"{node_id} {reason}" for node_id, reason in reasons.items())
            raise NoCapableNode(f"no node can ever do this: {listing or 'gpus.yaml lists no node'}", reasons)

    async def cancel_these(self, generations: Sequence[Generation]) -> None:
        """Those of them that are open."""
        open_ones = [each for each in generations if not each.status.terminal]
        waiting = self._board.set_aside(each.id for each in open_ones)
        try:
            for start in range(0, len(open_ones), CANCELLED_AT_ONCE):
                await self._cancel_some(open_ones[start : start + CANCELLED_AT_ONCE])
        except BaseException:  # whoever asked may be gone as well
            for generation, work in waiting:
                self._board.add(generation, work)  # where its row did move, the claim will fail and end it
            raise

    async def _cancel_some(self, generations: Sequence[Generation]) -> None:
        """Nothing may come between the rows' move and the attempts': a retry in between would be stopped as well."""
        ids = [each.id for each in generations]
        moved = set(await self._storage.generations.cancel_all(ids, at=self._clock.now()))
        self._cancel_attempts(moved)
        for generation in generations:
            if generation.id in moved:
                self._announcer.cancelled(generation)


def _may_be_new(error: InvalidRequest | NoCapableNode) -> bool:
    """Whether a file that was put onto a node a moment ago could be the answer."""
    if isinstance(error, NoCapableNode):
        return any("lacks " in reason for reason in error.reasons.values())
    return isinstance(error, UnknownName) or error.code in {UNSURE, NO_FILE}
