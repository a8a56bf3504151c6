"""Drives a ComfyUI-compatible server through the recorded scenarios and writes down what it says, like the recorder.

Each HTTP exchange is repeated as soon as every socket has heard what it had heard before that exchange in the
recording, so that the two accounts can be compared message by message.
"""

import asyncio
import contextlib
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from PIL import Image

from tests.contract.normalised import Ids, progress_of
from tests.waiting import eventually

TRANSCRIPTS = Path(__file__).parents[1] / "fixtures" / "comfyui" / "transcripts"

SCENARIOS = tuple(sorted(path.stem for path in (TRANSCRIPTS / "v0.33.0").glob("*.json")))

_CLIENT_IDS = {"other": "client-b", "anonymous": None}
"""Every other label is the submitter's clientId, ``client-a``."""

_PICTURE_HEADER = 8
_EVENT_WITH_METADATA = 4


@dataclass(slots=True)
class Account:
    """What one scenario consists of: exchanges in order, and per socket what it heard in order."""

    exchanges: list[dict[str, Any]] = field(default_factory=list)
    heard: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problem: str = ""
    """Why a replay could not go on; empty when it reached its end."""


@dataclass(frozen=True, slots=True)
class Replayed:
    recorded: Account
    actual: Account


def load(version: str, scenario: str) -> list[dict[str, Any]]:
    """The events of a recorded scenario."""
    text = (TRANSCRIPTS / f"v{version}" / f"{scenario}.json").read_text("utf-8")
    events: list[dict[str, Any]] = json.loads(text)["events"]
    return events


async def replay(url: str, version: str, scenario: str, ids: Ids) -> Replayed:
    """Repeat one scenario against ``url``; ``ids`` remembers which new prompt id stands for which recorded one."""
    async with contextlib.AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(url))
        run = _Run(session, stack, ids)
        try:
            for event in load(version, scenario):
                await run.repeat(event, scenario)
            await run.catch_up()
        except AssertionError as error:
            run.actual.problem = str(error)
    return Replayed(run.recorded, run.actual)


class _Run:
    def __init__(self, session: aiohttp.ClientSession, stack: contextlib.AsyncExitStack, ids: Ids) -> None:
        self.recorded = Account()
        self.actual = Account()
        self._session = session
        self._stack = stack
        self._ids = ids
        self._sockets: dict[str, aiohttp.ClientWebSocketResponse] = {}
        self._first_words: dict[str, dict[str, Any]] = {}
        self._posts = 0

    async def repeat(self, event: Mapping[str, Any], scenario: str) -> None:
        if "ws_sent" in event:
            self._first_words[event["ws_sent"]["socket"]] = event["ws_sent"]["json"]
        elif "ws" in event:
            await self._hear(event["ws"]["socket"], event["ws"]["json"])
        elif "ws_binary" in event:
            frame = {key: value for key, value in event["ws_binary"].items() if key not in ("socket", "length")}
            await self._hear(event["ws_binary"]["socket"], frame)
        elif "note" in event:
            await self.catch_up()
            await self._sockets["first"].close()
        elif "http" in event:
            await self.catch_up()
            self.recorded.exchanges.append(event["http"])
            self.actual.exchanges.append(await self._exchange(event["http"]["request"], scenario))
            self._ids.learn(self.recorded.exchanges[-1], self.actual.exchanges[-1])

    async def catch_up(self) -> None:
        """Wait until every socket has heard as much as in the recording; statuses depend on the pace of HTTP."""
        for label, recorded in self.recorded.heard.items():
            wanted = len(progress_of(recorded))
            actual = self.actual.heard[label]
            await eventually(_as_long(actual, wanted), what=f"{label} has heard {wanted} messages")

    async def _hear(self, label: str, message: dict[str, Any]) -> None:
        if label not in self._sockets:
            await self._open(label)
        self.recorded.heard[label].append(message)

    async def _open(self, label: str) -> None:
        client_id = _CLIENT_IDS.get(label, "client-a")
        query = "" if client_id is None else f"?clientId={client_id}"
        socket = await self._stack.enter_async_context(self._session.ws_connect(f"/ws{query}", max_msg_size=0))
        self._sockets[label] = socket
        self.recorded.heard[label] = []
        heard = self.actual.heard[label] = []
        if label in self._first_words:
            await socket.send_json(self._first_words[label])
        listener = asyncio.create_task(_listen(socket, heard))
        self._stack.push_async_callback(_ended, listener)
        await eventually(lambda: heard, what=f"{label} is greeted")

    async def _exchange(self, request: Mapping[str, Any], scenario: str) -> dict[str, Any]:
        body: dict[str, Any] = {}
        if "form_fields" in request:
            body["data"] = _upload_form(request["form_fields"])
        elif "json" in request:
            body["json"] = self._ids.translated(_as_sent(request["json"], scenario, first=self._posts == 0))
            self._posts += 1
        elif request["method"] == "POST":
            body["data"] = b"this is not JSON"
        path = self._ids.translated(request["path"])
        params = self._ids.translated(request.get("params"))
        async with self._session.request(request["method"], path, params=params, **body) as response:
            raw = await response.read()
            return {"request": dict(request), "response": {"status": response.status, "body": _body(response, raw)}}


def _as_long(heard: list[dict[str, Any]], wanted: int) -> Callable[[], bool]:
    return lambda: len(progress_of(heard)) >= wanted


async def _listen(socket: aiohttp.ClientWebSocketResponse, heard: list[dict[str, Any]]) -> None:
    async for message in socket:
        said = json.loads(message.data) if message.type is aiohttp.WSMsgType.TEXT else _frame(message.data)
        heard.append(said)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _frame(data: bytes) -> dict[str, Any]:
    """A binary frame as the recorder wrote it down, without its length."""
    event_type = int.from_bytes(data[:4])
    frame: dict[str, Any] = {"event_type": event_type, "head_hex": data[:12].hex()}
    if event_type == _EVENT_WITH_METADATA:
        end = 8 + int.from_bytes(data[4:8])
        frame |= {"metadata": json.loads(data[8:end]), "image_magic_hex": data[end : end + 4].hex()}
    else:
        picture = data[_PICTURE_HEADER:]
        frame |= {"image_format_code": int.from_bytes(data[4:8]), "image_magic_hex": picture[:4].hex()}
    return frame


def _body(response: aiohttp.ClientResponse, raw: bytes) -> object:
    content_type = response.headers.get("Content-Type")
    if content_type is not None and content_type.startswith("application/json"):
        return json.loads(raw)
    text = raw.decode() if content_type is not None and content_type.startswith("text/") else None
    return {"_bytes": len(raw), "_content_type": content_type, "_text": text}


def _as_sent(body: Any, scenario: str, *, first: bool) -> Any:
    """The recorder changed one graph after it had sent it: scenario 10 first used the uploaded picture."""
    if not (first and scenario.startswith("10_")):
        return body
    sent = json.loads(json.dumps(body))
    sent["prompt"]["8"]["inputs"]["image"] = "hub/in.png"
    return sent


def _upload_form(fields: list[str]) -> aiohttp.FormData:
    """The recording names the fields only: a good upload into ``hub``, and one whose name leads outside."""
    picture = io.BytesIO()
    Image.new("RGB", (64, 64), (200, 120, 80)).save(picture, "PNG")
    good = "subfolder" in fields
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("type", "input")
    if good:
        form.add_field("subfolder", "hub")
        form.add_field("overwrite", "true")
    name = "in.png" if good else "../../outside.png"
    form.add_field("image", picture.getvalue(), filename=name, content_type="image/png")
    return form
