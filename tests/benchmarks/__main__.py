"""``make bench``: how close a batch on the demo fleet comes to the bound that no schedule can beat."""

import asyncio
import json
import platform
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from tests.processes import vibes_service
from tests.waiting import eventually
from vibes.scheduling.bounds import lower_bound_seconds

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
SECONDS_EACH = {"gpu-premium": 0.5, "gpu-quality": 0.8, "gpu-standard": 1.0, "gpu-draft": 1.5}
"""The seed's times for SD1.5, 512², 10 steps."""
COUNT = 20
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Makespan:
    """One batch: seconds from the submission to the last stored picture."""

    seconds: float
    lower_bound_seconds: float
    shares: dict[str, int]

    @property
    def ratio(self) -> float:
        return self.seconds / self.lower_bound_seconds


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with (
            vibes_service(*("demo", "--port", "0", "--no-browser", "--data", "data"), cwd=Path(folder)) as demo,
            httpx.AsyncClient(base_url=demo.url, trust_env=False) as http,
        ):
            await eventually(lambda: _all_ready(http), within=30)
            cold = await _batch(http)
            warm = [await _batch(http) for _ in range(ROUNDS)]
    _show(cold, warm)
    _write({"cold": asdict(cold), "warm": [asdict(each) for each in warm]})


async def _all_ready(http: httpx.AsyncClient) -> bool:
    return all(gpu["healthy"] for gpu in (await http.get("/api/gpus")).json()["gpus"])


async def _batch(http: httpx.AsyncClient) -> Makespan:
    body = {"prompt": "a lighthouse at dusk", "model_family": "sd15", "count": COUNT}
    started = time.monotonic()
    batch_id = (await http.post("/api/generate/batch", json=body)).json()["batch_id"]

    async def finished() -> dict[str, Any] | None:
        batch: dict[str, Any] = (await http.get(f"/api/batches/{batch_id}")).json()
        return batch if batch["completed"] == batch["total"] else None

    batch = await eventually(finished, within=120, what="the batch is finished")
    seconds = time.monotonic() - started
    shares: dict[str, int] = dict.fromkeys(SECONDS_EACH, 0)
    for generation in batch["generations"]:
        shares[generation["gpu_id"]] += 1
    bound = lower_bound_seconds(COUNT, list(SECONDS_EACH.values()), [0.0] * len(SECONDS_EACH))
    return Makespan(seconds, bound or 0.0, shares)


def _show(cold: Makespan, warm: list[Makespan]) -> None:
    table = Table(title=f"{COUNT} drafts on 1.5/1.0/0.8/0.5 s nodes, real time (equal split would take 7.5 s)")
    for heading in ("run", "seconds", "T*", "ratio", *SECONDS_EACH):
        table.add_column(heading, justify="right")
    for name, each in [("cold", cold), *((f"warm {number}", each) for number, each in enumerate(warm, start=1))]:
        table.add_row(
            name,
            f"{each.seconds:.2f}",
            f"{each.lower_bound_seconds:.2f}",
            f"{each.ratio:.3f}",
            *(str(each.shares[node]) for node in SECONDS_EACH),
        )
    Console().print(table)


def _write(result: dict[str, Any]) -> None:
    RESULTS.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC)
    path = RESULTS / f"makespan-{moment:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps({"at": moment.isoformat(), "python": platform.python_version(), **result}, indent=2))
    Console().print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


asyncio.run(main())
