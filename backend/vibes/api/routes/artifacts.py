"""``/api/artifacts``: pictures of one's own, to start from or to mask with."""

from fastapi import UploadFile, status
from starlette.responses import Response

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.routers import api_router
from vibes.api.schemas.artifacts import ArtifactOut

router = api_router(prefix="/api/artifacts", tag="artifacts")


@router.post("", status_code=status.HTTP_201_CREATED)
async def upload_artifact(file: UploadFile, uploads: given.Uploads, asker: Asker) -> ArtifactOut:
    """A PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF of at most 32 MiB and 64 megapixels, known by its content. It is kept
    upright and in sRGB, the first picture of several, while a session, a picture or an open job names it, and for a day
    after its last use."""
    return ArtifactOut.of(await uploads.add(file.read, "file", asker.owner))


@router.get("/{artifact_id}", response_class=Response)
async def get_artifact(artifact_id: str, artifacts: given.Artifacts) -> Response:
    """The stored PNG."""
    png = await artifacts.read(artifact_id)
    return Response(png, media_type="image/png", headers={"ETag": f'"{artifact_id}"', "Cache-Control": "private"})
