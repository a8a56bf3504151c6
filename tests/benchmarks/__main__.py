"""``make bench``: how close batches come to the bound that no schedule can beat, simulated and on the demo fleet."""

import asyncio
import json
import platform
import tempfile
import time
from contextlib import aclosing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.simulated import report as simulated_report
from tests.processes import vibes_service
from tests.waiting import eventually
from vibes.commands.hub_client import HubAddress, HubClient, open_hub
from vibes.scheduling.bounds import lower_bound_seconds

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
SECONDS_EACH = {"gpu-premium": 0.5, "gpu-quality": 0.8, "gpu-standard": 1.0, "gpu-draft": 1.5}
"""The seed's times for SD1.5, 512², 10 steps."""
COUNT = 20
ROUNDS = 5
LIMIT_SECONDS = 120.0
BODY = {"prompt": "a lighthouse at dusk", "model_family": "sd15", "count": COUNT}


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
    simulated = simulated_report()
    with tempfile.TemporaryDirectory() as folder:
        async with (
            vibes_service(*("demo", "--port", "0", "--no-browser", "--data", "data"), cwd=Path(folder)) as demo,
            open_hub(HubAddress(demo.url, None)) as hub,
        ):
            await eventually(lambda: _all_ready(hub), within=30)
            cold = await _batch(hub)
            warm = [await _batch(hub) for _ in range(ROUNDS)]
    _show(cold, warm)
    _write({"cold": asdict(cold), "warm": [asdict(each) for each in warm], "simulated": simulated})


async def _all_ready(hub: HubClient) -> bool:
    return all(gpu["healthy"] for gpu in (await hub.get("/api/gpus"))["gpus"])


async def _batch(hub: HubClient) -> Makespan:
    """Followed over the live events, as a browser does: asking again and again would slow down what is measured."""
    session_id = (await hub.post("/api/sessions", {}))["id"]
    shares: dict[str, int] = dict.fromkeys(SECONDS_EACH, 0)
    async with asyncio.timeout(LIMIT_SECONDS), aclosing(hub.events(session_id, None)) as events:
        await anext(events)
        started = time.monotonic()
        await hub.post("/api/generate/batch", BODY | {"session_id": session_id})
        async for event in events:
            if event["type"] == "complete":
                shares[event["node_id"]] += 1
                if event["completed"] == COUNT:
                    break
    bound = lower_bound_seconds(COUNT, list(SECONDS_EACH.values()), [0.0] * len(SECONDS_EACH))
    return Makespan(time.monotonic() - started, bound or 0.0, shares)


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
