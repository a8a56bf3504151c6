"""The room of what can be watched from outside: it listens to the others, which know nothing of it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from vibes.app.execution import ExecutionRoom
from vibes.app.ground import Ground
from vibes.app.jobs import JobsRoom
from vibes.app.queue import QueueRoom
from vibes.services.observation.counting import Counting
from vibes.services.observation.figures import Figures
from vibes.services.observation.loop_lag import LoopLag
from vibes.services.observation.standing import Observation, Sources


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservationRoom:
    observation: Observation
    loop_lag: LoopLag


def observation_room(ground: Ground, queue: QueueRoom, execution: ExecutionRoom, jobs: JobsRoom) -> ObservationRoom:
    base, figures = ground.base, Figures()
    counting = Counting(figures, queue.forecast, base.clock)
    base.live.overhear(counting.overhear)
    queue.announcer.opened.add(counting.opened)
    queue.announcer.ended.add(counting.batch_ended)
    execution.dispatcher.planned.add(counting.planned)
    execution.dispatcher.ended.add(counting.attempt_ended)
    sources = Sources(
        figures=figures,
        board=queue.board,
        spending=queue.spending,
        live=base.live,
        jobs=jobs.feed,
        images=ground.media.images,
        writes=base.storage.writes,
        free_bytes=lambda: _free_bytes(base.settings.data),
        clock=base.clock,
    )
    return ObservationRoom(observation=Observation(sources), loop_lag=LoopLag(figures.loop_lag_seconds, base.clock))


def _free_bytes(folder: Path) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None
