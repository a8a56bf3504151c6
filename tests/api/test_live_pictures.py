"""Every live message that tells of a picture says what REST says of it, whatever the picture has of its own."""

from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect

from tests.api.test_live_stream import new_session, next_text, texts_until
from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, served, settings_for

AS_IN_REST = ("image_url", "thumbnail_url", "media_type")


async def test_what_is_told_of_pictures_is_what_rest_says_of_them(tmp_path: Path) -> None:
    """Of a grid, which has what varies, with a wildcard, which has what was written."""
    settings = settings_for(tmp_path)
    async with (
        open_hub(settings, FakeFleet()) as hub,
        served(hub, settings) as address,
        http_client(hub, settings) as http,
    ):
        session_id = await new_session(hub)
        async with connect(f"ws://{address}/ws/session/{session_id}", proxy=None) as socket:
            await next_text(socket)
            body = {
                "session_id": session_id,
                "model_family": "sd15",
                "prompt": "a {red|blue} cat",
                "wildcards": True,
                "axes": {"x": {"parameter": "steps", "values": [3, 4]}},
            }
            answer = await http.post("/api/generate/variations", json=body)
            assert answer.status_code == 202, answer.text
            told: list[dict[str, Any]] = []
            while sum(each["type"] == "complete" for each in told) < 2:
                told += await texts_until(socket, "complete")
        rest = (await http.get(f"/api/sessions/{session_id}")).json()
        pictures = {each["id"]: each for each in rest["generations"]}
        for event in told:
            if event["type"] != "complete":
                continue
            picture = pictures[event["generation_id"]]
            assert event["node_id"] == picture["gpu_id"]
            assert round(event["seconds"] * 1000) == picture["generation_time_ms"]
            assert {name: event[name] for name in AS_IN_REST} == {name: picture[name] for name in AS_IN_REST}
        async with connect(f"ws://{address}/ws/session/{session_id}", proxy=None) as late:
            snapshot = await next_text(late)
    assert snapshot["session"] == rest, "a second window sees the same as a reload"
    assert sorted(each["varied"]["steps"] for each in pictures.values()) == [3, 4]
    assert all(each["written"]["prompt"] == "a {red|blue} cat" for each in pictures.values())
