"""The room of the jobs: chains of tasks, driven on until their end."""

from dataclasses import dataclass

from vibes.app.generations import GenerationsRoom
from vibes.app.ground import Ground
from vibes.app.sessions import SessionsRoom
from vibes.services.events.job_feed import JobFeed
from vibes.services.jobs.artifacts import JobArtifacts
from vibes.services.jobs.runner import JobRunner
from vibes.services.jobs.service import JobService


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsRoom:
    feed: JobFeed
    runner: JobRunner
    jobs: JobService


def jobs_room(ground: Ground, sessions: SessionsRoom, generations: GenerationsRoom) -> JobsRoom:
    base, library, media = ground.base, ground.library, ground.media
    artifacts = JobArtifacts(base.storage, media.artifacts)
    feed = JobFeed(base.storage, base.clock)
    runner = JobRunner(base.storage, generations.generations, library.versions, artifacts, feed, base.clock)
    jobs = JobService(
        base.storage,
        sessions.sessions,
        generations.generations,
        library.versions,
        media.inputs,
        artifacts,
        feed,
        runner,
        base.clock,
        base.settings.max_batch_count,
    )
    return JobsRoom(feed=feed, runner=runner, jobs=jobs)
