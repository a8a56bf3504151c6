"""The demo at real time: a batch and the whole funnel against the bound, and the way to a browser."""

import asyncio
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import aclosing, closing
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import httpx

from tests.benchmarks.figures import Figure
from tests.benchmarks.hubs import demo_hub
from vibes.client import AsyncHubClient, BatchRequest, GenerationCompleted
from vibes.domain.pictures.spec import TaskType
from vibes.scheduling.bounds import lower_bound_seconds

NODES = ("gpu-premium", "gpu-quality", "gpu-standard", "gpu-draft")
SD15_SECONDS = (0.5, 0.8, 1.0, 1.5)
"""Seconds for SD1.5, 512², 10 steps, on the demo's four cards."""
LOAD_SECONDS = (1.2, 1.4, 2.0, 3.0)
"""Of the SD1.5 checkpoint, by the simulated profiles."""
SDXL_SECONDS_PER_STEP = (6 / 20, 8 / 20, 10 / 20)
"""Seconds a step for SDXL at 1024² on the three of them that can."""
DRAFTS, ROUNDS = 20, 5
LIMIT_SECONDS = 300.0
_REFINED = BatchRequest(prompt="a lighthouse at dusk", model_family="sdxl", width=1024, height=1024)
FUNNEL = (
    replace(_REFINED, count=8, steps=25, denoise_strength=0.55, task_type=TaskType.STANDARD),
    replace(_REFINED, count=3, steps=35, denoise_strength=0.4, task_type=TaskType.QUALITY),
    replace(_REFINED, count=1, steps=50, denoise_strength=0.3, task_type=TaskType.QUALITY),
)
"""As the funnel asks: a draft would be given to the lowest card that takes at most half as long again."""


@dataclass(frozen=True, slots=True)
class Run:
    """One batch: seconds from the submission to the last `complete`, and what the hub said could not be beaten."""

    seconds: float
    lower_bound_seconds: float
    generations: tuple[str, ...]
    arrived: dict[str, float]
    """Wall-clock seconds at which the event of each picture came."""

    @property
    def ratio(self) -> float:
        return self.seconds / self.lower_bound_seconds


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    async with demo_hub() as (demo, data), AsyncHubClient(demo.url) as hub:
        cold = await _batch(hub, _drafts())
        warm = [await _batch(hub, _drafts()) for _ in range(ROUNDS)]
        delays = await _delays(hub, data, warm)
        funnel = [] if quick else await _funnel(hub)
    ideal = lower_bound_seconds(DRAFTS, SD15_SECONDS, [0.0] * 4) or 0.0
    ideal_cold = lower_bound_seconds(DRAFTS, SD15_SECONDS, LOAD_SECONDS) or 0.0
    ratios = [run.seconds / ideal for run in warm]
    figures = [
        Figure(f"{DRAFTS} drafts, warm, median of {ROUNDS}", median(ratios), "x T*", 1.02),
        Figure(f"{DRAFTS} drafts, cold, loads in T*", cold.seconds / ideal_cold, "x T*", 1.25),
        Figure("node done to browser event, four cards drawing, p50", 1000 * median(delays), "ms", 15),
        Figure("the same, p99", 1000 * quantiles(delays, n=100)[98], "ms", 50),
    ]
    if funnel:
        total, bound = sum(run.seconds for run in funnel), ideal + sum(_sdxl_bounds())
        figures.append(Figure("funnel 20, 8, 3, 1", total / bound, "x sum of T*", 1.03))
    details = {
        "drafts_cold_seconds": cold.seconds,
        "drafts_warm_seconds": [run.seconds for run in warm],
        "funnel_seconds": [run.seconds for run in funnel],
    }
    return figures, details


def _drafts() -> BatchRequest:
    return BatchRequest(prompt="a lighthouse at dusk", model_family="sd15", count=DRAFTS)


async def _batch(hub: AsyncHubClient, request: BatchRequest, session_id: str | None = None) -> Run:
    """Followed over the live events, as a browser does: asking again and again would slow down what is measured."""
    session_id = session_id or (await hub.sessions.create()).id
    arrived: dict[str, float] = {}
    async with asyncio.timeout(LIMIT_SECONDS), aclosing(hub.sessions.events(session_id)) as events:
        await anext(events)
        started = time.monotonic()
        accepted = await hub.batches.submit(replace(request, session_id=session_id))
        async for event in events:
            if isinstance(event, GenerationCompleted) and event.batch_id == accepted.batch_id:
                arrived[event.generation_id] = time.time()
                if event.completed == event.batch_total:
                    break
    seconds = time.monotonic() - started
    ids = tuple(each.id for each in accepted.generations)
    return Run(seconds, accepted.lower_bound_seconds or 0.0, ids, arrived)


async def _funnel(hub: AsyncHubClient) -> list[Run]:
    """A person who picks at once: each stage refines the first pictures of the one before."""
    session_id = (await hub.sessions.create()).id
    for _ in range(3):  # what a warm studio knows: every card has drawn what the funnel asks for
        await _batch(hub, BatchRequest(prompt="a lighthouse", model_family="sdxl", count=6, steps=25))
    runs = [await _batch(hub, _drafts(), session_id)]
    for stage in FUNNEL:
        runs.append(await _batch(hub, replace(stage, parents=runs[-1].generations[: stage.count]), session_id))
    return runs


def _sdxl_bounds() -> list[float]:
    bounds = []
    for stage in FUNNEL:
        each = [seconds * (stage.steps or 0) for seconds in SDXL_SECONDS_PER_STEP]
        bounds.append(lower_bound_seconds(stage.count, each, [0.0] * len(each)) or 0.0)
    return bounds


async def _delays(hub: AsyncHubClient, data: Path, runs: Sequence[Run]) -> list[float]:
    """Seconds from a node's own `execution_success` to the event of the stored picture in the browser."""
    arrived = {each: at for run in runs for each, at in run.arrived.items()}
    return await seconds_to_browser(hub, data, arrived)


async def seconds_to_browser(hub: AsyncHubClient, data: Path, arrived: Mapping[str, float]) -> list[float]:
    """``arrived``: wall-clock seconds at which the event of each generation came."""
    finished = await _finished_at(hub)
    with closing(sqlite3.connect(f"file:{data / 'vibes.db'}?mode=ro", uri=True)) as connection:
        won = dict(connection.execute("SELECT generation_id, id FROM attempts WHERE state = 'won'"))
    return [at - finished[won[each]] for each, at in arrived.items() if won.get(each) in finished]


async def _finished_at(hub: AsyncHubClient) -> dict[str, float]:
    ends: dict[str, float] = {}
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        for gpu in (await hub.discovery.fleet()).gpus:
            for prompt_id, entry in (await http.get(f"{gpu.url}/history")).json().items():
                for name, message in entry["status"]["messages"]:
                    if name == "execution_success":
                        ends[prompt_id] = message["timestamp"] / 1000
    return ends
