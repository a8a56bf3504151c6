"""The data of an earlier release, opened by this one: what people see of it is what they saw before."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from tests.fakes import png
from tests.hub import FLEET, http_client, open_hub, settings_for
from tests.services.test_storage_upgrading import OLD, SESSION


def data_of_an_earlier_release(folder: Path) -> None:
    (folder / "data").mkdir()
    with closing(sqlite3.connect(folder / "data" / "vibes.db")) as connection:
        connection.executescript(OLD.read_text(encoding="utf-8"))
        rows = connection.execute("SELECT image_path FROM generations WHERE image_path IS NOT NULL").fetchall()
        doomed = connection.execute("SELECT path FROM doomed_files").fetchall()
    for (path,) in (*rows, *doomed):
        file = folder / "data" / "images" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png(size=(64, 48)))


async def test_sessions_and_pictures_of_an_earlier_release_are_served_as_they_were(tmp_path: Path) -> None:
    data_of_an_earlier_release(tmp_path)
    settings = settings_for(tmp_path, fleet=FLEET)
    async with open_hub(settings) as hub, http_client(hub, settings) as http:
        session = (await http.get(f"/api/sessions/{SESSION}")).json()
        by_status: dict[str, list[dict[str, Any]]] = {}
        for each in session["generations"]:
            by_status.setdefault(each["status"], []).append(each)
        assert {status: len(found) for status, found in by_status.items()} == {
            "complete": 3,
            "failed": 1,
            "cancelled": 1,
            "queued": 3,  # the node of the one that was being drawn is in no gpus.yaml any more
        }
        for each in by_status["complete"]:
            [image] = each["images"]
            assert (image["media_type"], image["url"], image["index"]) == ("image/png", each["image_url"], 0)
            assert image["graph_node"] is None
            answer = await http.get(each["image_url"])
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
            assert (await http.get(each["thumbnail_url"])).headers["content-type"] == "image/jpeg"
        for status in ("failed", "cancelled", "queued"):
            assert all(each["images"] == [] and each["image_url"] is None for each in by_status[status])
        assert (await http.get("/api/sessions")).json()["sessions"][0]["id"] == SESSION
        assert len((await http.get("/api/jobs")).json()["jobs"]) == 1
        await hub.storage.ping()
