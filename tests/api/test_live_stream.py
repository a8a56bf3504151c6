"""The WebSocket of a session over a real socket: snapshot, numbered events, previews, resume."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from pydantic import TypeAdapter
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Origin

from tests.described import assert_described
from tests.fakes import FakeFleet
from tests.hub import open_hub, served, settings_for
from tests.waiting import deadline, eventually
from vibes.api.schemas.live_messages import LiveMessage
from vibes.app.hub import Hub
from vibes.domain.ids import NodeId, SessionId
from vibes.domain.nodes.events import AttemptPreview
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.principal import LOCAL
from vibes.domain.session import FlowType

PROMISED: TypeAdapter[LiveMessage] = TypeAdapter(LiveMessage)


async def next_text(socket: ClientConnection) -> dict[str, Any]:
    async with deadline():
        while True:
            message = await socket.recv()
            if isinstance(message, str):
                event: dict[str, Any] = json.loads(message)
                if event["type"] != "pong":  # what a ping is answered is no message of the session
                    assert_described(event, PROMISED)
                return event


async def texts_until(socket: ClientConnection, kind: str) -> list[dict[str, Any]]:
    events = [await next_text(socket)]
    while events[-1]["type"] != kind:
        events.append(await next_text(socket))
    return events


def request(session_id: SessionId, count: int = 1) -> GenerationRequest:
    return GenerationRequest(
        session_id=session_id,
        model_family="sd15",
        values={"prompt": "a cat"},
        count=count,
        preferred_node=NodeId("fast"),
    )


async def new_session(hub: Hub) -> SessionId:
    return (await hub.sessions.create(FlowType.DRAFT_GRID, {})).id


async def test_first_the_state_then_every_event_in_order_to_the_picture(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    settings = settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, served(hub, settings) as address:
        session_id = await new_session(hub)
        async with connect(f"ws://{address}/ws/session/{session_id}", proxy=None) as socket:
            snapshot = await next_text(socket)
            assert snapshot["type"] == "snapshot"
            assert snapshot["session"]["generations"] == []
            assert [gpu["id"] for gpu in snapshot["gpus"]] == ["fast", "slow"]

            await hub.generations.submit(request(session_id))
            node = fleet["fast"]
            [attempt_id] = await eventually(lambda: node.running)
            sampler = next(key for key, body in node.graphs[attempt_id].items() if body["class_type"] == "KSampler")
            for step in (1, 3, 2, 10):
                node.progress(attempt_id, sampler, step, 10)
            await eventually(node._events.empty)
            node.finish(attempt_id)
            events = [event for event in await texts_until(socket, "complete") if event["type"] != "node"]

    assert [event["type"] for event in events] == [
        "batch",
        "generating",
        "progress",
        "progress",
        "progress",
        "complete",
    ]
    assert [(event["current"], event["total"]) for event in events if event["type"] == "progress"] == [
        (1, 10),
        (3, 10),
        (9, 10),
    ], "never back, and the end only with the picture"
    numbers = [snapshot["seq"], *(event["seq"] for event in events)]
    assert numbers == sorted(set(numbers))
    complete = events[-1]
    assert complete["image_url"] == f"/api/images/{session_id}/{complete['generation_id']}"
    assert complete["thumbnail_url"] == f"{complete['image_url']}/thumb"
    assert (complete["node_id"], complete["completed"], complete["batch_total"]) == ("fast", 1, 1)
    assert complete["seconds"] >= 0


async def test_who_comes_back_with_its_last_number_misses_nothing_and_gets_nothing_twice(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, served(hub, settings) as address:
        session_id = await new_session(hub)
        url = f"ws://{address}/ws/session/{session_id}"
        async with connect(url, proxy=None) as socket:
            since = (await next_text(socket))["seq"]
        await hub.generations.submit(request(session_id, count=3))
        await eventually(lambda: not hub.board.active and not hub.board.waiting)
        async with connect(f"{url}?since={since}", proxy=None) as socket:
            missed = [await next_text(socket)]
            while missed[-1]["type"] != "batch" or missed[-1]["completed"] < 3:
                missed.append(await next_text(socket))
        assert [event["seq"] for event in missed] == list(range(since + 1, since + 1 + len(missed)))
        async with connect(f"{url}?since={since - 10_000}", proxy=None) as socket:
            assert (await next_text(socket))["type"] == "snapshot", "too old to resume"
        async with connect(f"{url}?since={missed[-1]['seq'] + 5}", proxy=None) as socket:
            assert (await next_text(socket))["type"] == "snapshot", "a number that never was"


async def test_previews_are_binary_and_carry_the_generations_id(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    settings = settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, served(hub, settings) as address:
        session_id = await new_session(hub)
        submission = await hub.generations.submit(request(session_id))
        async with connect(f"ws://{address}/ws/session/{session_id}", proxy=None) as socket:
            assert (await next_text(socket))["type"] == "snapshot"  # a preview is sent to those who listen by then
            [attempt_id] = await eventually(lambda: fleet["fast"].running)
            fleet["fast"].tell(AttemptPreview(attempt_id, "image/jpeg", b"\xff\xd8picture"))
            async with deadline():
                frame = await socket.recv()
                while isinstance(frame, str):
                    frame = await socket.recv()
    assert frame[:2] == b"\x01\x01"
    assert str(UUID(bytes=frame[2:18])) == submission.generations[0].id
    assert frame[18:] == b"\xff\xd8picture"


async def test_ping_is_answered_and_nonsense_is_ignored(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, served(hub, settings) as address:
        session_id = await new_session(hub)
        async with connect(f"ws://{address}/ws/session/{session_id}", proxy=None) as socket:
            await next_text(socket)
            for nonsense in ("{", "[]", b"\x00\x01", "ping"):
                await socket.send(nonsense)
            assert await next_text(socket) == {"type": "pong"}


async def test_an_unknown_session_is_closed_with_the_reason(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, served(hub, settings) as address:
        async with connect(f"ws://{address}/ws/session/nobody", proxy=None) as socket:
            with pytest.raises(ConnectionClosed) as closed:
                await next_text(socket)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4404, "there is no session nobody")


async def test_a_foreign_page_gets_no_socket(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, api_key="a-long-enough-secret-key")
    async with open_hub(settings, FakeFleet()) as hub, served(hub, settings) as address:
        session_id = await new_session(hub)
        url = f"ws://{address}/ws/session/{session_id}"
        with pytest.raises(InvalidStatus) as no_key:
            await connect(url, proxy=None)
        with pytest.raises(InvalidStatus) as foreign:
            await connect(url, proxy=None, origin=Origin("http://evil.example"))
        async with connect(f"{url}?ticket={hub.authentication.tickets.issue(LOCAL)}", proxy=None) as socket:
            assert (await next_text(socket))["type"] == "snapshot"
    assert (no_key.value.response.status_code, foreign.value.response.status_code) == (401, 403)


async def test_a_listener_that_does_not_read_makes_nobody_wait(tmp_path: Path) -> None:
    fleet = FakeFleet()
    settings = settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, served(hub, settings) as address:
        session_id = await new_session(hub)
        url = f"ws://{address}/ws/session/{session_id}"
        sleeper, listener = connect(url, proxy=None, max_queue=1), connect(url, proxy=None)
        # before the server's pings, 20 s apart, end the sleeper after 40 s and so free whoever waits for it
        async with sleeper as asleep, listener as awake, deadline(30):
            await hub.generations.submit(request(session_id, count=20))
            event = await next_text(awake)
            while event["type"] != "batch" or event["completed"] < 20:
                event = await next_text(awake)
            asleep.transport.abort()


async def test_a_number_of_thousands_of_digits_is_none_of_ours(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with open_hub(settings, FakeFleet()) as hub, served(hub, settings) as address:
        session = await hub.sessions.create(FlowType.DRAFT_GRID, {})
        for since in ("9" * 5000, "-1", "x", "٣" * 30):
            async with connect(f"ws://{address}/ws/session/{session.id}?since={quote(since)}") as socket:
                assert json.loads(await socket.recv())["type"] == "snapshot"
