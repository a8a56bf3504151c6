"""The room of what runs at start-up or periodically: recovery, healing, retention, warm-up of checkpoints."""

from collections.abc import Sequence
from dataclasses import dataclass

from vibes.app.execution import ExecutionRoom
from vibes.app.generations import GenerationsRoom
from vibes.app.ground import Ground
from vibes.app.queue import QueueRoom
from vibes.app.sessions import SessionsRoom
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.maintenance.healing import Healing, Look
from vibes.services.maintenance.image_remains import ImageRemains
from vibes.services.maintenance.next_stage import NextStage
from vibes.services.maintenance.open_attempts import OpenAttempts
from vibes.services.maintenance.queue_comparison import QueueComparison
from vibes.services.maintenance.queue_reader import QueueReader
from vibes.services.maintenance.recovery import Recovery
from vibes.services.maintenance.retention import Retention
from vibes.services.maintenance.warm_up import WarmUp


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceRoom:
    recovery: Recovery
    queue_reader: QueueReader
    healing: Healing
    retention: Retention
    warm_up: WarmUp


def maintenance_room(
    ground: Ground,
    queue: QueueRoom,
    sessions: SessionsRoom,
    execution: ExecutionRoom,
    generations: GenerationsRoom,
    more_looks: Sequence[Look],
) -> MaintenanceRoom:
    """``more_looks``: checks of rooms that this one does not know."""
    storage, clock, board = ground.base.storage, ground.base.clock, queue.board
    remains = ImageRemains(storage, ground.media.images, execution.finished)
    continued = ContinuedWork(storage, generations.materials, queue.announcer, clock)
    queue_reader = QueueReader(storage, board, continued, clock)
    attempts = OpenAttempts(storage, board, execution.dispatcher, ground.fleet.supervisor, continued, clock)
    comparison = QueueComparison(storage, board, continued, queue_reader, queue.announcer, clock)
    looks = (
        attempts.take_up_expired,
        attempts.drop_undriven,
        comparison.requeue_orphans,
        comparison.compare,
        *more_looks,
    )
    return MaintenanceRoom(
        recovery=Recovery(storage, board, queue.spending, remains, attempts, queue_reader),
        queue_reader=queue_reader,
        healing=Healing(looks, clock),
        retention=Retention(storage, sessions.sessions, remains, ground.media.artifacts, sessions.keeping, clock),
        warm_up=_warm_up(ground, queue, generations),
    )


def _warm_up(ground: Ground, queue: QueueRoom, generations: GenerationsRoom) -> WarmUp:
    return WarmUp(
        NextStage(ground.base.storage, generations.flows, generations.materials),
        ground.fleet.supervisor,
        queue.board,
        queue.estimator,
        ground.base.settings.warm_up_after,
    )
