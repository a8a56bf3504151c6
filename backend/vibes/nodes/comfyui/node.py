"""A stock ComfyUI as a generator node: implements the port over HTTP and WebSocket."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Mapping
from functools import partial
from http import HTTPStatus
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from vibes.domain.chance import random_uuid
from vibes.domain.errors import (
    ENDLESS_OUTPUT,
    NodeError,
    NodeMisbehaved,
    NodeUnclear,
    OutputGone,
    OutputRefused,
    PromptRejected,
)
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.introduction import Introduction, NotReached
from vibes.domain.nodes.node import ModelFolder, NodeConfig, NodeQueue, NodeVitals
from vibes.domain.nodes.outcome import Absent, OutputFile, Pending, Whereabouts
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.media_type import other_suffix
from vibes.domain.prompting.lora_card import LoraCard
from vibes.nodes.comfyui.introducing import introduce
from vibes.nodes.comfyui.orders.complaints import GraphFailure
from vibes.nodes.comfyui.orders.graphs import GraphsForNode
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.nodes.comfyui.orders.origin import own
from vibes.nodes.comfyui.reading.foreign_json import excerpt
from vibes.nodes.comfyui.reading.lora_metadata import read_lora_card
from vibes.nodes.comfyui.reading.object_info import declarations_in, model_files, parse_object_info, shared, style_of
from vibes.nodes.comfyui.reading.replies import (
    SystemStats,
    is_job_list,
    parse_acceptance,
    parse_embeddings,
    parse_history,
    parse_queue,
    parse_system_stats,
    parse_upload,
    place_in_queue,
    rejection_code,
    rejection_sentence,
    values_not_listed,
)
from vibes.nodes.comfyui.transport.http import AnswerTooLarge, HttpLimits, NodeHttp, Reply
from vibes.nodes.comfyui.transport.socket import NodeSocket, SocketTiming
from vibes.ports.nodes import GeneratorNodeFactory
from vibes.ports.orders import InputImage, Order, Outline
from vibes.text.plain_text import shortened

_log = logging.getLogger(__name__)

UPLOAD_SUBFOLDER = "vibes"
_PNG_START = b"\x89PNG"

_CARD_SECONDS = 5.0
"""For the header of a file, which a slow disk may have to look for."""
_INTRODUCTION_SECONDS = 3.0
"""For who it is, once it is connected."""
_FIRST_PAUSE_SECONDS = 0.05
_LONGEST_PAUSE_SECONDS = 1.0


class ComfyUINode:
    """Implements the port ``GeneratorNode``; the error of each method is described there and in `NodeHttp`."""

    def __init__(
        self,
        config: NodeConfig,
        *,
        client_id: str,
        limits: HttpLimits | None = None,
        timing: SocketTiming | None = None,
        cancel_seconds: float = 30.0,
    ) -> None:
        """``cancel_seconds``: `cancel` gives up on a prompt that still runs after that."""
        self._name = config.name
        self._client_id = client_id
        self._limits = limits or HttpLimits()
        self._http = NodeHttp(config, self._limits)
        self._socket = NodeSocket(config, client_id, timing or SocketTiming())
        self._cancel_seconds = cancel_seconds
        self._graphs = GraphsForNode()
        self._has_jobs_api: bool | None = None
        """None: the node was not asked yet."""

    @property
    def charges(self) -> bool:
        return False

    async def check(self) -> NodeVitals:
        """``response_ms`` is the slower of the two answers."""
        now = asyncio.get_running_loop().time
        started = now()
        queue = await self._queue(self._limits.check_seconds)
        between = now()
        stats = await self._system_stats(self._limits.check_seconds)
        slower = max(between - started, now() - between)
        return NodeVitals(
            queue=queue, vram_free_bytes=stats.vram_free_bytes, response_ms=1000 * slower, memory=stats.memory
        )

    async def introduce(self) -> Introduction | NotReached:
        return await introduce(self._http, self._limits.connect_seconds + _INTRODUCTION_SECONDS)

    async def discover(self) -> ComfyUIInventory:
        stats = await self._system_stats(self._limits.answer_seconds)
        reply = await self._http.get("/object_info", max_bytes=self._limits.list_bytes)
        classes, choices = await reply.expect_ok().read(parse_object_info)
        choices = shared(choices)
        style = style_of(stats.system, choices)
        self._graphs.inventory = ComfyUIInventory(
            version=stats.version,
            device_name=stats.device_name,
            simulated=stats.simulated,
            vram_total_bytes=stats.vram_total_bytes,
            graph_node_classes=classes,
            files=model_files(choices, await self._ask_for_embeddings(), style),
            choices=choices,
            path_style=style,
            samplers=choices.get(("KSampler", "sampler_name"), frozenset()),
            schedulers=choices.get(("KSampler", "scheduler"), frozenset()),
            max_upload_bytes=await self._ask_for_upload_limit(),
            supports_jobs_api=await self._ask_for_jobs_api(),
        )
        return self._graphs.inventory

    def has(self, image: InputImage) -> bool:
        return self._graphs.uploads.name_of(image) is not None

    async def bring(self, image: InputImage) -> None:
        name = await self.upload(f"{image.digest}.png", image.content)
        self._graphs.uploads.note(image, name)

    def forget_images(self) -> None:
        self._graphs.uploads.forget()

    def prepare(self, attempt_id: AttemptId, order: Order) -> Graph:
        return self._graphs.prepare(attempt_id, order)

    def outline(self, sent: Graph) -> Outline:
        return self._graphs.outline(sent)

    async def submit(self, attempt_id: AttemptId, sent: Graph) -> float:
        """Sends no ``number``, which could kill the node's worker (docs/comfyui-protocol.md#never-send-a-number).

        NodeMisbehaved when something that is no ComfyUI refuses the request: then nothing was queued.
        """
        frames = self._socket.frames_heard
        reply = await self._http.post(
            "/prompt",
            {
                "prompt": sent,
                "prompt_id": attempt_id,
                "client_id": self._client_id,
                "extra_data": {"preview_method": "auto"},  # versions before 0.33 ignore it
            },
        )
        if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise PromptRejected(f"the graph is larger than the node accepts: {excerpt(reply.body)}")
        if reply.status == HTTPStatus.BAD_REQUEST:
            answer = reply.json()
            raise self._graphs.rejected(
                rejection_sentence(answer), rejection_code(answer), values_not_listed(answer), sent
            )
        reply.expect_ok()
        number = await self._accepted(attempt_id, sent, reply)
        self._socket.expect_more_than(frames)
        return number

    async def rehearse(self) -> None:
        """Send an empty prompt, which every version refuses with 400 (docs/comfyui-protocol.md#submitting)."""
        reply = await self._http.post("/prompt", {"prompt": {}})
        if reply.status != HTTPStatus.BAD_REQUEST:
            raise NodeMisbehaved(f"expected an empty prompt to be refused, got {reply.status}")

    async def find(self, attempt_id: AttemptId, sent: Graph | None = None, *, ended: bool = False) -> Whereabouts:
        """Read queue, then history: in this order a prompt that moves between them cannot be missed. One that has
        ``ended`` is in the history, which is then read first, and usually alone."""
        found = await self._find(attempt_id, ended=ended)
        if not isinstance(found, Pending | Absent):
            self._socket.expect_soon()
        return self._graphs.explained(found, sent) if isinstance(found, GraphFailure) else found

    async def _find(self, attempt_id: AttemptId, *, ended: bool) -> Whereabouts | GraphFailure:
        if ended:
            found = await self._in_history(attempt_id)
            if not isinstance(found, Absent):
                return found
        place = place_in_queue(await self._queue(self._limits.answer_seconds), attempt_id)
        return place if place is not None else await self._in_history(attempt_id)

    async def _in_history(self, attempt_id: AttemptId) -> Whereabouts | GraphFailure:
        path = f"/history/{quote(attempt_id, safe='')}"
        reply = await self._http.get(path, max_bytes=self._limits.list_bytes)
        return await reply.expect_ok().read(partial(parse_history, prompt_id=attempt_id))

    async def fetch(self, output: OutputFile, sent: Graph | None = None) -> bytes:
        """The file as the node stored it, with the graph that made it; the caller checks whether it is complete."""
        content = await self._download(output)
        return content if sent is None else await asyncio.to_thread(own, content, sent)

    async def _download(self, output: OutputFile) -> bytes:
        try:
            reply = await self._http.get(
                "/view",
                parameters={"filename": output.filename, "subfolder": output.subfolder, "type": output.type},
                within=self._limits.image_seconds,
                stall=self._limits.answer_seconds,
                max_bytes=self._limits.image_bytes,
            )
        except AnswerTooLarge as error:
            raise OutputRefused(error.message, code=ENDLESS_OUTPUT) from error
        if reply.status == HTTPStatus.NOT_FOUND:
            raise OutputGone(f"the image {output.filename} is no longer there")
        if reply.status == HTTPStatus.BAD_REQUEST and ".." in output.filename:  # docs/comfyui-protocol.md#files
            name = shortened(output.filename, 100)
            raise OutputRefused(
                f"the workflow saves a file as {name!r}, but ComfyUI hands out none with '..' in its name"
            )
        if not reply.expect_ok().body:
            raise NodeMisbehaved(f"the image {output.filename} came without any content")
        if not _may_be_output(reply) and other_suffix(output.filename) is None:
            raise NodeMisbehaved(f"expected the image {output.filename}, got {reply.content_type or 'something else'}")
        return reply.body

    async def cancel(self, attempt_id: AttemptId) -> None:
        """Ask repeatedly until the prompt has left the node's queue, since an interrupt between two prompts is lost.

        NodeUnclear when it still runs after ``cancel_seconds``; it stops once its present graph node returns.
        """
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + self._cancel_seconds
        pause = _FIRST_PAUSE_SECONDS
        while await self._ask_to_drop(attempt_id):
            if loop.time() >= give_up_at:
                raise NodeUnclear(f"{attempt_id} still runs {self._cancel_seconds:g} s after its cancel")
            await asyncio.sleep(pause)
            pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    async def take_back(self, attempt_id: AttemptId) -> bool:
        """Delete its waiting copies, then look again: it may have begun, or even ended, in between."""
        copies = (await self._queue(self._limits.answer_seconds)).pending.count(attempt_id)
        if copies:
            (await self._http.post("/queue", {"delete": [attempt_id] * copies})).expect_ok()
        return isinstance(await self.find(attempt_id), Absent)

    async def upload(self, name: str, image: bytes) -> str:
        fields = {"type": "input", "subfolder": UPLOAD_SUBFOLDER, "overwrite": "true"}
        reply = await self._http.post_form("/upload/image", fields, "image", (name, image))
        if reply.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            raise PromptRejected(f"it is larger than the node accepts: {excerpt(reply.body)}")
        return parse_upload(reply.expect_ok().json())

    async def free(self) -> None:
        """Free models and cached results: each flag alone may keep half (docs/comfyui-protocol.md#freeing-memory)."""
        reply = await self._http.post("/free", {"unload_models": True, "free_memory": True})
        reply.expect_ok()

    async def lora_card(self, name: str) -> LoraCard | None:
        inventory = self._graphs.inventory
        spelled = inventory.spelling("LoraLoader", "lora_name", name) if inventory else name
        return await self._card(ModelFolder.LORAS, spelled)

    async def model_card(self, name: str) -> LoraCard | None:
        place = self._graphs.inventory.main_model(name) if self._graphs.inventory else None
        return await self._card(*place) if place else None

    async def _card(self, folder: ModelFolder, name: str) -> LoraCard | None:
        """404 says that the file has no metadata, a header of more than a mebibyte, or is no longer there; a broken
        header is a 500 (docs/comfyui-protocol.md#files)."""
        reply = await self._http.get(f"/view_metadata/{folder}", parameters={"filename": name}, within=_CARD_SECONDS)
        if reply.status == HTTPStatus.NOT_FOUND:
            return None
        return await reply.expect_ok().read(read_lora_card)

    async def declarations(self, classes: Collection[str]) -> Mapping[str, Any]:
        reply = await self._http.get("/object_info", max_bytes=self._limits.list_bytes)
        return await reply.expect_ok().read(partial(declarations_in, classes=frozenset(classes)))

    def events(self) -> AsyncGenerator[NodeEvent, None]:
        return self._socket.events()

    async def close(self) -> None:
        await self._socket.close()
        await self._http.close()

    async def _queue(self, within: float) -> NodeQueue:
        reply = await self._http.get("/queue", within=within, max_bytes=self._limits.list_bytes)
        return await reply.expect_ok().read(parse_queue)

    async def _system_stats(self, within: float) -> SystemStats:
        return parse_system_stats((await self._http.get("/system_stats", within=within)).expect_ok().json())

    async def _accepted(self, attempt_id: AttemptId, sent: Graph, reply: Reply) -> float:
        """The number of a prompt that was queued as it was sent; anything else that the node queued is cancelled."""
        try:
            acceptance = parse_acceptance(reply.json())
        except NodeMisbehaved as error:
            raise NodeUnclear(f"a 200 that does not say what was queued: {error.message}") from error
        if acceptance.prompt_id != attempt_id:
            await self._take_back(AttemptId(acceptance.prompt_id))
            raise NodeMisbehaved("queued under an id of its own; this ComfyUI is too old")
        if acceptance.refused:
            await self._take_back(attempt_id)
            raise self._graphs.rejected(acceptance.refused, acceptance.code, values_not_listed(reply.json()), sent)
        return acceptance.number

    async def _take_back(self, attempt_id: AttemptId) -> None:
        try:
            await self.cancel(attempt_id)
        except NodeError as error:
            _log.warning("%s: a refused prompt may still run there: %s", self._name, error)

    async def _ask_to_drop(self, attempt_id: AttemptId) -> bool:
        """Delete or interrupt it; answers whether it was in the queue."""
        queue = await self._queue(self._limits.answer_seconds)
        copies = queue.pending.count(attempt_id)
        if copies:  # one deletion removes one copy
            (await self._http.post("/queue", {"delete": [attempt_id] * copies})).expect_ok()
        if attempt_id in queue.running:
            await self._interrupt(attempt_id)
        return copies > 0 or attempt_id in queue.running

    async def _interrupt(self, attempt_id: AttemptId) -> None:
        if await self._knows_jobs_api():
            reply = await self._http.post(f"/api/jobs/{quote(attempt_id, safe='')}/cancel", {})
            if reply.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
                reply.expect_ok()
                return
            self._has_jobs_api = None  # another version answers at this address now
        (await self._http.post("/interrupt", {"prompt_id": attempt_id})).expect_ok()

    async def _knows_jobs_api(self) -> bool:
        return self._has_jobs_api if self._has_jobs_api is not None else await self._ask_for_jobs_api()

    async def _ask_for_upload_limit(self) -> int | None:
        """The limit in bytes; None where ``/features`` is missing or does not tell it."""
        reply = await self._http.get("/features")
        if reply.status != HTTPStatus.OK:
            return None
        match reply.json():
            case {"max_upload_size": int(limit)} if limit > 0:
                return limit
            case _:
                return None

    async def _ask_for_embeddings(self) -> frozenset[str]:
        """The names of embeddings, used only to spell them as the node does; empty where the node has no list."""
        reply = await self._http.get("/embeddings")
        try:
            return parse_embeddings(reply.json()) if reply.status == HTTPStatus.OK else frozenset()
        except NodeMisbehaved:
            return frozenset()

    async def _ask_for_jobs_api(self) -> bool:
        reply = await self._http.get("/api/jobs", parameters={"limit": "1"})
        self._has_jobs_api = reply.status == HTTPStatus.OK and _is_job_list(reply)
        return self._has_jobs_api


def _may_be_output(reply: Reply) -> bool:
    """By its media type or, since a proxy may change that, by its first bytes."""
    kind = reply.content_type.lower()
    return kind.startswith(("image/", "video/", "audio/", "application/octet-stream")) or reply.body.startswith(
        _PNG_START
    )


def _is_job_list(reply: Reply) -> bool:
    try:
        return is_job_list(reply.json())
    except NodeMisbehaved:
        return False  # an HTML page of a proxy or front end


def comfyui_node_factory(
    *, hub_id: UUID | None = None, limits: HttpLimits | None = None, timing: SocketTiming | None = None
) -> GeneratorNodeFactory:
    """A factory whose nodes get the same client id each time they are made.

    So a node's old object must be closed before the new one listens. With a ``hub_id`` that outlives the process, a
    restarted hub hears the events of prompts sent before; without one it is random.
    """
    hub = hub_id or random_uuid()

    def create(config: NodeConfig) -> ComfyUINode:
        return ComfyUINode(config, client_id=str(uuid5(hub, config.id)), limits=limits, timing=timing)

    return create
