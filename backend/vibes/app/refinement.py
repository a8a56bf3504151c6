"""The room of refinements: feedback, and what becomes of it."""

from dataclasses import dataclass

from vibes.app.generations import GenerationsRoom
from vibes.app.ground import Ground
from vibes.app.sessions import SessionsRoom
from vibes.ports.chat import ChatStages
from vibes.services.refinement.service import RefinementService
from vibes.services.refinement.suggesting import Suggestions


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinementRoom:
    refinements: RefinementService


def refinement_room(
    ground: Ground, sessions: SessionsRoom, generations: GenerationsRoom, stages: ChatStages
) -> RefinementRoom:
    base = ground.base
    suggestions = Suggestions(stages, base.storage, ground.media.images)
    return RefinementRoom(
        refinements=RefinementService(
            base.storage, sessions.sessions, suggestions, generations.flows.presets, base.clock
        )
    )
