"""``/api/wildcards``: lists that prompts draw from by ``__name__``."""

from typing import Annotated

from fastapi import Header, Response

from vibes.api.http import given
from vibes.api.http.entity_tags import made_from
from vibes.api.http.routers import api_router
from vibes.api.schemas.prompting import WildcardBody, WildcardOut, WildcardSummaries, WildcardSummary
from vibes.services.prompting.wildcard_folder import WildcardList

router = api_router(prefix="/api/wildcards", tag="prompts")

_SHOWN = 5

IfMatch = Annotated[str | None, Header(description=made_from("wildcard_changed"))]


@router.get("")
async def list_wildcards(wildcards: given.Wildcards) -> WildcardSummaries:
    """Those in the folder `wildcards` of the hub's data, an entry a line, however they got there."""
    found = await wildcards.all()
    return WildcardSummaries(
        wildcards=[
            WildcardSummary(name=each.name, count=len(each.entries), sample=list(each.entries[:_SHOWN]))
            for each in found
        ]
    )


@router.get("/{name:path}")
async def get_wildcard(name: str, wildcards: given.Wildcards, response: Response) -> WildcardOut:
    return _told(await wildcards.get(name), response)


@router.put("/{name:path}")
async def put_wildcard(
    name: str, body: WildcardBody, wildcards: given.Wildcards, response: Response, if_match: IfMatch = None
) -> WildcardOut:
    """Makes the list, or replaces all of it."""
    return _told(await wildcards.put(name, body.entries, seen=_tag_in(if_match)), response)


@router.delete("/{name:path}")
async def delete_wildcard(
    name: str, wildcards: given.Wildcards, response: Response, if_match: IfMatch = None
) -> WildcardOut:
    """Answers what it was: put that again to undo this."""
    return _told(await wildcards.delete(name, seen=_tag_in(if_match)), response)


def _told(found: WildcardList, response: Response) -> WildcardOut:
    response.headers["ETag"] = f'"{found.tag}"'
    return WildcardOut(name=found.name, entries=list(found.entries), tag=found.tag)


def _tag_in(if_match: str | None) -> str | None:
    return None if if_match is None or if_match.strip() == "*" else if_match.strip().removeprefix("W/").strip('"')
