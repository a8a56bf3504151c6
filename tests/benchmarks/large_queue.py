"""300 nodes and 100,000 queued: a restart, memory, and how long any request keeps all others waiting.

The hub runs in a process of its own, this module's `main`, before nodes that take work and never finish it.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import websockets

from tests.benchmarks.figures import Figure
from tests.fakes import FakeFleet
from tests.hub import open_hub, served, settings_for
from tests.waiting import eventually
from vibes.app.hub import Hub

NODES, QUEUED, AT_ONCE, SESSIONS = 300, 100_000, 1000, 10
LOOK_SECONDS = 0.001
BODY = {"prompt": "a lighthouse at dusk, oil painting", "model_family": "sd15"}


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    queued = QUEUED // 10 if quick else QUEUED
    with tempfile.TemporaryDirectory() as folder:
        first = await _in_a_process(folder, "fill", queued)
        restarted = await _in_a_process(folder, "look", queued)
    stalls: dict[str, float] = restarted["stalls"]
    worst = max(stalls, key=lambda name: stalls[name])
    figures = [
        Figure(f"500 submitted to {NODES} nodes", first["submit_seconds"], "s", 0.5),
        Figure(f"restart with {queued:,} queued: answers", restarted["answers_seconds"], "s", 3),
        Figure("the same, resident once all is read", restarted["resident_megabytes"], "MB", 300),
        Figure(f"longest stall by a request ({worst})", 1000 * stalls[worst], "ms", 100),
    ]
    return figures, {"large_queue": {**first, **restarted}}


async def _in_a_process(folder: str, what: str, queued: int) -> dict[str, Any]:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, folder, what, str(queued)), stdout=asyncio.subprocess.PIPE
    )
    answer, _ = await child.communicate()
    told: dict[str, Any] = json.loads(answer)
    return told


class Stalls:
    """The longest time for which the event loop's thread computed without a turn for others.

    By the thread's own clock: what else the machine does in the meantime is not counted.
    """

    def __init__(self) -> None:
        self.worst = 0.0
        self._next = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look, time.thread_time())

    def _look(self, before: float) -> None:
        now = time.thread_time()
        self.worst = max(self.worst, now - before)
        self._next = asyncio.get_running_loop().call_later(LOOK_SECONDS, self._look, now)

    def stop(self) -> None:
        self._next.cancel()


async def fill(folder: Path, queued: int) -> dict[str, Any]:
    async with _hub(folder) as (_, http, _):
        await http.post("/api/generate/batch", json={**BODY, "count": 500})
        began = time.monotonic()
        await http.post("/api/generate/batch", json={**BODY, "count": 500})
        took = time.monotonic() - began
        await http.patch("/api/queue", json={"action": "pause"})
        sessions = [(await http.post("/api/sessions", json={})).json()["id"] for _ in range(SESSIONS)]
        for index in range(queued // AT_ONCE):
            body = {**BODY, "count": AT_ONCE, "session_id": sessions[index % SESSIONS]}
            (await http.post("/api/generate/batch", json=body)).raise_for_status()
    return {"submit_seconds": took}


async def look(folder: Path, queued: int) -> dict[str, Any]:
    began = time.monotonic()
    async with _hub(folder) as (hub, http, address):
        (await http.get("/api/queue?limit=1")).raise_for_status()
        answers = time.monotonic() - began
        await eventually(lambda: not hub.board.unread, within=120, what="the queue is read")
        resident = _resident_megabytes()
        await http.patch("/api/queue", json={"action": "resume"})
        await eventually(lambda: len(hub.board.active) >= NODES, within=60, what="every node has something")
        stalls = {name: await _stall_of(ask) for name, ask in await _requests(http, address)}
    return {"answers_seconds": answers, "resident_megabytes": resident, "stalls": stalls, "queued": queued}


async def _requests(http: httpx.AsyncClient, address: str) -> list[tuple[str, Callable[[], Awaitable[object]]]]:
    sessions = (await http.get("/api/sessions")).json()["sessions"]
    largest = max(sessions, key=lambda session: int(session["generation_count"]))["id"]

    async def snapshot() -> object:
        async with websockets.connect(f"ws://{address}/ws/session/{largest}", max_size=None) as stream:
            return await stream.recv()

    async def submit() -> object:
        return await http.post("/api/generate/batch", json={**BODY, "count": 500})

    return [
        ("queue", lambda: http.get("/api/queue")),
        ("far page of the queue", lambda: http.get("/api/queue?offset=50000&limit=1000")),
        ("estimate", lambda: http.post("/api/generate/estimate", json={**BODY, "count": 20})),
        ("nodes", lambda: http.get("/api/gpus")),
        ("sessions", lambda: http.get("/api/sessions?limit=500")),
        ("a large session", lambda: http.get(f"/api/sessions/{largest}")),
        ("search", lambda: http.get("/api/generations?limit=1000")),
        ("snapshot", snapshot),
        ("500 submitted", submit),
        ("a large session deleted", lambda: http.delete(f"/api/sessions/{largest}")),
    ]


async def _stall_of(ask: Callable[[], Awaitable[object]]) -> float:
    stalls = Stalls()
    await ask()
    stalls.stop()
    return stalls.worst


@asynccontextmanager
async def _hub(folder: Path) -> AsyncIterator[tuple[Hub, httpx.AsyncClient, str]]:
    nodes = "".join(
        f"  - {{id: n{index}, name: n{index}, vram_gb: 8, tier: draft, host: 10.1.{index // 250}.{index % 250},"
        " port: 8188, capabilities: [sd15], max_resolution: 1024, max_batch: 1}\n"
        for index in range(NODES)
    )
    settings = settings_for(folder, fleet=f"nodes:\n{nodes}", max_batch_count=AT_ONCE, health_interval=30.0)
    async with (
        open_hub(settings, FakeFleet(instant=False)) as hub,
        served(hub, settings) as address,
        httpx.AsyncClient(base_url=f"http://{address}", trust_env=False, timeout=600) as http,
    ):
        yield hub, http, address


def _resident_megabytes() -> float:
    path = Path("/proc/self/status")
    if not path.exists():
        return float("nan")
    [line] = [line for line in path.read_text().splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) / 1024


def main() -> None:
    folder, what, queued = sys.argv[1:]
    told = asyncio.run({"fill": fill, "look": look}[what](Path(folder), int(queued)))
    print(json.dumps(told))  # noqa: T201 - the answer to the process that asked


if __name__ == "__main__":
    main()
