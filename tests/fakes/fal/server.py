"""The fake fal's queue: submissions, looks, results and cancellations, as the platform answers them."""

import asyncio
import json
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from aiohttp import web

from tests.fakes.fal import faults
from tests.fakes.fal.faults import Answer, Course
from tests.fakes.fal.models import comfy_answer, format_of, lightning_answer, lightning_refuses, painted, size_of
from tests.fakes.fal.requests import COMPLETED, Submitted
from tests.fakes.fal.storage import Storage
from tests.fakes.local_server import LocalServer, cut

KEY = "fal-id:fal-secret"
LIGHTNING = "fal-ai/fast-lightning-sdxl/image-to-image"
COMFY = "comfy/me/portrait"
_KEEPS_THREE = ("comfy", "workflows")
"""Name spaces whose requests' addresses keep three parts of the app's name; others' keep two."""
_COMFY_SIZE = (512, 512)

_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FakeFal(LocalServer):
    """Queue and keys at `url`, files behind ``/rest`` and ``/cdn``. ``next`` says how the coming submissions fare."""

    def __init__(self) -> None:
        self.storage = Storage()
        self.requests: dict[str, Submitted] = {}
        self.posts = 0
        """Submissions that arrived, refused ones as well."""
        self.down: Answer | None = None
        """Every look and every result gets this."""
        self.looks_while_down = 0
        self.lines_to_cut = 0
        """So many of the next looks break."""
        self.balance_gone = False
        self.released = asyncio.Event()
        """Answers that were held go out."""
        self._coming: deque[Course] = deque()
        requests = "/{app:.+}/requests/{request_id}"
        super().__init__(
            [
                *self.storage.routes,
                web.post("/rest/storage/auth/token", self._guarded(self.storage.hand_out_token)),
                web.post("/rest/storage/upload/initiate", self._guarded(self.storage.initiate)),
                web.get(f"{requests}/status", self._guarded(self._status)),
                web.get(f"{requests}/status/stream", self._guarded(self._status_stream)),
                web.put(f"{requests}/cancel", self._guarded(self._cancel)),
                web.get(requests, self._guarded(self._result)),
                web.post("/{app:.+}", self._guarded(self._submit)),
            ]
        )

    def next(self, *courses: Course) -> None:
        self._coming.extend(courses)

    @property
    def runs(self) -> int:
        """Paid runs that were started, or that will be: whatever was taken and not cancelled in the queue."""
        return sum(not each.cancelled or each.ran for each in self.requests.values())

    def let_go(self) -> None:
        """Whatever is held goes on."""
        for each in self.requests.values():
            each.let_go = True

    @property
    def latest(self) -> Submitted:
        return [*self.requests.values()][-1]

    def _guarded(self, handle: _Handler) -> _Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            if request.headers.get("Authorization") != f"Key {KEY}":
                return told(faults.BAD_KEY)
            return await handle(request)

        return guarded

    async def _submit(self, request: web.Request) -> web.StreamResponse:
        self.posts += 1
        course = self._coming.popleft() if self._coming else Course()
        if self.balance_gone:
            return told(faults.LOCKED)
        if course.unheard:
            return cut(request)
        if course.refused is not None:
            return told(course.refused)
        try:
            given = await request.json()
        except ValueError:
            return told(faults.BAD_REQUEST)
        app = request.match_info["app"]
        if app not in {LIGHTNING, COMFY}:
            return told(faults.NO_SUCH_APP)
        submitted = Submitted(str(uuid4()), app, given, dict(request.headers), course)
        self.requests[submitted.request_id] = submitted
        if course.held:
            await self.released.wait()
        return cut(request) if course.silent else web.json_response(self._taken(submitted))

    def _taken(self, submitted: Submitted) -> dict[str, Any]:
        """Its addresses drop what stands behind the app's own name."""
        parts = submitted.app.split("/")
        app = "/".join(parts[: 3 if parts[0] in _KEEPS_THREE else 2])
        here = f"{self.url}/{app}/requests/{submitted.request_id}"
        return {
            "request_id": submitted.request_id,
            "status": "IN_QUEUE",
            "queue_position": submitted.position,
            "response_url": here,
            "status_url": f"{here}/status",
            "cancel_url": f"{here}/cancel",
        }

    def _asked_for(self, request: web.Request) -> Submitted | None:
        """None as well when the address has more of the app's name than belongs there."""
        submitted = self.requests.get(request.match_info["request_id"])
        if submitted is None or f"/{request.match_info['app']}/requests/" not in self._taken(submitted)["status_url"]:
            return None
        forgotten = submitted.cancelled and not submitted.ran and submitted.course.forgotten_when_cancelled
        return None if forgotten else submitted

    async def _status(self, request: web.Request) -> web.StreamResponse:
        if self.lines_to_cut:
            self.lines_to_cut -= 1
            return cut(request)
        self.looks_while_down += self.down is not None
        submitted = self._asked_for(request)
        if self.down or submitted is None:
            return told(self.down or faults.EXPIRED)
        submitted.look()
        body = submitted.status(logs=request.query.get("logs") in {"1", "true"})
        return web.json_response(body, status=200 if submitted.state == COMPLETED else 202)

    async def _status_stream(self, request: web.Request) -> web.StreamResponse:
        submitted = self._asked_for(request)
        if submitted is None:
            return told(faults.EXPIRED)
        answer = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await answer.prepare(request)
        while True:
            submitted.look()
            await answer.write(f"data: {json.dumps(submitted.status(logs=True))}\n\n".encode())
            if submitted.state == COMPLETED:
                return answer

    async def _cancel(self, request: web.Request) -> web.StreamResponse:
        submitted = self._asked_for(request)
        status, word = (404, "NOT_FOUND") if submitted is None else submitted.cancel()
        return web.json_response({"status": word}, status=status)

    async def _result(self, request: web.Request) -> web.StreamResponse:
        submitted = self._asked_for(request)
        if self.down or submitted is None or submitted.course.expires:
            return told(self.down or faults.EXPIRED)
        if submitted.state != COMPLETED:
            return web.json_response({"detail": "Request is still in progress"}, status=400)
        return told(self._outcome(submitted))

    def _outcome(self, submitted: Submitted) -> Answer:
        course = submitted.course
        if submitted.cancelled:
            return faults.CANCELLED
        if course.result is not None:
            return course.result
        if course.error is not None:
            text, kind = course.error
            return faults.platform_error(503, kind, text)
        refused = lightning_refuses(submitted.given) if submitted.app == LIGHTNING else None
        return refused or Answer(200, self._painted(submitted))

    def _painted(self, submitted: Submitted) -> dict[str, Any]:
        given, course = submitted.given, submitted.course
        comfy = submitted.app == COMFY
        kind = "png" if comfy else format_of(given)
        picture = painted(given, _COMFY_SIZE if comfy else size_of(given), kind, black=course.flagged)
        url = self.url + self.storage.keep(picture, f"image/{kind}", course.media)
        return comfy_answer(url, course.image_key) if comfy else lightning_answer(given, url, flagged=course.flagged)


def told(answer: Answer) -> web.Response:
    if isinstance(answer.body, str):
        return web.Response(text=answer.body, status=answer.status, content_type="text/html")
    return web.json_response(answer.body, status=answer.status, headers=answer.headers)
