"""``/api/loras``: the fleet's LoRAs, with what their files tell of them."""

from typing import Annotated

from fastapi import Query

from vibes.api.http import given
from vibes.api.http.routers import api_router
from vibes.api.schemas.loras import LoraCardOut, LoraCards

router = api_router(prefix="/api/loras", tag="prompts")

_LONGEST = 500


@router.get("")
async def list_loras(
    loras: given.Loras,
    search: Annotated[str, Query(max_length=_LONGEST, description="Words of its name, title or trigger words.")] = "",
    family: Annotated[str | None, Query(max_length=64, description="Those known to be of another come last.")] = None,
    limit: Annotated[int, Query(ge=1, le=50)] = 24,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> LoraCards:
    """Nodes are asked about the files of this page within five seconds; what they have not told by then is left out,
    and is there when somebody asks again."""
    return LoraCards.of(await loras.page(search, family, limit=limit, offset=offset))


@router.get("/{name:path}")
async def get_lora(name: str, loras: given.Loras) -> LoraCardOut:
    return LoraCardOut.of(await loras.one(name))
