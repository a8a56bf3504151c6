"""Artifacts: pictures that are uploaded, to start from or as masks."""

from urllib.parse import quote

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, Transport, get
from vibes.client.values.pictures import Artifact

_PATH = "/api/artifacts"


class AsyncArtifacts:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def upload(self, picture: bytes) -> Artifact:
        """Upload a PNG, JPEG, WebP, GIF, BMP, TIFF or AVIF; equal pictures are one artifact. Raises InvalidRequest for
        anything else, with a sentence that says what it is."""
        return await self._transport.value(Artifact, Call(method="POST", path=_PATH, picture=picture, repeatable=True))

    async def get(self, artifact_id: str) -> bytes:
        """The stored PNG; each request keeps it for another day."""
        return await self._transport.content(get(f"{_PATH}/{quote(artifact_id, safe='')}"))


class Artifacts:
    """`AsyncArtifacts` for callers without an event loop."""

    def __init__(self, artifacts: AsyncArtifacts, loop: BackgroundLoop) -> None:
        self._artifacts = artifacts
        self._loop = loop

    def upload(self, picture: bytes) -> Artifact:
        return self._loop.run(self._artifacts.upload(picture))

    def get(self, artifact_id: str) -> bytes:
        return self._loop.run(self._artifacts.get(artifact_id))
