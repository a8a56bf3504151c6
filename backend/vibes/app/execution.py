"""The room that carries out attempts: planning, following each attempt, and settling its end."""

from dataclasses import dataclass

from vibes.app.ground import Ground
from vibes.app.prompting import PromptingRoom
from vibes.app.queue import QueueRoom
from vibes.environment.settings import Settings
from vibes.services.execution.attempt_journal import AttemptJournal
from vibes.services.execution.attempt_runner import AttemptRunner
from vibes.services.execution.attempt_tasks import AttemptTasks
from vibes.services.execution.attempt_times import AttemptTimes
from vibes.services.execution.dispatcher import Dispatcher
from vibes.services.execution.finished_images import FinishedImages
from vibes.services.execution.handing_back import HandingBack
from vibes.services.execution.life_signs import LifeSigns
from vibes.services.execution.lost_attempts import LostAttempts
from vibes.services.execution.node_news import NodeNews
from vibes.services.execution.paid_answers import PaidAnswers
from vibes.services.execution.progress_writer import ProgressWriter
from vibes.services.execution.prompt_sender import PromptSender
from vibes.services.execution.prompt_watch import PromptWatch
from vibes.services.execution.result_collector import ResultCollector
from vibes.services.execution.safe_planning import SafePlanning
from vibes.services.execution.settlement import Settlement


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionRoom:
    planning: SafePlanning
    progress_writer: ProgressWriter
    finished: FinishedImages
    dispatcher: Dispatcher
    paid_answers: PaidAnswers
    node_news: NodeNews
    """Wants to be told what nodes tell."""
    handing_back: HandingBack
    """Likewise."""


def execution_room(ground: Ground, queue: QueueRoom, prompting: PromptingRoom) -> ExecutionRoom:
    base, library, supervisor = ground.base, ground.library, ground.fleet.supervisor
    storage, clock, board, announcer = base.storage, base.clock, queue.board, queue.announcer
    times = _attempt_times(base.settings)
    planning = SafePlanning(board, queue.estimator, queue.broken, clock)
    writer = ProgressWriter(storage, clock)
    journal = AttemptJournal(storage, writer, queue.progress, announcer, queue.spending, clock)
    finished = FinishedImages(storage, ground.media.images, prompting.cards, clock)
    collector = ResultCollector(finished, library.versions, journal, queue.estimator, board, clock)
    lost = LostAttempts(board, supervisor, storage, collector, clock)
    sender = PromptSender(library.versions, ground.media.inputs, journal, board, times.take_back_limit)
    prompts = PromptWatch(journal, LifeSigns(board, queue.progress, clock, times.silent_limit), times.take_back_limit)
    runner = AttemptRunner(journal, sender, prompts, collector, times, clock)
    settlement = Settlement(board, supervisor, storage, announcer, lost, clock)
    attempts = AttemptTasks(board, runner, settlement, lost, supervisor, clock)
    return ExecutionRoom(
        planning=planning,
        progress_writer=writer,
        finished=finished,
        dispatcher=Dispatcher(board, planning, attempts, lost, supervisor, clock),
        paid_answers=PaidAnswers(supervisor, storage, collector, lost, clock),
        node_news=NodeNews(board, planning, lost, queue.progress, announcer),
        handing_back=HandingBack(board, supervisor, ground.fleet.fleet, clock),
    )


def _attempt_times(settings: Settings) -> AttemptTimes:
    return AttemptTimes(
        reconcile_interval=settings.reconcile_interval,
        adoption_grace=settings.adoption_grace,
        silent_limit=settings.silent_limit,
        take_back_limit=settings.answer_timeout / 6,
    )
