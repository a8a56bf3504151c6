"""The simulator's own routes, which ComfyUI lacks: switch faults, cause one-time mishaps, read counts for tests."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from vibes.simulator.http.control import control_of
from vibes.simulator.setup.faults import UnknownFault, changes_from_json

_LONGEST_UNPLUGGED_SECONDS = 3600


def _checked(
    handler: Callable[[web.Request], Awaitable[web.Response]],
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Answer a wrong request with 400 and a sentence."""

    async def answer(request: web.Request) -> web.Response:
        try:
            return await handler(request)
        except UnknownFault as problem:
            return web.json_response({"error": str(problem)}, status=400)

    return answer


async def _body(request: web.Request) -> dict[str, Any]:
    """The JSON object that was sent; an empty body is an empty object."""
    text = await request.text()
    if not text.strip():
        return {}
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnknownFault(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise UnknownFault("the body must be a JSON object")
    return body


async def get_faults(request: web.Request) -> web.Response:
    return web.json_response(control_of(request).faults.as_json())


async def post_faults(request: web.Request) -> web.Response:
    faults = control_of(request).faults
    faults.set(**changes_from_json(await _body(request)))
    return web.json_response(faults.as_json())


async def delete_faults(request: web.Request) -> web.Response:
    faults = control_of(request).faults
    faults.clear()
    return web.json_response(faults.as_json())


async def get_state(request: web.Request) -> web.Response:
    return web.json_response(control_of(request).state())


async def post_crash(request: web.Request) -> web.Response:
    """All connections are cut, this one too, so the answer may not arrive."""
    control_of(request).begin_crash()
    return web.json_response({"crashing": True}, status=202)


async def post_forget(request: web.Request) -> web.Response:
    """``{"drop_sockets": false}`` keeps the WebSockets, unlike a real restart."""
    drop = (await _body(request)).get("drop_sockets", True)
    if not isinstance(drop, bool):
        raise UnknownFault(f"drop_sockets is true or false, not {drop!r}")
    await control_of(request).forget(drop_sockets=drop)
    return web.json_response({"forgotten": True})


async def post_drop_sockets(request: web.Request) -> web.Response:
    """``{"client_id": "…"}`` drops one client only."""
    client_id = (await _body(request)).get("client_id")
    if client_id is not None and not isinstance(client_id, str):
        raise UnknownFault(f"client_id is a text, not {client_id!r}")
    return web.json_response({"dropped": control_of(request).drop_sockets(client_id)})


async def post_unplug(request: web.Request) -> web.Response:
    """``{"seconds": 2.5}``: cut every connection and close the port for so long; prompts go on running."""
    seconds = (await _body(request)).get("seconds")
    if (
        isinstance(seconds, bool)
        or not isinstance(seconds, int | float)
        or not 0 < seconds <= _LONGEST_UNPLUGGED_SECONDS
    ):
        raise UnknownFault(f"seconds is a number above 0, at most {_LONGEST_UNPLUGGED_SECONDS}, not {seconds!r}")
    control_of(request).begin_unplugging(float(seconds))
    return web.json_response({"unplugging": True}, status=202)


ROUTES = (
    web.get("/simulator/faults", get_faults),
    web.post("/simulator/faults", _checked(post_faults)),
    web.delete("/simulator/faults", delete_faults),
    web.get("/simulator/state", get_state),
    web.post("/simulator/crash", post_crash),
    web.post("/simulator/forget", _checked(post_forget)),
    web.post("/simulator/drop-sockets", _checked(post_drop_sockets)),
    web.post("/simulator/unplug", _checked(post_unplug)),
)
