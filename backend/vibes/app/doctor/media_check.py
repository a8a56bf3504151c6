"""The doctor's look at the store of the pictures, where that is not the data folder."""

from collections.abc import Iterable

from vibes.domain.doctor.finding import Finding
from vibes.domain.errors import HubError, NotFound
from vibes.environment.settings import Settings
from vibes.media_stores.guarded import MARKER
from vibes.media_stores.open import noted
from vibes.media_stores.places import place_of
from vibes.ports.clock import Clock
from vibes.services.doctor.media import MediaFacts, judge_media


async def media(settings: Settings, clock: Clock) -> Iterable[Finding]:
    """Reads one small file there."""
    return [] if settings.media is None else judge_media(await _facts(settings, settings.media, clock))


async def _facts(settings: Settings, where: str, clock: Clock) -> MediaFacts:
    try:
        place = place_of(where, settings, clock)
        known = noted(settings.data)
    except HubError as error:
        return MediaFacts(where=where, unusable=error.message)
    known_as = None if known is None else known.identity
    try:
        found = (await place.store("").get(MARKER)).decode("ascii", "replace").strip()
    except NotFound:
        return MediaFacts(where=where, known_as=known_as)
    except HubError as error:
        return MediaFacts(where=where, known_as=known_as, away=error.message)
    finally:
        place.close()
    return MediaFacts(where=where, known_as=known_as, found=found)
