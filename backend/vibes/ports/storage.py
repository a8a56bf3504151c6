"""The storage port: what the services need from a database, as protocols that adapters implement."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vibes.domain.attempt import Attempt, AttemptState
from vibes.domain.batch import Batch, IdempotencyRecord
from vibes.domain.generation import Generation, GenerationStatus, StoredImage
from vibes.domain.ids import AttemptId, BatchId, GenerationId, JobId, NodeId, OwnerId, SessionId, WorkflowVersionId
from vibes.domain.job import ArtifactUse, Job, JobEvent, JobIdempotency, JobStatus, JobStep
from vibes.domain.nodes.handing_back import Word
from vibes.domain.session import ConfigValue, Session, SessionSummary
from vibes.domain.spending import SPENT, UNCLEAR, Commitment, Settled
from vibes.domain.workflow_version import WorkflowVersion
from vibes.ports.boards import BoardRepository
from vibes.ports.criteria import GenerationFilter, PictureTotals
from vibes.ports.ledger import SpendingRepository
from vibes.ports.observing.measures import Writes
from vibes.ports.prompts import PromptRepository
from vibes.ports.refinements import RefinementRepository
from vibes.ports.rentals import RentalRepository
from vibes.ports.styles import StyleRepository
from vibes.ports.workers.rows import WorkerOrders

KEY_USED_MEANWHILE = "idempotency_key_used"
"""Code of the Conflict for a key that another request has used since it was looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageMove:
    """A step of the funnel, forward or back, with the generations that it discards or restores."""

    from_stage: int
    to_stage: int
    discard: Collection[GenerationId] = ()
    discard_after: datetime | None = None
    restore: Collection[GenerationId] = ()


class SessionRepository(Protocol):
    async def add(self, session: Session) -> None: ...
    async def get(self, session_id: SessionId) -> Session | None: ...
    async def list(
        self, *, limit: int, offset: int, with_config: bool = False, deleted: bool = False
    ) -> Sequence[SessionSummary]:
        """Newest first, without those of jobs. With configs, the list ends where they exceed the limit of bytes.

        ``deleted``: those that were set aside instead of those that were not.
        """

    async def set_aside(self, session_id: SessionId, delete_after: datetime) -> bool:
        """Hide it and its pictures everywhere until it is restored or deleted. If it is already set aside, it keeps its
        moment; False for a session of a job."""

    async def restore(self, session_id: SessionId, *, at: datetime) -> bool:
        """Restore it. False when it is not set aside, or due to be deleted by then, since deleting may have begun."""

    async def due_to_delete(self, now: datetime) -> Sequence[SessionId]: ...

    async def change_config(
        self, session_id: SessionId, change: Callable[[Session], Mapping[str, ConfigValue]], *, at: datetime
    ) -> tuple[Session, bool] | None:
        """Read, change and write in one transaction; an equal config stays as it is, version included. ``change`` may
        be called more than once, from another thread; its exceptions are raised here, with nothing written. Answers the
        session and whether it has changed; None when it is gone or set aside."""

    async def move_stage(self, session_id: SessionId, move: StageMove, *, at: datetime) -> bool:
        """Stage and discard marks in one transaction; False, with nothing written, when the session is gone or no
        longer in the stage that the move starts from."""

    async def delete(self, session_id: SessionId) -> bool:
        """Delete it with all its batches, generations and attempts."""


class GenerationRepository(Protocol):
    """Generations and their batches. Every move is a compare-and-set: True only for the caller that made it."""

    async def add_batch(
        self, batch: Batch, generations: Sequence[Generation], idempotency: IdempotencyRecord | None
    ) -> None:
        """All rows in one transaction. Raises Conflict, `KEY_USED_MEANWHILE`, and NotFound for a deleted session."""

    async def get_batch(self, batch_id: BatchId) -> Batch | None: ...
    async def find_idempotent(self, key: str) -> IdempotencyRecord | None: ...
    async def get(self, generation_id: GenerationId) -> Generation | None: ...
    async def status(self, generation_id: GenerationId) -> GenerationStatus | None:
        """None when there is no such generation. Costs a fraction of `get`."""

    async def search(self, criteria: GenerationFilter) -> Sequence[Generation]: ...
    async def count(self, criteria: GenerationFilter) -> int:
        """How many match, whatever the limit and the offset."""

    async def of_batch(self, batch_id: BatchId) -> Sequence[Generation]:
        """In the order of their index."""

    async def of_session(self, session_id: SessionId) -> Sequence[Generation]:
        """In the order of creation and index."""

    async def with_status(self, statuses: Collection[GenerationStatus]) -> Sequence[Generation]:
        """Oldest first, then by index."""

    async def count_by_status(self) -> dict[GenerationStatus, int]: ...
    async def cancel(self, generation_id: GenerationId, *, at: datetime) -> bool:
        """queued or generating → cancelled."""

    async def cancel_all(self, generation_ids: Sequence[GenerationId], *, at: datetime) -> Sequence[GenerationId]:
        """The same for any number in one transaction; answers those that this call moved."""

    async def fail(self, generation_id: GenerationId, message: str, *, at: datetime) -> bool:
        """queued or generating → failed."""

    async def retry(self, generation_id: GenerationId) -> bool:
        """failed or cancelled → queued, its outcome cleared. Raises NotFound for one of a deleted session."""

    async def set_starred(self, generation_id: GenerationId, *, starred: bool) -> bool:
        """What is starred is not about to be deleted any more. False when it no longer exists."""

    async def set_rating(self, generation_id: GenerationId, rating: int | None) -> bool: ...  # likewise, once rated
    async def set_place(self, generation_ids: Collection[GenerationId], place: int) -> None:
        """Set their place in the queue (`Generation.place`)."""

    async def set_discard(self, generation_ids: Collection[GenerationId], discard_after: datetime) -> None:
        """Delete these after this moment, but none that is starred or on a board."""

    async def restore(self, generation_ids: Collection[GenerationId], *, at: datetime) -> None:
        """Delete none of these any more; those that were about to be count as new (`StorageTotals.expendable`)."""

    async def let_go(self, generation_ids: Collection[GenerationId], discard_after: datetime) -> None:
        """Delete those that are still expendable (`StorageTotals.expendable`) after this moment."""

    async def delete_discarded(self, now: datetime) -> int:
        """Delete all that are terminal, neither starred nor on a board, and past their undo window, in one
        transaction, with their attempts; answers how many. Children stay, without a parent; their files are doomed."""

    async def queued_ids(self) -> Sequence[GenerationId]:
        """Ids of all that wait to be drawn: by place, the oldest first, then by index."""

    async def queued(self, generation_ids: Sequence[GenerationId]) -> Sequence[Generation]:
        """Those of these, a few hundred at most, that wait to be drawn."""

    async def batches(self, batch_ids: Sequence[BatchId]) -> Sequence[Batch]:
        """Those of these, a few hundred at most, that exist."""

    async def statuses_in(
        self, batch_ids: Sequence[BatchId]
    ) -> Mapping[BatchId, Mapping[GenerationId, GenerationStatus]]:
        """Of all generations of these batches, a few hundred at most."""

    async def file_paths(self, session_id: SessionId) -> frozenset[str]:
        """Every image and thumbnail that a row of the session names."""

    async def requeue_orphans(self) -> int:
        """generating → queued where no attempt is open, which only a fault can cause; answers how many."""


class AttemptRepository(Protocol):
    """Attempts, and the moves that change an attempt together with its generation, in one transaction each."""

    async def begin(self, attempt: Attempt, commitment: Commitment | None = None) -> bool:
        """Insert the attempt with its commitment, and move its generation queued → generating, on this node.

        False, and nothing written, when the generation is no longer queued. Raises CapReached, with nothing written,
        when the commitment would exceed a limit.
        """

    async def begin_second(self, attempt: Attempt) -> bool:
        """Insert a second attempt of a generation that is generating elsewhere, which stays as it is.

        False, and nothing written, when the generation is no longer generating.
        """

    async def get(self, attempt_id: AttemptId) -> Attempt | None: ...
    async def open_attempts(self) -> Sequence[Attempt]:
        """Oldest first."""

    async def of_generation(self, generation_id: GenerationId) -> Sequence[Attempt]:
        """Oldest first."""

    async def of_batch(self, batch_id: BatchId) -> Sequence[Attempt]:
        """Oldest first, without their graphs."""

    async def advance(self, attempt_id: AttemptId, state: AttemptState, *, node_number: float | None = None) -> bool:
        """Move it from one open state to another."""

    async def renew(self, attempt_ids: Collection[AttemptId], lease_expires_at: datetime) -> None: ...

    async def win(
        self,
        attempt_id: AttemptId,
        images: Sequence[StoredImage],
        *,
        generation_time_ms: int,
        at: datetime,
        paid: Settled = SPENT,
        reproducible: bool = True,
    ) -> bool:
        """attempt → won, generation queued or generating → complete with these images and this node, its other
        open attempts → superseded. False when the generation was terminal: then this attempt → superseded.
        A generation that failed because this attempt may have been paid for completes as well. ``paid``, here and
        below: what became of the attempt's money, if it holds any.
        """

    async def give_up(
        self,
        attempt_id: AttemptId,
        state: AttemptState,
        message: str | None,
        *,
        at: datetime,
        node_died: bool = False,
        paid: Settled = UNCLEAR,
    ) -> bool:
        """attempt → a closed state; its generation generating → queued when no other attempt is open.

        True when the generation went back to the queue. ``node_died``: the node died while it ran this attempt.
        """

    async def return_to_queue(self, generation_id: GenerationId, unwanted: Collection[AttemptId]) -> bool:
        """generating → queued where no attempt is open but unwanted ones, which are being stopped: of a time before the
        generation was cancelled and retried. True when it went back."""

    async def absolve(self, attempt_id: AttemptId) -> bool:
        """Its node did not die after all; True when it was recorded as having died."""

    async def forget_graphs(self, *, created_from: datetime, created_before: datetime) -> int:
        """Empty the graphs of closed attempts that were created in this time; answers how many."""

    async def deaths(self) -> Mapping[GenerationId, int]:
        """By open generation: how many nodes died while running an attempt of it."""

    async def fail(
        self,
        attempt_id: AttemptId,
        message: str,
        *,
        at: datetime,
        state: AttemptState = AttemptState.ERRORED,
        paid: Settled = UNCLEAR,
    ) -> bool:
        """attempt → ``state``, a closed one, generation → failed. True when the generation was still open."""

    async def close(self, attempt_id: AttemptId, state: AttemptState, *, at: datetime, paid: Settled = UNCLEAR) -> bool:
        """open → a closed state, the generation untouched."""


class QueueRepository(Protocol):
    """The state of the queue as a whole."""

    async def paused_since(self) -> datetime | None:
        """None when it is not paused."""

    async def pause(self, since: datetime) -> None:
        """Pause it; a paused queue keeps its first moment."""

    async def resume(self) -> None: ...


class DrainRepository(Protocol):
    """What people want of nodes, by id, whether they are in gpus.yaml or not."""

    async def all(self) -> Mapping[NodeId, Word]: ...

    async def put(self, node_id: NodeId, word: Word) -> None:
        """In place of what was said of it before."""

    async def remove(self, node_id: NodeId) -> None: ...


class WorkflowVersionRepository(Protocol):
    """Workflows as they were at submission; a version is never changed and never deleted."""

    async def keep(self, version: WorkflowVersion) -> None:
        """Store it, unless it exists already."""

    async def get(self, version_id: WorkflowVersionId) -> WorkflowVersion | None: ...


@dataclass(frozen=True, slots=True)
class ModelNotes:
    """What people said about model files."""

    families: Mapping[str, str]
    """By file: its family."""
    preferred: Mapping[str, str]
    """By family: the file to draw it with."""


class ModelRepository(Protocol):
    """What is known about model files besides the nodes' lists."""

    async def notes(self) -> ModelNotes: ...
    async def say_family(self, file: str, family: str | None) -> None:
        """None forgets it."""

    async def prefer(self, family: str, file: str | None) -> None:
        """None forgets it."""

    async def newest_picture(self, file: str) -> Generation | None:
        """The newest complete picture that was drawn with this checkpoint."""


class JobRepository(Protocol):
    """Jobs with their tasks and events."""

    async def add(
        self, job: Job, session: Session, artifacts: Collection[str], idempotency: JobIdempotency | None
    ) -> JobEvent:
        """The job, its session and its first event, in one transaction. Raises Conflict, `KEY_USED_MEANWHILE`."""

    async def get(self, job_id: JobId) -> Job | None: ...
    async def find_idempotent(self, key: str) -> JobIdempotency | None: ...
    async def list(
        self, *, statuses: Collection[JobStatus] | None, session_id: SessionId | None = None, limit: int, offset: int
    ) -> Sequence[Job]:
        """Newest first; with ``session_id`` the one whose pictures that session holds."""

    async def count(self, *, statuses: Collection[JobStatus] | None, session_id: SessionId | None = None) -> int: ...

    async def open_jobs(self) -> Sequence[tuple[JobId, SessionId]]:
        """Jobs that are not terminal, oldest first."""

    async def left_over(self, job_id: JobId | None = None) -> Sequence[Generation]:
        """Open generations of ended jobs, or of this one: a process may have been killed before it could cancel them.
        Those that a person retried are not among them."""

    async def move(self, job_id: JobId, steps: Sequence[JobStep], *, at: datetime) -> Sequence[JobEvent]:
        """All steps in their order, in one transaction, as events.

        Nothing is written when the job is gone or terminal. A step of a terminal task is left out.
        """

    async def events(self, job_id: JobId, *, after: int) -> Sequence[JobEvent]:
        """In their order."""

    async def artifacts_of(self, job_id: JobId) -> Sequence[str]: ...
    async def artifact_use(self, artifact_id: str) -> ArtifactUse: ...
    async def artifacts_of_ended_jobs(self) -> Sequence[str]:
        """Uploads that ended jobs name, except those passed to `forget_artifacts`."""

    async def forget_artifacts(self, artifact_ids: Collection[str]) -> None:
        """These uploads no longer exist."""


class ArtifactRepository(Protocol):
    """Uploads: their owners, where those without an entry are everybody's, and what names them."""

    async def uploaded(self, artifact_id: str, owner: OwnerId | None) -> None:
        """Somebody uploaded it. Two people may upload equal content, which is one artifact: it is everybody's then, as
        it is when no owner is given."""

    async def owner_of(self, artifact_id: str) -> OwnerId | None:
        """None: everybody's."""

    async def named(self, artifact_ids: Collection[str]) -> frozenset[str]:
        """Those of these that are still named: by a session's config, by an open job, or by a generation, of ended jobs
        by an open one. Reads all of these: ask for many at once, and seldom."""

    async def forget(self, artifact_ids: Collection[str]) -> None:
        """These uploads no longer exist."""


class DoomedFileRepository(Protocol):
    """Files whose rows are gone, recorded in the transaction that deletes the rows, so that a hub that is killed before
    it has deleted the files does so later."""

    async def some(self) -> Sequence[str]:
        """The paths of the oldest ones."""

    async def forget(self, paths: Collection[str]) -> None:
        """These files are deleted."""


class Storage(Protocol):
    """The database. Adapters raise StorageUnavailable when it cannot be written or read."""

    sessions: SessionRepository
    generations: GenerationRepository
    attempts: AttemptRepository
    workflow_versions: WorkflowVersionRepository
    queue: QueueRepository
    models: ModelRepository
    drains: DrainRepository
    jobs: JobRepository
    doomed_files: DoomedFileRepository
    totals: PictureTotals
    artifacts: ArtifactRepository
    spendings: SpendingRepository
    rentals: RentalRepository
    refinements: RefinementRepository
    styles: StyleRepository
    prompts: PromptRepository
    boards: BoardRepository
    writes: Writes
    workers: WorkerOrders

    async def ping(self) -> None:
        """Raises StorageUnavailable when the database does not answer."""
