"""Turns ComfyUI's answers over HTTP into domain values; no I/O."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

from vibes.domain.errors import INPUT_GONE, NOT_LISTED, NodeMisbehaved
from vibes.domain.nodes.card_memory import CardMemory
from vibes.domain.nodes.introduction import Introduction
from vibes.domain.nodes.node import NodeQueue
from vibes.domain.nodes.outcome import Absent, Interrupted, OutputFile, Pending, Running, Succeeded
from vibes.nodes.comfyui.orders.complaints import GraphFailure
from vibes.nodes.comfyui.reading.foreign_json import (
    JsonObject,
    list_of,
    number_of,
    object_of,
    text_of,
    texts_in,
)
from vibes.text.plain_text import shortened

_DYNAMIC_FROM = (0, 11)
"""No release before this one has dynamic VRAM; 0.18 is known to have it switched on."""
_LONGEST_MESSAGE = 1000
_LONGEST_PROBLEM = 300
_SHOWN_PROBLEMS = 5
_LONGEST_VERSION = 40
_LONGEST_PATH = 4096
_OUTPUT_LISTS = ("images", "gifs", "videos", "video")
"""Under which names graph nodes list what they saved. ComfyUI's own write ``images``, also for videos; common packs of
video savers write ``gifs``, whatever the format (docs/comfyui-protocol.md#queue-and-history)."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The answer to a queued prompt; ``refused`` says which of its outputs the node dropped, empty when none."""

    prompt_id: str
    number: float
    refused: str
    code: str | None
    """See `rejection_code`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemStats:
    version: str
    system: str | None
    """The operating system, ``posix`` or ``nt`` in old versions, ``linux`` or ``win32`` in new ones; None: not told."""
    device_name: str
    simulated: bool
    vram_total_bytes: int
    vram_free_bytes: int
    memory: CardMemory | None
    """None where no other program could be told apart: on a CPU, on a Mac."""


def parse_acceptance(reply: object) -> Acceptance:
    """The 200 of ``POST /prompt``."""
    answer = object_of(reply, "/prompt")
    node_errors = object_of(answer.get("node_errors", {}), "/prompt: node_errors")
    return Acceptance(
        prompt_id=text_of(answer.get("prompt_id"), "/prompt: prompt_id"),
        number=number_of(answer.get("number"), "/prompt: number"),
        refused=rejection_sentence(answer) if node_errors else "",
        code=rejection_code(answer),
    )


def rejection_sentence(reply: object) -> str:
    """Why the node's validation refused a prompt, such as ``KSampler (3): steps: Value 0 smaller than min of 1``.

    The general ``error`` is used only when no graph node is blamed: it leaves out causes upstream of an output.
    """
    answer = object_of(reply, "/prompt")
    node_errors = object_of(answer.get("node_errors", {}), "/prompt: node_errors")
    problems = [problem for item in node_errors.items() for problem in _problems_of_graph_node(*item)]
    if not problems:
        return _general_problem(answer.get("error"))
    hidden = len(problems) - _SHOWN_PROBLEMS
    return "; ".join(problems[:_SHOWN_PROBLEMS]) + (f"; and {hidden} more" if hidden > 0 else "")


def rejection_code(reply: object) -> str | None:
    """What the hub can do about a refused prompt: ``NOT_LISTED``, ``INPUT_GONE``, or None for nothing."""
    answer = object_of(reply, "/prompt")
    problems = {_kind_of_problem(each) for each in _all_problems(answer)}
    match answer.get("error"):
        case {"type": "missing_node_type"} | {"type": "invalid_prompt", "message": str()}:
            problems.add(NOT_LISTED)
    return next((code for code in (NOT_LISTED, INPUT_GONE) if code in problems), None)


def values_not_listed(reply: object) -> list[str]:
    """The values in a refused prompt that are in no list of the node."""
    answer = object_of(reply, "/prompt")
    return [
        value
        for each in _all_problems(answer)
        if _kind_of_problem(each) == NOT_LISTED and isinstance(value := _received(each), str)
    ]


def _received(error: object) -> object:
    match error:
        case {"extra_info": {"received_value": value}}:
            return value
        case _:
            return None


def _all_problems(answer: JsonObject) -> Iterator[object]:
    for blame in object_of(answer.get("node_errors", {}), "/prompt: node_errors").values():
        match blame:
            case {"errors": [*errors]}:
                yield from errors


def _kind_of_problem(error: object) -> str | None:
    match error:
        case {"type": "value_not_in_list"}:
            return NOT_LISTED
        case {"type": "custom_validation_failed", "details": str(details)} if "Invalid image file" in details:
            return INPUT_GONE
        case _:
            return None


def _problems_of_graph_node(graph_node_id: str, node_error: object) -> list[str]:
    """Sorted, since ComfyUI's own order differs between runs (docs/comfyui-protocol.md#refusals)."""
    blame = object_of(node_error, f"/prompt: node_errors of {graph_node_id}")
    subject = f"{blame.get('class_type')} ({graph_node_id})"
    errors = list_of(blame.get("errors", []), f"/prompt: errors of {subject}")
    return sorted(shortened(f"{subject}: {_problem(error)}", _LONGEST_PROBLEM) for error in errors)


def _problem(error: object) -> str:
    match error:
        case {"message": str(message), "extra_info": {"input_name": str(name)}, "details": str(details)}:
            if details in {"", name}:
                return f"{name}: {message}"
            return f"{message}: {details if name in details else f'{name}, {details}'}"
        case {"message": str(message), "details": str(details)} if details:
            return f"{message}: {details}"
        case {"message": str(message)}:
            return message
        case _:
            return "refused without a reason"


def _general_problem(error: object) -> str:
    match error:
        case {"message": str(message), "details": str(details)} if details and details not in message:
            return shortened(f"{message} ({details})", _LONGEST_MESSAGE)
        case {"message": str(message)}:
            return shortened(message, _LONGEST_MESSAGE)
        case str(message) if message:
            return shortened(message, _LONGEST_MESSAGE)
        case _:
            return "the node refused the prompt without a reason"


def parse_queue(reply: object) -> NodeQueue:
    """``GET /queue``; the pending prompts sorted by when they run, which the answer's heap is not."""
    queue = object_of(reply, "/queue")
    running = sorted(_queued(queue.get("queue_running"), "queue_running"))
    pending = sorted(_queued(queue.get("queue_pending"), "queue_pending"))
    return NodeQueue(
        running=tuple(prompt_id for _, prompt_id in running),
        pending=tuple(prompt_id for _, prompt_id in pending),
    )


def _queued(items: object, name: str) -> Iterator[tuple[float, str]]:
    for item in list_of(items, f"/queue: {name}"):
        match item:
            case [int() | float() as number, str(prompt_id), *_]:
                yield number, prompt_id
            case _:
                raise NodeMisbehaved(f"/queue: {name}: expected items of a number, an id and more")


def place_in_queue(queue: NodeQueue, prompt_id: str) -> Running | Pending | None:
    if prompt_id in queue.running:
        return Running()
    if prompt_id in queue.pending:
        return Pending(len(queue.running) + queue.pending.index(prompt_id))
    return None


def parse_history(reply: object, prompt_id: str) -> Absent | Succeeded | GraphFailure | Interrupted:
    """``GET /history/{id}``; Absent for ``{}``, which means unknown or not finished."""
    history = object_of(reply, "/history")
    if not history:
        return Absent()
    if prompt_id not in history:
        raise NodeMisbehaved(f"/history: expected the entry of {prompt_id}, got another one")
    entry = object_of(history[prompt_id], "/history: entry")
    status = object_of(entry.get("status"), "/history: status")
    if status.get("status_str") == "success":
        return Succeeded(tuple(_images(entry, "output")) or tuple(_images(entry, "temp")))
    return _failure(status)


def _images(entry: JsonObject, kind: str) -> Iterator[OutputFile]:
    outputs = object_of(entry.get("outputs", {}), "/history: outputs")
    order = {graph_node_id: place for place, graph_node_id in enumerate(_graph_of(entry))}
    for graph_node_id in sorted(outputs, key=lambda name: order.get(name, len(order))):
        saved = outputs[graph_node_id]
        for name in _OUTPUT_LISTS:
            match saved:
                case {**lists} if isinstance(files := lists.get(name), list):
                    for file in files:
                        yield from _image(graph_node_id, file, kind)


def _graph_of(entry: JsonObject) -> Mapping[str, object]:
    match entry.get("prompt"):
        case [_, _, dict(graph), *_]:
            return graph
        case _:
            return {}


def _image(graph_node_id: str, image: object, wanted: str) -> Iterator[OutputFile]:
    """Packs may leave out what ``/view`` has a default for: ``subfolder`` and ``type``."""
    if not isinstance(image, dict) or image.get("type", "output") != wanted:
        return
    match {"subfolder": "", **image}:
        case {"filename": str(filename), "subfolder": str(subfolder)} if (
            0 < len(filename) <= _LONGEST_PATH and len(subfolder) <= _LONGEST_PATH
        ):
            yield OutputFile(filename, subfolder, wanted, graph_node_id)
        case {"type": _}:
            raise NodeMisbehaved("/history: expected a saved image with a filename")


def _failure(status: JsonObject) -> GraphFailure | Interrupted:
    """``status_str`` is "error" for both; the last message tells them apart
    (docs/comfyui-protocol.md#queue-and-history).
    """
    for message in reversed(list_of(status.get("messages"), "/history: messages")):
        match message:
            case ["execution_interrupted", *_]:
                return Interrupted()
            case ["execution_error", dict(data)]:
                return _error_of(data)
    return GraphFailure("the node reports an error and no reason", graph_node_class="", out_of_memory=False)


def _error_of(data: JsonObject) -> GraphFailure:
    message, kind, graph_node_class, graph_node_id = (
        value.strip() if isinstance(value := data.get(name), str) else ""
        for name in ("exception_message", "exception_type", "node_type", "node_id")
    )
    return GraphFailure(
        shortened(message or kind or "the node reports an error and no reason", _LONGEST_MESSAGE),
        graph_node_class=shortened(graph_node_class, _LONGEST_PROBLEM),
        out_of_memory=kind.endswith("OutOfMemoryError") or "out of memory" in message.lower(),
        graph_node_id=shortened(graph_node_id, _LONGEST_PROBLEM),
        kind=shortened(kind, _LONGEST_PROBLEM),
    )


def parse_system_stats(reply: object) -> SystemStats:
    """``GET /system_stats``; the first device is the one that ComfyUI works on."""
    stats = object_of(reply, "/system_stats")
    system = object_of(stats.get("system"), "/system_stats: system")
    devices = list_of(stats.get("devices"), "/system_stats: devices")
    if not devices:
        raise NodeMisbehaved("/system_stats: expected at least one device")
    device = object_of(devices[0], "/system_stats: device")
    name = text_of(device.get("name"), "/system_stats: device name")
    return SystemStats(
        version=text_of(system.get("comfyui_version"), "/system_stats: comfyui_version"),
        system=os if isinstance(os := system.get("os"), str) else None,
        device_name=name,
        simulated="(simulated)" in name,
        vram_total_bytes=_bytes_of(device, "vram_total"),
        vram_free_bytes=_bytes_of(device, "vram_free"),
        memory=_memory_of(device, system),
    )


def parse_introduction(reply: object, date: datetime | None) -> Introduction:
    """The same answer, with what only people want to know."""
    stats = parse_system_stats(reply)
    system = object_of(object_of(reply, "/system_stats").get("system"), "/system_stats: system")
    return Introduction(
        version=stats.version,
        device_name=shortened(stats.device_name, _LONGEST_PROBLEM),
        vram_total_bytes=stats.vram_total_bytes,
        simulated=stats.simulated,
        python=_version_in(system.get("python_version")),
        pytorch=_version_in(system.get("pytorch_version")),
        system=stats.system or "",
        date=date,
    )


def _version_in(value: object) -> str:
    """``3.12.3`` of ``3.12.3 (main, Jun 18 2025) [GCC 13.3.0]``."""
    return shortened(value.partition(" ")[0], _LONGEST_VERSION) if isinstance(value, str) else ""


def _memory_of(device: JsonObject, system: JsonObject) -> CardMemory | None:
    """Only CUDA and ROCm tell what the driver has left; whatever is odd says nothing."""
    figures = [device.get(name) for name in ("vram_total", "vram_free", "torch_vram_total", "torch_vram_free")]
    told = [int(each) for each in figures if isinstance(each, int | float) and isfinite(each)]
    if device.get("type") != "cuda" or len(told) < len(figures):
        return None
    total, free, torch_total, torch_free = told
    all_told = not _is_dynamic(system)
    return CardMemory(total=total, free=free, torch_total=torch_total, torch_free=torch_free, all_told=all_told)


def _is_dynamic(system: JsonObject) -> bool:
    """Whether it may keep models outside of torch's memory, as newer ones do unless they are told not to."""
    argv = system.get("argv")
    if isinstance(argv, list) and "--disable-dynamic-vram" in argv:
        return False
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})", str(system.get("comfyui_version")))
    return found is None or (int(found[1]), int(found[2])) >= _DYNAMIC_FROM


def _bytes_of(device: JsonObject, field: str) -> int:
    return max(0, int(number_of(device.get(field), f"/system_stats: {field}")))


def parse_embeddings(reply: object) -> frozenset[str]:
    """``GET /embeddings``: names without suffix; empty when the answer is no list of names."""
    return frozenset(texts_in(reply)) if isinstance(reply, list) else frozenset()


def is_job_list(reply: object) -> bool:
    """Whether ``GET /api/jobs`` was answered by a ComfyUI that has it."""
    return isinstance(reply, dict) and isinstance(reply.get("jobs"), list)


def parse_upload(reply: object) -> str:
    """``POST /upload/image``: the name for a LoadImage, which may differ from the one sent."""
    answer = object_of(reply, "/upload/image")
    name = text_of(answer.get("name"), "/upload/image: name")
    subfolder = text_of(answer.get("subfolder", ""), "/upload/image: subfolder")
    if not name:
        raise NodeMisbehaved("/upload/image: expected a name, got an empty one")
    return f"{subfolder}/{name}" if subfolder else name
