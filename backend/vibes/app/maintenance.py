"""The room of what runs at start-up or by the clock: recovery, healing, retention, and the warm-up of checkpoints."""

from dataclasses import dataclass

from vibes.app.execution import ExecutionRoom
from vibes.app.generations import GenerationsRoom
from vibes.app.ground import Ground
from vibes.app.jobs import JobsRoom
from vibes.app.queue import QueueRoom
from vibes.app.sessions import SessionsRoom
from vibes.services.maintenance.continued_work import ContinuedWork
from vibes.services.maintenance.healing import Healing
from vibes.services.maintenance.image_remains import ImageRemains
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
    jobs: JobsRoom,
) -> MaintenanceRoom:
    base, board, dispatcher, images = ground.base, queue.board, execution.dispatcher, ground.media.images
    storage, clock = base.storage, base.clock
    remains = ImageRemains(storage, images, execution.collection)
    continued = ContinuedWork(storage, generations.generations, queue.announcer, clock)
    queue_reader = QueueReader(storage, board, continued, clock)
    recovery = Recovery(storage, images, board, dispatcher, ground.fleet.supervisor, continued, queue_reader, clock)
    return MaintenanceRoom(
        recovery=recovery,
        queue_reader=queue_reader,
        healing=Healing(
            storage, board, dispatcher, recovery, continued, queue_reader, queue.announcer, jobs.runner, clock
        ),
        retention=Retention(storage, sessions.sessions, remains, ground.media.artifacts, clock),
        warm_up=WarmUp(
            storage,
            sessions.flows,
            ground.library.versions,
            generations.models,
            ground.fleet.supervisor,
            board,
            queue.estimator,
            base.settings.warm_up_after,
        ),
    )
