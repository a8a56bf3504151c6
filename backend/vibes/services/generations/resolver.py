"""The door of every submission: turns a request into a batch with specs and works, or refuses it; stores nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from vibes.domain.batch import Batch
from vibes.domain.errors import Conflict, HubError, InvalidRequest, NoCapableNode, NotFound, Problem
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import GenerationId, new_batch_id, new_generation_id
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.pictures.variation import Axis, Varied
from vibes.domain.priority import usual_priority
from vibes.domain.prompting.wording import Worded, Wording
from vibes.domain.reason import ReasonCode
from vibes.domain.session import STAGES, FlowType, Session
from vibes.domain.workflow_version import WorkflowVersion
from vibes.ports.clock import Clock
from vibes.ports.storage import Storage
from vibes.scheduling.eligibility import refusals
from vibes.scheduling.snapshot import Work
from vibes.services.generations.asked_names import UnknownName, check_names, with_fleet_names
from vibes.services.generations.capability_cache import CapabilityCache
from vibes.services.generations.fresh_lists import FreshLists
from vibes.services.generations.image_sizes import with_parts, with_sizes
from vibes.services.generations.materials import Materials
from vibes.services.generations.models import NO_FILE, UNSURE
from vibes.services.generations.spec_builder import build_specs, described_by, random_seed
from vibes.services.media.input_images import TakenIn, said_of_pictures
from vibes.services.prompting.wording import worded_by
from vibes.services.queue.board import Board
from vibes.services.queue.work import needs_of, work_of
from vibes.services.sessions.service import SessionService
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.library.library import Library
from vibes.workflows.models.model_choice import ChosenFile

Refusal = InvalidRequest | NoCapableNode

A_SLICE = 20
"""Variations that are checked at once, which takes a few milliseconds."""


@dataclass(frozen=True, slots=True)
class ResolvedRequest:
    """A submission that was checked and is not stored yet."""

    session: Session
    is_new_session: bool
    versions: Sequence[WorkflowVersion]
    batch: Batch
    generations: Sequence[Generation]
    works: Sequence[Work]
    chosen: tuple[ChosenFile, ...]
    """Model files chosen by the hub that are not the workflow's own."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all pictures of a submission have in common."""

    parents: Sequence[Generation]
    session: Session
    is_new: bool
    wording: Wording
    """What is laid over their prompts."""
    pictures: dict[object, TakenIn] = field(default_factory=dict)
    """By workflow, and what each request says of them."""


@dataclass(frozen=True, slots=True)
class _Checked:
    """One request, with all that is needed to draw it."""

    workflow: Workflow
    version: WorkflowVersion
    worded: Sequence[Worded]
    needs: tuple[Requirements, float]
    chosen: tuple[ChosenFile, ...]


class RequestResolver:
    def __init__(
        self,
        storage: Storage,
        sessions: SessionService,
        materials: Materials,
        board: Board,
        clock: Clock,
        max_batch_count: int,
    ) -> None:
        self._storage = storage
        self._sessions = sessions
        self._workflows = materials.workflows
        self._models = materials.models
        self._pictures = materials.pictures
        self._materials = materials
        self._board = board
        self._clock = clock
        self.max_batch_count = max_batch_count
        """Most pictures of one submission, and of one task of a job."""
        self._able = CapabilityCache(self._models.shelves)
        self.lists = FreshLists(self._models.shelves.watches, clock)

    async def resolve(self, request: GenerationRequest, *, accepted: Workflow | None = None) -> ResolvedRequest:
        """Raises InvalidRequest, NotFound (session, workflow, parent) or NoCapableNode.

        When no node has something, the nodes are asked once more, since it may be new. ``accepted``: the
        workflow of work that was checked before, and waits even if no node could do it at this moment.
        """
        try:
            return await self._prepare(request, accepted=accepted)
        except (InvalidRequest, NoCapableNode) as error:
            if not (_may_be_new(error) and await self.lists.read()):
                raise
            return await self._prepare(request, accepted=accepted)

    async def resolve_varied(
        self, requests: Sequence[GenerationRequest], axes: Sequence[Axis] = ()
    ) -> ResolvedRequest | Mapping[int, Refusal]:
        """The same for one batch of single pictures, each with a request that differs from the first as its ``varied``
        says; what is wrong with each, by its place, instead of the batch.

        Where none names a seed, all get one and the same, so that they differ in nothing else.
        """
        resolved = await self._prepare_varied(requests, axes)
        if isinstance(resolved, ResolvedRequest) or not any(_may_be_new(each) for each in resolved.values()):
            return resolved
        return await self._prepare_varied(requests, axes) if await self.lists.read() else resolved

    async def _prepare(self, request: GenerationRequest, *, accepted: Workflow | None = None) -> ResolvedRequest:
        self._check_count(request.count)
        scene = await self._scene(request)
        checked = await self._check(request, scene, accepted)
        batch, generations = self._create(request, scene.session, checked.worded)
        works = [work_of(generation, batch, checked.needs) for generation in generations]
        if accepted is None:
            self._check_somebody_can(checked.workflow, works[0])
        batch = replace(batch, lower_bound_seconds=self._board.lower_bound_seconds(works))
        return ResolvedRequest(
            scene.session, scene.is_new, (checked.version,), batch, generations, works, checked.chosen
        )

    async def _prepare_varied(
        self, requests: Sequence[GenerationRequest], axes: Sequence[Axis]
    ) -> ResolvedRequest | Mapping[int, Refusal]:
        self._check_count(len(requests))
        scene = await self._scene(requests[0])
        seed = random_seed()
        checked: list[_Checked] = []
        refused: dict[int, Refusal] = {}
        for index, request in enumerate(requests):
            try:
                checked.append(await self._check_one(request, scene, seed))
            except (InvalidRequest, NoCapableNode) as error:
                refused[index] = error
            if index % A_SLICE == A_SLICE - 1:
                await asyncio.sleep(0)
        if refused:
            return refused
        batch, created = self._create(requests[0], scene.session, [each.worded[0] for each in checked])
        batch = replace(batch, axes=tuple(axes))
        generations = [
            replace(each, varied=_varied(request, one.worded[0]))
            for each, request, one in zip(created, requests, checked, strict=True)
        ]
        works = [work_of(each, batch, one.needs) for each, one in zip(generations, checked, strict=True)]
        batch = replace(batch, lower_bound_seconds=self._board.lower_bound_seconds(works))
        versions = tuple({each.version.id: each.version for each in checked}.values())
        chosen = tuple(dict.fromkeys(file for each in checked for file in each.chosen))
        return ResolvedRequest(scene.session, scene.is_new, versions, batch, generations, works, chosen)

    async def _check_one(self, request: GenerationRequest, scene: _Scene, seed: int) -> _Checked:
        checked = await self._check(request, scene, None, seed)
        batch, [generation] = self._create(request, scene.session, checked.worded)
        self._check_somebody_can(checked.workflow, work_of(generation, batch, checked.needs))
        return checked

    async def _scene(self, request: GenerationRequest) -> _Scene:
        await self._models.learn()
        parents = [await self._parent(parent_id) for parent_id in request.parents]
        session = await self._session_for(request, parents)
        if request.explored_from is not None and await self._storage.generations.status(request.explored_from) is None:
            raise NotFound(f"there is no generation {request.explored_from}", code="unknown_generation")
        wording = await self._materials.wording.of(request)
        return _Scene(parents, session, request.session_id is None and not parents, wording)

    async def _check(
        self, request: GenerationRequest, scene: _Scene, accepted: Workflow | None, drawn_seed: int | None = None
    ) -> _Checked:
        """``drawn_seed``: where none is asked for; None: a random one."""
        parents = scene.parents
        library = (
            self._workflows.library if accepted is None else Library(workflows={accepted.name: accepted}, problems=())
        )
        fitted = self._models.fit(library, scene.wording.on_request(request), parents)
        workflow, family, request = fitted.workflow, fitted.family, fitted.request
        key = workflow.name, said_of_pictures(workflow, request.values)
        if key not in scene.pictures:  # most of a batch start from the same, which are looked at once
            scene.pictures[key] = await self._pictures.take_in(workflow, request, parents)
        pictures = scene.pictures[key]
        version = self._workflows.version_of(workflow)
        specs = build_specs(workflow, family, request, pictures.references, version.id, drawn_seed)
        if "prompt" not in workflow.parameters:
            specs = described_by(specs, await self._sources(specs, parents))
        specs = with_fleet_names(workflow, specs, self._models.shelves.inventories)
        largest = self._models.shelves.largest_side(family, workflow.operation)
        specs = with_parts(workflow, with_sizes(workflow, request, specs, pictures, largest), pictures)
        needs = needs_of(workflow, specs[0], pictures.megapixels(workflow, specs[0]))
        worded = await worded_by(scene.wording, specs, workflow.parameters, parents)
        return _Checked(workflow, version, worded, needs, fitted.chosen)

    @asynccontextmanager
    async def kept(self, resolved: ResolvedRequest) -> AsyncIterator[None]:
        """Call around storing the batch: stores first what it rests on, and removes a session created for it if that
        fails."""
        if resolved.is_new_session:
            await self._sessions.add(resolved.session)
        try:
            for version in resolved.versions:
                await self._workflows.keep(version)
            yield
        except HubError:
            if resolved.is_new_session:
                await self._sessions.delete(resolved.session.id)
            raise

    async def drawable(self) -> Callable[[Workflow, str], bool]:
        """Whether the fleet, as it is now, has the files of a workflow for a family."""
        await self._models.learn()
        return self._models.drawable

    def require_somebody_able(self, workflow: Workflow, family: str, request: GenerationRequest) -> None:
        """Check like `submit`, for a request whose pictures do not exist yet. Raises InvalidRequest, NoCapableNode."""
        if self._able.knows(workflow, family, request):
            return
        files = self._models.files_for(workflow, family, request.values)
        values = {**request.values, **files}
        [spec] = build_specs(workflow, family, replace(request, count=1, values=values), {})
        session = self._sessions.new(FlowType.DRAFT_GRID, {})
        batch, [generation] = self._create(request, session, [Worded(spec)])
        work = work_of(generation, batch, needs_of(workflow, spec, None))
        self._check_somebody_can(workflow, work)
        self._able.note(workflow, family, request)

    async def _sources(
        self, specs: Sequence[GenerationSpec], parents: Sequence[Generation]
    ) -> Mapping[GenerationId, Generation]:
        known = {each.id: each for each in parents}
        for source_id in {each.source_id for each in specs if each.source_id is not None} - known.keys():
            if (found := await self._storage.generations.get(source_id)) is not None:
                known[source_id] = found
        return known

    def _check_count(self, count: int) -> None:
        if not 1 <= count <= self.max_batch_count:
            message = f"count must be between 1 and {self.max_batch_count}, not {count}"
            raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("count", message)])

    async def _session_for(self, request: GenerationRequest, parents: Sequence[Generation]) -> Session:
        if request.session_id is not None:
            return await self._sessions.get(request.session_id)
        if parents:
            return await self._sessions.get(parents[0].session_id)
        return self._sessions.new(FlowType.DRAFT_GRID, {}, request.owner)

    async def _parent(self, parent_id: GenerationId) -> Generation:
        parent = await self._storage.generations.get(parent_id)
        if parent is None:
            raise NotFound(f"there is no generation {parent_id}", code="unknown_generation")
        if parent.image is None:
            raise Conflict(
                f"generation {parent_id} has no picture to start from: it is {parent.status}", code="no_image"
            )
        return parent

    def _create(
        self, request: GenerationRequest, session: Session, worded: Sequence[Worded]
    ) -> tuple[Batch, list[Generation]]:
        stage = session.current_stage if request.stage is None else request.stage
        if not 0 <= stage < len(STAGES):
            message = f"stage must be between 0 and {len(STAGES) - 1}, not {stage}"
            raise InvalidRequest(message, code="invalid_parameters", problems=[Problem("stage", message)])
        batch = Batch(
            id=new_batch_id(),
            session_id=session.id,
            stage=stage,
            total=len(worded),
            created_at=self._clock.now(),
            priority=request.priority or usual_priority(len(worded)),
            owner=request.owner,
            max_cost=request.max_cost,
            purse=request.purse,
        )
        generations = [
            Generation(
                id=new_generation_id(),
                session_id=session.id,
                batch_id=batch.id,
                index=index,
                stage=stage,
                spec=each.spec,
                status=GenerationStatus.QUEUED,
                created_at=batch.created_at,
                parent_id=request.explored_from or each.spec.source_id,
                varied=_varied(request, each),
                written=each.written,
            )
            for index, each in enumerate(worded)
        ]
        return batch, generations

    def _check_somebody_can(self, workflow: Workflow, work: Work) -> None:
        nodes = self._board.nodes()
        if work.spec.preferred_node is not None:
            self._models.shelves.require_node(work.spec.preferred_node)
        known = self._models.shelves.inventories
        given = self._models.shelves.nodes_given(work.spec.model_family, workflow.operation)  # else names do not help
        if given and len(known) == sum(node.config.enabled for node in nodes):  # a node that never answered may have it
            check_names(workflow, work.spec, known)
        reasons = refusals(nodes, work)
        if len(reasons) == len(nodes):
            listing = "; ".join(f"{node_id} {reason}" for node_id, reason in reasons.items())
            raise NoCapableNode(f"no node can ever do this: {listing or 'gpus.yaml lists no node'}", reasons)


def _varied(request: GenerationRequest, worded: Worded) -> Varied:
    return {**request.varied, **worded.chosen} if worded.chosen else request.varied


def _may_be_new(error: InvalidRequest | NoCapableNode) -> bool:
    """Whether a file that was added to a node a moment ago could solve it."""
    if isinstance(error, NoCapableNode):
        return any(reason.code is ReasonCode.LACKS for reason in error.reasons.values())
    return isinstance(error, UnknownName) or error.code in {UNSURE, NO_FILE}
