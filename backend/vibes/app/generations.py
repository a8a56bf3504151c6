"""The room of what people ask for: pictures, and the queue as a whole."""

from dataclasses import dataclass

from vibes.app.execution import ExecutionRoom
from vibes.app.ground import Ground
from vibes.app.queue import QueueRoom
from vibes.app.sessions import SessionsRoom
from vibes.services.generations.models import FleetModels
from vibes.services.generations.queue_service import QueueService
from vibes.services.generations.service import GenerationService


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationsRoom:
    models: FleetModels
    generations: GenerationService
    queue: QueueService


def generations_room(
    ground: Ground, queue: QueueRoom, sessions: SessionsRoom, execution: ExecutionRoom
) -> GenerationsRoom:
    base, library, media, fleet = ground.base, ground.library, ground.media, ground.fleet
    dispatcher = execution.dispatcher
    models = FleetModels(base.storage, fleet.supervisor)
    generations = GenerationService(
        base.storage,
        sessions.sessions,
        library.versions,
        models,
        media.inputs,
        queue.board,
        queue.announcer,
        base.clock,
        base.settings.max_batch_count,
        dispatcher.cancel,
    )
    return GenerationsRoom(
        models=models,
        generations=generations,
        queue=QueueService(
            base.storage, queue.board, generations, base.live, base.clock, dispatcher.take_back_what_waits
        ),
    )
