"""``/api/styles``: saved styles and characters, to lay over any prompt."""

from typing import Annotated

from fastapi import Header, Query, Response, status

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.entity_tags import made_from, tag_of, version_in
from vibes.api.http.routers import api_router
from vibes.api.schemas.prompting import StyleBody, StyleList, StyleOut
from vibes.domain.ids import StyleId
from vibes.domain.prompting.style import Style, StyleKind

router = api_router(prefix="/api/styles", tag="prompts")

IfMatch = Annotated[str | None, Header(description=made_from("style_changed"))]


@router.get("")
async def list_styles(
    styles: given.Styles,
    asker: Asker,
    kind: Annotated[StyleKind | None, Query(description="Only these.")] = None,
) -> StyleList:
    found = [each for each in await styles.all(asker.owner) if kind in {None, each.kind}]
    shown = await styles.pictures(found)
    return StyleList(styles=[StyleOut.of(each, shown.get(each.id)) for each in found])


@router.post("", status_code=status.HTTP_201_CREATED)
async def create_style(body: StyleBody, styles: given.Styles, asker: Asker, response: Response) -> StyleOut:
    """Usable at once in the `styles` of any request."""
    return await _told(await styles.create(body.content(), asker.owner), styles, response)


@router.get("/{style_id}")
async def get_style(style_id: str, styles: given.Styles, response: Response) -> StyleOut:
    return await _told(await styles.get(StyleId(style_id)), styles, response)


@router.put("/{style_id}")
async def change_style(
    style_id: str, body: StyleBody, styles: given.Styles, response: Response, if_match: IfMatch = None
) -> StyleOut:
    """Replaces all of it; pictures that were drawn with it stay as they are."""
    changed = await styles.change(StyleId(style_id), body.content(), seen=version_in(if_match))
    return await _told(changed, styles, response)


@router.delete("/{style_id}", status_code=status.HTTP_204_NO_CONTENT)
async def delete_style(style_id: str, styles: given.Styles) -> Response:
    """It can be restored within the undo window."""
    await styles.delete(StyleId(style_id))
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.post("/{style_id}/restore")
async def restore_style(style_id: str, styles: given.Styles, response: Response) -> StyleOut:
    """Brings a deleted one back."""
    return await _told(await styles.restore(StyleId(style_id)), styles, response)


async def _told(style: Style, styles: given.Styles, response: Response) -> StyleOut:
    response.headers["ETag"] = tag_of(style.version)
    return StyleOut.of(style, (await styles.pictures([style])).get(style.id))
