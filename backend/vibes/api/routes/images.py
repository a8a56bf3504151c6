"""``/api/images``: the pictures themselves; they never change, so a browser may keep them."""

from fastapi import APIRouter, Request
from starlette.responses import FileResponse, Response

from vibes.api.hub import Hub, HubDependency
from vibes.domain.errors import NotFound
from vibes.domain.generation import StoredImage
from vibes.domain.ids import GenerationId

router = APIRouter(prefix="/api/images", tags=["images"])

_IMMUTABLE = "private, max-age=31536000, immutable"


@router.get("/{session_id}/{generation_id}", response_class=FileResponse)
async def get_image(session_id: str, generation_id: str, request: Request, hub: HubDependency) -> Response:
    """The PNG as the node made it, with ComfyUI's and A1111's metadata."""
    image = await _image(hub, session_id, generation_id)
    return _answer(request, hub, image.image_path, f'"{image.sha256}"', "image/png")


@router.get("/{session_id}/{generation_id}/thumb", response_class=FileResponse)
async def get_thumbnail(session_id: str, generation_id: str, request: Request, hub: HubDependency) -> Response:
    """A JPEG of at most 256 px."""
    image = await _image(hub, session_id, generation_id)
    return _answer(request, hub, image.thumbnail_path, f'"{image.sha256}-thumb"', "image/jpeg")


async def _image(hub: Hub, session_id: str, generation_id: str) -> StoredImage:
    generation = await hub.generations.get(GenerationId(generation_id))
    if generation.session_id != session_id:
        raise NotFound(f"session {session_id} has no generation {generation_id}", code="unknown_generation")
    if generation.image is None:
        raise NotFound(f"generation {generation_id} has no image: it is {generation.status}", code="no_image")
    return generation.image


def _answer(request: Request, hub: Hub, path: str, etag: str, media_type: str) -> Response:
    headers = {"Cache-Control": _IMMUTABLE, "ETag": etag}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return FileResponse(hub.images.locate(path), media_type=media_type, headers=headers)
