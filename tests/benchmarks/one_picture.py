"""What a picture costs the hub: rows, bytes, messages and processor time, by kind of database; the figures of
docs/scale.md.

Nodes take no time and their pictures are small, so that what is measured is the hub's own work.
"""

import asyncio
import os
import sqlite3
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx

from tests.backing import PostgresqlServer, answers, postgresql
from tests.benchmarks.figures import Figure
from tests.benchmarks.hubs import instant_hub
from tests.server_programs import NotInstalled
from tests.waiting import eventually
from vibes.client import AsyncHubClient

NODES, PICTURES, WARM = 6, 400, 40
TICKS = os.sysconf("SC_CLK_TCK")


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    count = PICTURES // 4 if quick else PICTURES
    told = {"sqlite": await _measured(count, None)}
    try:
        with postgresql().database() as url:
            told["postgresql"] = await _measured(count, url)
    except NotInstalled:
        pass
    figures = [
        Figure(f"processor time of the hub for a picture, {name}", each["hub_milliseconds"], "ms", 15)
        for name, each in told.items()
    ]
    return figures, {"one_picture": told}


async def _measured(count: int, database: str | None) -> dict[str, Any]:
    environment = {"VIBES_DATABASE_URL": database} if database else None
    async with (
        instant_hub(NODES, environment) as (hub, data),
        httpx.AsyncClient(base_url=hub.url, trust_env=False, timeout=60) as http,
    ):
        url, pid = hub.url, hub.process.pid
        session_id = (await http.post("/api/sessions", json={})).json()["id"]
        await _draw(http, session_id, WARM)
        server = [*_family(postgresql())] if database else []
        before, used, server_used = _Stored.of(data, database), _seconds([pid]), _seconds(server)
        messages = asyncio.create_task(_messages(url, session_id))
        await _draw(http, session_id, count)
        used, server_used = _seconds([pid]) - used, _seconds(server) - server_used
        after = _Stored.of(data, database)
        heard, heard_bytes = await messages
    return {
        "hub_milliseconds": 1000 * used / count,
        "database_milliseconds": 1000 * server_used / count,
        "rows": {name: round((after.rows[name] - before.rows[name]) / count, 2) for name in after.rows},
        "database_bytes": (after.database_bytes - before.database_bytes) / count,
        "media_bytes": (after.media_bytes - before.media_bytes) / count,
        "media_files": (after.media_files - before.media_files) / count,
        "messages": heard / count,
        "message_bytes": heard_bytes / count,
    }


async def _draw(http: httpx.AsyncClient, session_id: str, count: int) -> None:
    body = {"prompt": "a lighthouse", "model_family": "sd15", "count": count, "session_id": session_id}
    batch_id = (await http.post("/api/generate/batch", json=body)).raise_for_status().json()["batch_id"]

    async def over() -> bool:
        batch = (await http.get(f"/api/batches/{batch_id}")).json()
        return bool(batch["completed"] == batch["total"])

    await eventually(over, within=300, every=1.0, what="all are drawn")


async def _messages(url: str, session_id: str) -> tuple[int, int]:
    """What one watcher hears until it is quiet, the snapshot apart."""
    heard = size = 0
    async with AsyncHubClient(url) as hub, aclosing(hub.sessions.events(session_id)) as events:
        await anext(events)
        while True:
            try:
                async with asyncio.timeout(8):
                    event = await anext(events)
            except TimeoutError:
                return heard, size
            heard += 1
            size += len(repr(event))


class _Stored:
    """What lies in database and folder."""

    def __init__(self, rows: dict[str, int], database_bytes: int, media: list[int]) -> None:
        self.rows, self.database_bytes = rows, database_bytes
        self.media_bytes, self.media_files = sum(media), len(media)

    @classmethod
    def of(cls, data: Path, url: str | None) -> "_Stored":
        media = [file.stat().st_size for file in (data / "images").rglob("*") if file.is_file()]
        if url is not None:
            names = "SELECT relname FROM pg_stat_user_tables"
            counts = {str(name): f"SELECT count(*) FROM {name}" for (name,) in answers(url, names)}  # noqa: S608 - as below
            rows = {name: _count(url, count) for name, count in counts.items()}
            return cls(rows, _count(url, "SELECT pg_database_size(current_database())"), media)
        with sqlite3.connect(data / "vibes.db") as database:
            names = "SELECT name FROM sqlite_master WHERE type = 'table'"
            tables = [name for (name,) in database.execute(names).fetchall()]
            counts = {name: f"SELECT count(*) FROM {name}" for name in tables}  # noqa: S608 - its own names
            rows = {name: int(database.execute(count).fetchone()[0]) for name, count in counts.items()}
            [pages], [size] = (database.execute(f"PRAGMA {what}").fetchone() for what in ("page_count", "page_size"))
        return cls(rows, pages * size, media)


def _count(url: str, query: str) -> int:
    return int(str(answers(url, query)[0][0]))


def _family(server: PostgresqlServer) -> list[int]:
    """The server's process and its children."""
    first = server._process.pid if server._process else 0
    pids = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
    return [pid for pid in pids if pid == first or _parent(pid) == first]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def _seconds(pids: list[int]) -> float:
    """Processor time of these, as far as they live."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICKS
