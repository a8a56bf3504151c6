"""``/api/images``: the pictures themselves; they never change, so a browser may keep them."""

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from vibes.api.http import given
from vibes.domain.errors import NotFound
from vibes.domain.generation import StoredImage
from vibes.domain.ids import GenerationId
from vibes.services.generations.service import GenerationService

router = APIRouter(prefix="/api/images", tags=["images"])

_IMMUTABLE = "private, max-age=31536000, immutable"


@router.get("/{session_id}/{generation_id}", response_class=FileResponse)
async def get_image(
    session_id: str, generation_id: str, request: Request, generations: given.Generations, images: given.Images
) -> Response:
    """The PNG as the node made it, with ComfyUI's and A1111's metadata."""
    image = await _image(generations, session_id, generation_id)
    headers, known = _cached(request, f'"{image.sha256}"')
    if known:
        return Response(status_code=304, headers=headers)
    path = images.locate(image.image_path)
    if path.stat().st_size != image.size_bytes:  # what is left of a damaged file, until it is put back
        headers = {"Cache-Control": "no-store"}
    return FileResponse(path, media_type="image/png", headers=headers)


@router.get("/{session_id}/{generation_id}/thumb", response_class=FileResponse)
async def get_thumbnail(
    session_id: str, generation_id: str, request: Request, generations: given.Generations, images: given.Images
) -> Response:
    """A JPEG of at most 256 px, made anew out of the picture where its file is lost."""
    image = await _image(generations, session_id, generation_id)
    headers, known = _cached(request, f'"{image.sha256}-thumb"')
    if known:
        return Response(status_code=304, headers=headers)
    path = images.thumbnail(image)
    if path is None:
        return Response(await images.thumbnail_anew(image), media_type="image/jpeg", headers=headers)
    return FileResponse(path, media_type="image/jpeg", headers=headers)


async def _image(generations: GenerationService, session_id: str, generation_id: str) -> StoredImage:
    generation = await generations.get(GenerationId(generation_id))
    if generation.session_id != session_id:
        raise NotFound(f"session {session_id} has no generation {generation_id}", code="unknown_generation")
    if generation.image is None:
        raise NotFound(f"generation {generation_id} has no image: it is {generation.status}", code="no_image")
    return generation.image


def _cached(request: Request, etag: str) -> tuple[dict[str, str], bool]:
    """The headers of the answer, and whether the browser has it already."""
    return {"Cache-Control": _IMMUTABLE, "ETag": etag}, etag in request.headers.get("if-none-match", "")
