"""The data of the release before replicas, workers and limits: a row in every table, all of it there and read in this
release, and backed up by it."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet, png
from tests.hub import FLEET, http_client, open_hub, settings_for
from tests.services.test_backups import vibes
from vibes.storage.upgrading.migrate import migrate

LAST = Path(__file__).parents[1] / "fixtures" / "databases" / "0022.sql"
"""Written by that release: a whole hub drew it."""
Rows = dict[str, list[dict[str, Any]]]


def rows_of(database: Path) -> Rows:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        names = [row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY rowid")]  # noqa: S608 - its own
            for name in names
        }


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "vibes.db")) as connection:
        connection.executescript(LAST.read_text(encoding="utf-8"))
        paths = connection.execute("SELECT image_path FROM generations WHERE image_path IS NOT NULL").fetchall()
    for (path,) in paths:
        file = folder / "images" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(png())
    return folder


def test_every_row_of_every_table_is_there_unchanged(data: Path) -> None:
    before = rows_of(data / "vibes.db")
    assert [name for name, rows in before.items() if not rows] == [], "the fixture tells of every table"
    migrate(data / "vibes.db")
    after = rows_of(data / "vibes.db")
    del before["alembic_version"]
    for name, rows in before.items():
        kept = [{column: row[column] for column in old} for old, row in zip(rows, after[name], strict=True)]
        assert kept == rows, name
    [aside] = data.glob("vibes.db.before-*.bak")
    assert rows_of(aside)["generations"] == before["generations"], "to go back to that release"


async def test_all_of_it_is_read_by_this_release(tmp_path: Path, data: Path) -> None:
    rows = rows_of(data / "vibes.db")
    settings = settings_for(tmp_path, fleet=FLEET)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:

        async def told(path: str) -> Any:
            answer = await http.get(path)
            assert answer.status_code == 200, (path, answer.text)
            return answer.json()

        complete = [row["id"] for row in rows["generations"] if row["status"] == "complete"]
        found = (await told("/api/generations?limit=100"))["generations"]
        assert {each["id"] for each in found} >= set(complete)
        for each in found:
            if each["status"] == "complete":
                assert (await http.get(each["image_url"])).status_code == 200
        assert len((await told("/api/generations?starred=true"))["generations"]) == 1
        assert len((await told("/api/generations?min_rating=4"))["generations"]) == 1
        [board] = (await told("/api/boards"))["boards"]
        assert (board["name"], board["count"]) == ("Türme", 2)
        assert [each["name"] for each in (await told("/api/styles"))["styles"]] == ["ink"]
        assert len((await told("/api/jobs"))["jobs"]) == len(rows["jobs"])
        for job in rows["jobs"]:
            assert (await told(f"/api/jobs/{job['id']}"))["status"] == job["status"]
        for session in rows["sessions"]:
            await told(f"/api/sessions/{session['id']}")
        [intent] = rows["intents"]
        assert (await told(f"/api/sessions/{intent['session_id']}/intent"))["version"] == intent["version"]
        assert len((await told(f"/api/sessions/{intent['session_id']}/refinements"))["refinements"]) == 1
        assert (await told("/api/queue"))["paused"]
        assert (await told("/api/gpus/slow"))["state"] == "draining"
        assert len((await told("/api/rentals"))["rentals"]) <= 1
        assert [spending["node_id"] for spending in rows["spendings"]] == ["fal"]
        assert len(await hub.storage.spendings.totals(from_day="2026-01-01", to_day="2026-12-31")) == 1
        assert (await hub.storage.models.notes()).families == {"mine.safetensors": "sdxl"}
        assert await hub.storage.artifacts.owner_of(rows["artifacts"][0]["id"]) == "anna"
        status, said = await vibes("backup", tmp_path / "backup", "--data", data, "--config", settings.config)
        assert (status, f"{len(complete)} pictures" in said) == (0, True), said
