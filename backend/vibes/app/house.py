"""Builds the hub's rooms upon each other; nothing runs yet."""

from dataclasses import dataclass

from vibes.app.chat import chat_room
from vibes.app.concept import concept_room
from vibes.app.execution import ExecutionRoom, execution_room
from vibes.app.generations import GenerationsRoom, generations_room
from vibes.app.ground import Ground
from vibes.app.jobs import JobsRoom, jobs_room
from vibes.app.maintenance import MaintenanceRoom, maintenance_room
from vibes.app.observation.room import ObservationRoom, observation_room
from vibes.app.prompting import PromptingRoom, prompting_room
from vibes.app.queue import QueueRoom, queue_room
from vibes.app.refinement import RefinementRoom, refinement_room
from vibes.app.sessions import SessionsRoom, sessions_room
from vibes.services.chat.service import ChatService
from vibes.services.concept.service import ConceptService


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    ground: Ground
    queue: QueueRoom
    chat: ChatService
    concept: ConceptService
    sessions: SessionsRoom
    execution: ExecutionRoom
    generations: GenerationsRoom
    jobs: JobsRoom
    maintenance: MaintenanceRoom
    observation: ObservationRoom
    prompting: PromptingRoom
    refinement: RefinementRoom


def build_house(ground: Ground) -> House:
    queue = queue_room(ground)
    sessions = sessions_room(ground)
    prompting = prompting_room(ground)
    execution = execution_room(ground, queue, prompting)
    generations = generations_room(ground, queue, sessions, execution, prompting)
    jobs = jobs_room(ground, sessions, generations)
    chat = chat_room(ground, queue)
    looks = [jobs.runner.look_again]
    return House(
        ground=ground,
        queue=queue,
        chat=chat,
        concept=concept_room(ground, chat),
        sessions=sessions,
        execution=execution,
        generations=generations,
        jobs=jobs,
        observation=observation_room(ground, queue, execution, jobs),
        prompting=prompting,
        refinement=refinement_room(ground, sessions, generations, chat),
        maintenance=maintenance_room(ground, queue, sessions, execution, generations, looks),
    )
