"""Routes about prompts: submit, queue, history, interrupt and free."""

import json
import uuid
from typing import Any

from aiohttp import web

from vibes.simulator.checking.problems import Problem
from vibes.simulator.checking.validation import validate
from vibes.simulator.http.control import control_of, cut, station_of
from vibes.simulator.state.files import OutsideFolder
from vibes.simulator.state.job_queue import SECRETS, milliseconds
from vibes.simulator.state.station import Station


async def get_prompt(request: web.Request) -> web.Response:
    return web.json_response(station_of(request).queue_info())


async def post_prompt(request: web.Request) -> web.Response:
    """Queue a graph. A body of the wrong shape raises, which is a 500 in the same cases as in ComfyUI."""
    faults = control_of(request).faults
    if faults.strikes("swallow_next_posts"):
        return cut(request)
    station = station_of(request)
    body: Any = await request.json()
    if faults.strikes("tidy_inputs_next_prompts"):
        station.files.tidy_inputs()
    number = _number(body, station)
    if "prompt" not in body:
        return _refused(Problem("no_prompt", "No prompt provided", "No prompt provided"))
    prompt_id = _prompt_id(body, station)
    if prompt_id is None:
        return _refused(_INVALID_PROMPT_ID)
    targets = body.get("partial_execution_targets")
    graph: Any = body["prompt"]
    verdict = validate(
        graph, station.setup.catalogue, station.setup.dialect, lambda name: _exists(station, name), targets
    )
    extra_data: Any = body.get("extra_data", {})
    if "client_id" in body:
        extra_data["client_id"] = body["client_id"]
    if verdict.error is not None:
        return _refused(verdict.error, verdict.node_errors)
    station.ledger.received[prompt_id] += 1
    _enqueue(station, number, prompt_id, graph, extra_data, verdict.outputs)
    if faults.strikes("cut_next_posts"):
        return cut(request)
    return web.json_response({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})


def _number(body: Any, station: Station) -> float:
    """An explicit number becomes a float and leaves the counter alone; ``front`` negates the counter."""
    if "number" in body:
        return float(body["number"])
    number = station.next_number
    station.next_number += 1
    return -number if _given(body, "front") else number


def _given(body: Any, name: str) -> Any:
    """Like ``body.get(name)``; None for a list, which ComfyUI treats as an empty body."""
    return body[name] if name in body else None  # noqa: SIM401 - a list has no get


def _prompt_id(body: Any, station: Station) -> str | None:
    """The submitted id, or a new one; None when this dialect does not accept it."""
    if "prompt_id" not in body:
        return str(uuid.uuid4())
    submitted = body["prompt_id"]
    if station.setup.dialect.requires_uuid_prompt_ids:
        return submitted if is_canonical_uuid(submitted) else None
    return str(submitted)


def is_canonical_uuid(value: object) -> bool:
    """Lower case with hyphens, as ``str(uuid4())`` writes it."""
    if not isinstance(value, str):
        return False
    try:
        return str(uuid.UUID(value)) == value
    except ValueError:
        return False


def _enqueue(
    station: Station, number: float, prompt_id: str, graph: Any, extra_data: dict[str, Any], outputs: list[str]
) -> None:
    secrets: tuple[dict[str, Any], ...] = ()
    if station.setup.dialect.hides_secrets_in_queue:
        secrets = ({key: extra_data.pop(key) for key in SECRETS if key in extra_data},)
    if station.setup.dialect.stamps_create_time:
        extra_data["create_time"] = milliseconds()
    station.queue.put((number, prompt_id, graph, extra_data, outputs, *secrets))


def _exists(station: Station, name: str) -> bool:
    try:
        return station.files.annotated(name).is_file()
    except OutsideFolder:
        return False


def _refused(error: Problem, node_errors: dict[str, Any] | None = None) -> web.Response:
    return web.json_response({"error": error.as_json(), "node_errors": node_errors or {}}, status=400)


_INVALID_PROMPT_ID = Problem(
    "invalid_prompt_id",
    "prompt_id must be a valid UUID",
    "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one",
)


async def get_queue(request: web.Request) -> web.Response:
    queue = station_of(request).queue
    return web.json_response({"queue_running": queue.running(), "queue_pending": queue.pending()})


async def post_queue(request: web.Request) -> web.Response:
    queue = station_of(request).queue
    body: Any = await request.json()
    if _given(body, "clear"):
        queue.clear()
    if "delete" in body:
        for prompt_id in body["delete"]:
            queue.delete(prompt_id)
    return web.Response()


async def post_interrupt(request: web.Request) -> web.Response:
    """Interrupt the prompt of that id if it runs now, or without an id the running one. Always an empty 200."""
    station = station_of(request)
    try:
        body: Any = await request.json()
    except json.JSONDecodeError:
        body = {}
    prompt_id = body.get("prompt_id")
    if not prompt_id or station.queue.is_running(prompt_id):
        station.interrupted = True
    return web.Response()


async def post_free(request: web.Request) -> web.Response:
    body: Any = await request.json()
    for name in ("unload_models", "free_memory"):
        if body.get(name, False):
            station_of(request).queue.set_flag(name, on=bool(body[name]))
    return web.Response()


async def get_history(request: web.Request) -> web.Response:
    max_items, offset = request.query.get("max_items"), request.query.get("offset")
    history = station_of(request).queue.history(
        max_items=None if max_items is None else int(max_items), offset=-1 if offset is None else int(offset)
    )
    return web.json_response(history)


async def get_history_of(request: web.Request) -> web.Response:
    return web.json_response(station_of(request).queue.history_of(request.match_info["prompt_id"]))


async def post_history(request: web.Request) -> web.Response:
    queue = station_of(request).queue
    body: Any = await request.json()
    if _given(body, "clear"):
        queue.forget_all()
    if "delete" in body:
        for prompt_id in body["delete"]:
            queue.forget(prompt_id)
    return web.Response()


ROUTES = (
    web.get("/prompt", get_prompt),
    web.post("/prompt", post_prompt),
    web.get("/queue", get_queue),
    web.post("/queue", post_queue),
    web.post("/interrupt", post_interrupt),
    web.post("/free", post_free),
    web.get("/history", get_history),
    web.get("/history/{prompt_id}", get_history_of),
    web.post("/history", post_history),
)
