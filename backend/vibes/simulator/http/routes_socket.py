"""The websocket route."""

import json
import uuid
from typing import Any

from aiohttp import WSMsgType, web

from vibes.simulator.http.control import control_of, station_of
from vibes.simulator.http.routes_catalogue import features
from vibes.simulator.state.sockets import Client


async def get_socket(request: web.Request) -> web.WebSocketResponse:
    """Serve one client: send its ``status``, then all that is published. Only the first text of the client is read."""
    station = station_of(request)
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    client_id = request.query.get("clientId", "") or uuid.uuid4().hex
    if request.transport is None:
        return socket
    client = Client(socket, request.transport)
    station.hub.register(client_id, client)
    try:
        await socket.send_json({"type": "status", "data": {"status": station.queue_info(), "sid": client_id}})
        if station.client_id == client_id and station.current_graph_node is not None:
            await socket.send_json({"type": "executing", "data": {"node": station.current_graph_node}})
        await _listen(request, client)
    except ConnectionError:
        pass  # the client closed during the greeting
    finally:
        station.hub.unregister(client_id, client)
    return socket


async def _listen(request: web.Request, client: Client) -> None:
    first = True
    async for message in client.socket:
        if message.type is WSMsgType.TEXT:
            if first:
                await _greet(request, client, message.data)
            first = False


async def _greet(request: web.Request, client: Client, text: str) -> None:
    try:
        said: Any = json.loads(text)
    except json.JSONDecodeError:
        return
    if isinstance(said, dict) and said.get("type") == "feature_flags":
        flags = said.get("data", {})
        client.flags = flags if isinstance(flags, dict) else {}
        control = control_of(request)
        answer = features(control.station.setup.dialect, control.options.max_upload_bytes)
        await client.socket.send_json({"type": "feature_flags", "data": answer})


ROUTES = (web.get("/ws", get_socket),)
