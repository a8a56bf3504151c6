"""The room of the jobs: runs chains of tasks to their end."""

from dataclasses import dataclass

from vibes.app.generations import GenerationsRoom
from vibes.app.ground import Ground
from vibes.app.sessions import SessionsRoom
from vibes.services.events.job_feed import JobFeed
from vibes.services.jobs.artifacts import JobArtifacts
from vibes.services.jobs.resolver import JobResolver
from vibes.services.jobs.runner import JobRunner
from vibes.services.jobs.service import JobService


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsRoom:
    feed: JobFeed
    runner: JobRunner
    jobs: JobService


def jobs_room(ground: Ground, sessions: SessionsRoom, generations: GenerationsRoom) -> JobsRoom:
    storage, clock = ground.base.storage, ground.base.clock
    artifacts = JobArtifacts(storage, ground.media.artifacts)
    feed = JobFeed(storage, clock)
    runner = JobRunner(storage, generations.generations, ground.library.versions, artifacts, feed, clock)
    resolver = JobResolver(sessions.sessions, generations.resolver, generations.materials, clock)
    return JobsRoom(feed=feed, runner=runner, jobs=JobService(storage, resolver, artifacts, feed, runner))
