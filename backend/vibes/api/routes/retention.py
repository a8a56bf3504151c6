"""``/api/retention``: which pictures go by themselves."""

from typing import Annotated

from fastapi import Query

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.retention import RetentionOut
from vibes.domain.pictures.retention import MOST_DAYS, MOST_GIGABYTES, KeepRules

router = api_router(prefix="/api/retention", tag="retention")

Days = Annotated[float | None, Query(gt=0, le=MOST_DAYS, description="As if this were VIBES_KEEP_DAYS.")]
Gigabytes = Annotated[float | None, Query(gt=0, le=MOST_GIGABYTES, description="As if this were VIBES_KEEP_GB.")]


@router.get("")
async def get_retention(keeping: given.Keeping, keep_days: Days = None, keep_gb: Gigabytes = None) -> RetentionOut:
    """What goes by age and size, the oldest first; changes nothing. What is starred, rated or on a board stays, and so
    does what a style shows and what waiting work starts from. With limits of your own: what those would mean."""
    own = KeepRules(keep_days, keep_gb)
    return RetentionOut.of(await keeping.look(own if own.any else None))


@router.post("")
async def apply_retention(keeping: given.Keeping) -> RetentionOut:
    """Do now what is done each hour by the hub's own limits: `now` are marked, and deleted after the undo window."""
    return RetentionOut.of(await keeping.let_go())
