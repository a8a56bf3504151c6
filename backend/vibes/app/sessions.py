"""The room of the sessions: what they keep, and their galleries."""

from dataclasses import dataclass

from vibes.app.ground import Ground
from vibes.services.sessions.gallery import Gallery
from vibes.services.sessions.service import DiscardPolicy, SessionService


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRoom:
    sessions: SessionService
    gallery: Gallery


def sessions_room(ground: Ground) -> SessionsRoom:
    base, images = ground.base, ground.media.images
    settings = base.settings
    discard = DiscardPolicy(enabled=settings.discard_unselected, undo_window=settings.undo_window)
    return SessionsRoom(
        sessions=SessionService(base.storage, images, base.live, base.clock, discard),
        gallery=Gallery(base.storage, images, base.clock, settings.undo_window, ground.fleet.kinds),
    )
