"""What an entry of ``gpus.yaml`` says of the owner of its machine."""

from typing import Annotated

from pydantic import AfterValidator, Field

from vibes.domain.nodes.owner_hours import OwnerHours, Span, parse_hours
from vibes.services.fleet.entries.zones import zone_of


def _understood(text: str) -> str:
    Span.parse(text)
    return text


def _known(timezone: str) -> str:
    zone_of(timezone)
    return timezone


HoursEntry = Annotated[list[Annotated[str, AfterValidator(_understood)]], Field(max_length=50)]
TimezoneEntry = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_known)]
NeedsEntry = dict[Annotated[str, Field(min_length=1, max_length=64)], Annotated[float, Field(ge=0, le=10_000)]]
GraceEntry = Annotated[float, Field(ge=0, le=86_400)]


def hours_of(texts: list[str], timezone: str | None) -> OwnerHours | None:
    """None where the machine is always lent."""
    return parse_hours(texts, timezone) if texts else None
