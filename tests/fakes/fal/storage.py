"""Files of the fake fal: uploads in both ways, and the pictures that it hands out, with the faults of a bad line."""

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from aiohttp import web

from tests.fakes.local_server import cut

UPLOADER = "for-uploads"
_ENDLESS_CHUNK = bytes(65536)


@dataclass(slots=True)
class StoredFile:
    content: bytes
    media_type: str
    fault: str = "whole"


class Storage:
    """``asked`` has the headers of every download: no key belongs there."""

    def __init__(self) -> None:
        self.files: dict[str, StoredFile] = {}
        self.asked: list[dict[str, str]] = []
        self.put: list[dict[str, str]] = []
        """The headers of every upload into a bucket: fal's own client sends its key along, which nobody there needs."""
        self.upload_names: list[str] = []
        self.cdn_down = False
        self.down = False
        """No token is to be had, and so no way to try the key."""
        self.released = asyncio.Event()
        """A stuck download goes on."""

    @property
    def routes(self) -> list[web.RouteDef]:
        """Those that need no key."""
        return [
            web.post("/cdn/files/upload", self._upload),
            web.put("/buckets/{name}", self._put),
            web.get("/media/{name}", self._download),
            web.get("/moved/{name}", self._download),
        ]

    def keep(self, content: bytes, media_type: str, fault: str = "whole") -> str:
        """The path under which it is had."""
        name = f"{uuid4().hex}.{media_type.rpartition('/')[2]}"
        self.files[name] = StoredFile(content, media_type, fault)
        return f"/media/{name}"

    async def hand_out_token(self, request: web.Request) -> web.Response:
        if self.down:
            return web.Response(status=503)
        if request.query["storage_type"] != "fal-cdn-v3":
            return web.json_response({"detail": "unknown storage type"}, status=422)
        here = f"http://{request.host}/cdn"
        return web.json_response(
            {"token": UPLOADER, "token_type": "Bearer", "base_url": here, "expires_at": "2099-01-01T00:00:00+00:00"}
        )

    async def _upload(self, request: web.Request) -> web.Response:
        if self.cdn_down:
            return web.Response(status=503)
        if request.headers.get("Authorization") != f"Bearer {UPLOADER}":
            return web.json_response({"detail": "Invalid token"}, status=401)
        self.upload_names.append(request.headers["X-Fal-File-Name"])
        path = self.keep(await request.read(), request.content_type)
        return web.json_response({"access_url": f"http://{request.host}{path}"})

    async def initiate(self, request: web.Request) -> web.Response:
        asked = await request.json()
        name = f"{uuid4().hex}-{asked['file_name']}"
        here = f"http://{request.host}"
        return web.json_response({"upload_url": f"{here}/buckets/{name}", "file_url": f"{here}/media/{name}"})

    async def _put(self, request: web.Request) -> web.Response:
        self.put.append(dict(request.headers))
        self.files[request.match_info["name"]] = StoredFile(await request.read(), request.content_type)
        return web.Response()

    async def _download(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(dict(request.headers))
        name = request.match_info["name"]
        file = self.files.get(name)
        if file is None or file.fault == "gone":
            return web.Response(status=404)
        if file.fault == "moved" and request.path.startswith("/media"):
            raise web.HTTPFound(f"http://{request.host}/moved/{name}")
        if file.fault in {"cut", "stuck", "endless"}:
            return await self._badly(request, file)
        return web.Response(body=file.content, content_type=file.media_type)

    async def _badly(self, request: web.Request, file: StoredFile) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": file.media_type})
        if file.fault != "endless":
            answer.content_length = len(file.content)
        await answer.prepare(request)
        await answer.write(file.content[: len(file.content) // 2])
        if file.fault == "cut":
            file.fault = "whole"
            return cut(request)
        while file.fault == "endless":
            await answer.write(_ENDLESS_CHUNK)
        await self.released.wait()
        await answer.write(file.content[len(file.content) // 2 :])
        return answer
