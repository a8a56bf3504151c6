"""Judges the store of pictures and uploads: there, and the one that this hub had before. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from vibes.domain.doctor.finding import Area, Finding, ok, wrong
from vibes.text.plain_text import shortened

_LONGEST = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    where: str
    """As a person wrote it; holds no key."""
    unusable: str = ""
    """Why the setting makes no sense; empty where it does."""
    away: str = ""
    """Why it cannot be read now."""
    known_as: str | None = None
    """The id of the store that this hub has used; None: none so far."""
    found: str | None = None
    """The id that the store says itself; None: it says none."""


def judge_media(facts: MediaFacts) -> Iterator[Finding]:
    subject = facts.where
    if facts.unusable:
        message = f"{shortened(facts.unusable, _LONGEST)}: put VIBES_MEDIA right."
        yield wrong(Area.MEDIA, "media_setting", message, subject)
    elif facts.away:
        message = (
            f"the store of the pictures cannot be read ({shortened(facts.away, _LONGEST)}): mount it, or mend its "
            "server; nothing is lost meanwhile, work waits."
        )
        yield wrong(Area.MEDIA, "media_away", message, subject)
    elif facts.known_as is not None and facts.found != facts.known_as:
        message = "this is not the store that the hub had before: mount the right one, or see `vibes media move`."
        yield wrong(Area.MEDIA, "media_other", message, subject)
    else:
        yield ok(Area.MEDIA, "media_reached", f"pictures are kept in {facts.where}, which can be read.")
