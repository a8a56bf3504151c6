"""The room of the sessions: what they keep, and their galleries."""

from dataclasses import dataclass

from vibes.app.ground import Ground
from vibes.domain.pictures.retention import KeepRules
from vibes.services.sessions.boards import BoardService
from vibes.services.sessions.gallery import Gallery
from vibes.services.sessions.keeping import Keeping
from vibes.services.sessions.service import DiscardPolicy, SessionService


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsRoom:
    sessions: SessionService
    gallery: Gallery
    boards: BoardService
    keeping: Keeping


def sessions_room(ground: Ground) -> SessionsRoom:
    base, images = ground.base, ground.media.images
    settings = base.settings
    discard = DiscardPolicy(enabled=settings.discard_unselected, undo_window=settings.undo_window)
    gallery = Gallery(base.storage, images, base.clock, settings.undo_window, ground.fleet.kinds)
    return SessionsRoom(
        sessions=SessionService(base.storage, images, base.live, base.clock, discard),
        gallery=gallery,
        boards=BoardService(base.storage, gallery, base.clock, settings.undo_window),
        keeping=Keeping(
            base.storage, base.clock, KeepRules(settings.keep_days, settings.keep_gb), settings.undo_window
        ),
    )
