"""The fake OpenAI: generations and edits, whole or as a stream, and the list of models."""

import asyncio
import base64
import io
import json
from collections import deque
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from aiohttp import web
from PIL import Image

from tests.fakes.local_server import LocalServer, cut
from tests.fakes.openai import faults
from tests.fakes.openai.checks import MODELS, refuses
from tests.fakes.openai.faults import Answer, Course

KEY = "sk-very-secret"
_NUMBERS = frozenset({"n", "partial_images", "output_compression"})
_CREATED = 1_793_600_000
USAGE = {
    "input_tokens": 50,
    "input_tokens_details": {"text_tokens": 50, "image_tokens": 0},
    "output_tokens": 1056,
    "total_tokens": 1106,
}


class FakeOpenAI(LocalServer):
    """Its API is at `base_url`. Not ``strict``, it is one of the compatible servers, and takes whatever fields come."""

    def __init__(self, *, strict: bool = True, models: tuple[str, ...] = MODELS) -> None:
        self.posts = 0
        """Requests for pictures that arrived, refused ones as well."""
        self.runs = 0
        """Pictures that were drawn, and billed."""
        self.asked: list[dict[str, Any]] = []
        """Requests for pictures, as fields; pictures as bytes."""
        self.downloads: list[dict[str, str]] = []
        """The headers of every download: no key belongs there."""
        self.downloads_to_refuse = 0
        self.released = asyncio.Event()
        """An answer that hangs goes on."""
        self.models = models
        self._strict = strict
        self._coming: deque[Course] = deque()
        self._files: dict[str, bytes] = {}
        super().__init__(
            [
                web.get("/v1/models", self._list_models),
                web.post("/v1/images/generations", self._generate),
                web.post("/v1/images/edits", self._edit),
                web.get("/generated-images/{name}", self._download),
            ]
        )

    @property
    def base_url(self) -> str:
        return f"{self.url}/v1"

    def next(self, *courses: Course) -> None:
        self._coming.extend(courses)

    def _locked_out(self, request: web.Request) -> bool:
        return request.headers.get("Authorization") != f"Bearer {KEY}"

    async def _list_models(self, request: web.Request) -> web.Response:
        if self._locked_out(request):
            return told(faults.BAD_KEY)
        listed = [{"id": each, "object": "model", "created": _CREATED, "owned_by": "system"} for each in self.models]
        return web.json_response({"object": "list", "data": listed})

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, await request.json(), "image_generation")

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, await fields_of(request), "image_edit")

    async def _answer(self, request: web.Request, asked: dict[str, Any], kind: str) -> web.StreamResponse:
        self.posts += 1
        self.asked.append(asked)
        course = self._coming.popleft() if self._coming else Course()
        if self._locked_out(request):
            return told(faults.BAD_KEY)
        if course.unheard:
            return cut(request)
        wrong = course.refused or (refuses(asked, edit=kind == "image_edit") if self._strict else None)
        if wrong is not None:
            return told(wrong)
        self.runs += 1
        if course.hangs:
            await self.released.wait()
        if course.silent:
            return cut(request)
        if course.fails_after is not None:
            return told(course.fails_after)
        if asked.get("stream") in {True, "true"}:
            return await self._stream(request, asked, course, kind)
        return web.json_response(self._whole(asked, course), headers={"x-request-id": "req_1"})

    def _whole(self, asked: Mapping[str, Any], course: Course) -> dict[str, Any]:
        picture = painted(asked)
        if course.as_url:
            name = f"{sha256(picture).hexdigest()}.png"
            self._files[name] = picture
            return {"created": _CREATED, "data": [{"url": f"{self.url}/generated-images/{name}"}]}
        encoded = course.picture if course.picture is not None else base64.b64encode(picture).decode()
        usage = {"usage": USAGE} if course.usage else {}
        return {"created": _CREATED, "data": [{"b64_json": encoded}], **_told_back(asked), **usage}

    async def _stream(
        self, request: web.Request, asked: Mapping[str, Any], course: Course, kind: str
    ) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await answer.prepare(request)
        partials = int(asked.get("partial_images", 0)) if course.partials is None else course.partials
        for index in range(partials):
            seen = b"nothing" if course.spoilt_partials else painted(asked, index)
            early = {"partial_image_index": index, "b64_json": base64.b64encode(seen).decode()}
            await _send(answer, f"{kind}.partial_image", {**early, **_told_back(asked)})
        if course.cut_after_partials:
            return cut(request)
        if course.stream_error is not None:
            await _send(answer, "error", course.stream_error)
            return answer
        whole = self._whole(asked, course)
        last = {"b64_json": whole["data"][0]["b64_json"], **_told_back(asked), "usage": whole.get("usage")}
        await _send(answer, f"{kind}.completed", last)
        return answer

    async def _download(self, request: web.Request) -> web.Response:
        self.downloads.append(dict(request.headers))
        if self.downloads_to_refuse:
            self.downloads_to_refuse -= 1
            return web.Response(status=403)
        return web.Response(body=self._files[request.match_info["name"]], content_type="image/png")


async def _send(answer: web.StreamResponse, event: str, told: Mapping[str, Any]) -> None:
    data = json.dumps({"type": event, "created_at": _CREATED, **told})
    await answer.write(f"event: {event}\ndata: {data}\n\n".encode())


async def fields_of(request: web.Request) -> dict[str, Any]:
    """Of a form: ``image`` holds all pictures, whether they came as ``image`` or as ``image[]``."""
    form = await request.post()
    given: dict[str, Any] = {}
    for name, value in form.items():
        read = value.file.read() if isinstance(value, web.FileField) else value
        if name in {"image", "image[]"}:
            given.setdefault("image", []).append(read)
        else:
            given[name] = int(read) if name in _NUMBERS else read
    return given


def _told_back(asked: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "output_format": format_of(asked),
        "quality": asked.get("quality", "medium"),
        "size": "x".join(map(str, size_of(asked))),
        "background": asked.get("background", "opaque"),
    }


def format_of(asked: Mapping[str, Any]) -> str:
    return str(asked.get("output_format", "png"))


def size_of(asked: Mapping[str, Any]) -> tuple[int, int]:
    width, _, height = str(asked.get("size", "auto")).partition("x")
    return (int(width), int(height)) if height else (1024, 1024)


def painted(asked: Mapping[str, Any], partial: int | None = None) -> bytes:
    """One colour, which the prompt determines; a partial image is darker."""
    red, green, blue = sha256(str(asked.get("prompt")).encode()).digest()[:3]
    colour = (red, green, blue) if partial is None else (red // (partial + 2), green, blue)
    encoded = io.BytesIO()
    Image.new("RGB", size_of(asked), colour).save(encoded, format_of(asked).upper())
    return encoded.getvalue()


def told(answer: Answer) -> web.Response:
    if isinstance(answer.body, str):
        return web.Response(text=answer.body, status=answer.status, content_type="text/html")
    return web.json_response(answer.body, status=answer.status, headers={"x-request-id": "req_1", **answer.headers})
