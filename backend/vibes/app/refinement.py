"""The room of refinements: feedback, and what becomes of it."""

from dataclasses import dataclass

from vibes.app.generations import GenerationsRoom
from vibes.app.ground import Ground
from vibes.app.sessions import SessionsRoom
from vibes.services.refinement.service import RefinementService


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinementRoom:
    refinements: RefinementService


def refinement_room(ground: Ground, sessions: SessionsRoom, generations: GenerationsRoom) -> RefinementRoom:
    base = ground.base
    return RefinementRoom(
        refinements=RefinementService(base.storage, sessions.sessions, generations.flows.presets, base.clock)
    )
