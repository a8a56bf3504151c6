"""The room that carries out attempts: the plan, whoever follows each attempt, and what its end means."""

from dataclasses import dataclass

from vibes.app.ground import Ground
from vibes.app.queue import QueueRoom
from vibes.environment.settings import Settings
from vibes.services.execution.attempt_runner import AttemptRunner, AttemptTimes
from vibes.services.execution.dispatcher import Dispatcher
from vibes.services.execution.progress_writer import ProgressWriter
from vibes.services.execution.result_collector import Collection
from vibes.services.execution.safe_planning import SafePlanning
from vibes.services.execution.settlement import Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRoom:
    planning: SafePlanning
    bookkeeping: ProgressWriter
    collection: Collection
    dispatcher: Dispatcher


def execution_room(ground: Ground, queue: QueueRoom) -> ExecutionRoom:
    base, library, media, fleet = ground.base, ground.library, ground.media, ground.fleet
    storage, clock, board, announcer = base.storage, base.clock, queue.board, queue.announcer
    planning = SafePlanning(board, queue.estimator, queue.broken, clock)
    bookkeeping = ProgressWriter(storage, clock)
    collection = Collection(
        storage, media.images, library.versions, bookkeeping, announcer, queue.estimator, clock, board
    )
    runner = AttemptRunner(
        storage,
        collection,
        media.inputs,
        library.versions,
        bookkeeping,
        queue.progress,
        announcer,
        clock,
        _attempt_times(base.settings),
        board,
    )
    dispatcher = Dispatcher(
        board,
        planning,
        runner,
        Settlement(board, fleet.supervisor, storage, announcer, clock),
        fleet.supervisor,
        storage,
        announcer,
        base.live,
        queue.progress,
        clock,
    )
    return ExecutionRoom(planning=planning, bookkeeping=bookkeeping, collection=collection, dispatcher=dispatcher)


def _attempt_times(settings: Settings) -> AttemptTimes:
    return AttemptTimes(
        reconcile_interval=settings.reconcile_interval,
        adoption_grace=settings.adoption_grace,
        silent_limit=settings.silent_limit,
        give_back_limit=settings.answer_timeout / 6,
    )
