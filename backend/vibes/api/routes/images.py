"""``/api/images``: the images themselves; they never change, so a browser may keep them."""

from functools import partial
from typing import Annotated, Literal

from fastapi import Depends, Query, Request
from starlette.responses import FileResponse, RedirectResponse, Response

from vibes.api.http import given
from vibes.api.http.file_parts import file_answer, in_one_piece, last_modified
from vibes.api.http.routers import api_router
from vibes.domain.errors import NotFound
from vibes.domain.generation import StoredImage
from vibes.domain.ids import GenerationId
from vibes.services.media.image_store import ImageStore

router = api_router(prefix="/api/images", tag="images")

_IMMUTABLE = "private, max-age=31536000, immutable"
_SHOWN = frozenset({"image", "video"})
"""What a browser says that it wants for an element of a page: such a one may come from another server. Programs and a
page's scripts get all from the hub, whose key would otherwise be sent along, or whose page would be refused."""


async def image_of_several(
    session_id: str, generation_id: str, index: int, generations: given.Generations
) -> StoredImage:
    """Raises NotFound: no such generation in that session, none with images, or not so many."""
    generation = await generations.get(GenerationId(generation_id))
    if generation.session_id != session_id:
        raise NotFound(f"session {session_id} has no generation {generation_id}", code="unknown_generation")
    if not generation.images:
        raise NotFound(f"generation {generation_id} has no image: it is {generation.status}", code="no_image")
    if not 0 <= index < len(generation.images):
        number = len(generation.images)
        raise NotFound(f"generation {generation_id} has no image {index}: it has {number}, from 0", code="no_image")
    return generation.images[index]


async def shown_image(session_id: str, generation_id: str, generations: given.Generations) -> StoredImage:
    return await image_of_several(session_id, generation_id, 0, generations)


Shown = Annotated[StoredImage, Depends(shown_image)]
OfSeveral = Annotated[StoredImage, Depends(image_of_several)]
Metadata = Annotated[
    Literal["all", "none"],
    Query(description="`none`: without what it was made with, pixels and colour profile unchanged; not of a video"),
]


@router.get("/{session_id}/{generation_id}", response_class=FileResponse)
async def get_image(image: Shown, request: Request, images: given.Images, metadata: Metadata = "all") -> Response:
    """The image that is shown, as the node made it; a PNG has ComfyUI's and A1111's metadata, a JPEG or WebP A1111's
    where it has none of its own. Its media type says what it is: PNG, JPEG, WebP, GIF, MP4 or WebM. A part of it can be
    asked for with `Range`."""
    return await (_stripped if metadata == "none" else _file)(images, image, request)


@router.get("/{session_id}/{generation_id}/thumb", response_class=FileResponse)
async def get_thumbnail(image: Shown, request: Request, images: given.Images) -> Response:
    """A JPEG of at most 256 px, made anew out of the image where its file is lost; of a video a plain tile."""
    return await _thumbnail(images, image, request)


@router.get("/{session_id}/{generation_id}/{index}", response_class=FileResponse)
async def get_image_of_several(
    image: OfSeveral, request: Request, images: given.Images, metadata: Metadata = "all"
) -> Response:
    """The same of any image of a generation, counted from 0."""
    return await (_stripped if metadata == "none" else _file)(images, image, request)


@router.get("/{session_id}/{generation_id}/{index}/thumb", response_class=FileResponse)
async def get_thumbnail_of_several(image: OfSeveral, request: Request, images: given.Images) -> Response:
    """The same of any image of a generation, counted from 0."""
    return await _thumbnail(images, image, request)


async def _file(images: ImageStore, image: StoredImage, request: Request) -> Response:
    headers, known = _cached(request, f'"{image.sha256}"')
    if known:
        return Response(status_code=304, headers=headers)
    if request.headers.get("sec-fetch-dest") in _SHOWN and (link := await images.link(image)) is not None:
        return RedirectResponse(link, 307, headers={"Cache-Control": "no-store"})
    file = await images.file(image)
    if file.size_bytes != image.size_bytes:  # a damaged file, until it is restored
        headers = {"Cache-Control": "no-store"}
    headers |= last_modified(file.written_at)
    return await file_answer(request, partial(images.stream, image), file.size_bytes, image.media_type, headers)


async def _stripped(images: ImageStore, image: StoredImage, request: Request) -> Response:
    """Always from the hub: the store has the file with all that is in it."""
    headers, known = _cached(request, f'"{image.sha256}-bare"')
    if known:
        return Response(status_code=304, headers=headers)
    content = await images.without_metadata(image)
    headers |= last_modified(await images.written_at(image))
    return await file_answer(request, partial(in_one_piece, content), len(content), image.media_type, headers)


async def _thumbnail(images: ImageStore, image: StoredImage, request: Request) -> Response:
    headers, known = _cached(request, f'"{image.sha256}-thumb"')
    if known:
        return Response(status_code=304, headers=headers)
    content = await images.thumbnail(image)
    headers |= last_modified(await images.written_at(image))
    return await file_answer(request, partial(in_one_piece, content), len(content), "image/jpeg", headers)


def _cached(request: Request, etag: str) -> tuple[dict[str, str], bool]:
    """The headers of the answer, and whether the browser has it already."""
    return {"Cache-Control": _IMMUTABLE, "ETag": etag}, etag in request.headers.get("if-none-match", "")
