"""What people and machines may do at any time of a random life."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from tests.services.random_fleet import NAMES, fleet_of, pass_time
from vibes.domain.errors import NodeUnreachable
from vibes.domain.generation import GenerationStatus

if TYPE_CHECKING:
    from tests.services.random_life import Life

OVER = {status.value for status in GenerationStatus if status.terminal}


async def asks(life: "Life") -> None:
    body: dict[str, Any] = {"prompt": "a harbour", "model_family": life.chance.choice(["sd15", "sd15", "sdxl"])}
    body |= {
        "count": life.chance.choice([1, 1, 2, 5, 8]),
        "width": 512,
        "height": 512,
        "seed": life.chance.randint(1, 9),
    }
    if life.chance.random() < 0.3:
        body["preferred_gpu"] = life.chance.choice(NAMES)
    if life.chance.random() < 0.3:
        body["priority"] = life.chance.choice(["interactive", "normal", "bulk"])
    parent = await life.some("complete") if life.chance.random() < 0.3 else None
    if parent is not None:
        body["session_id"] = parent["session_id"]
    await life.call("POST", "/api/generate/batch", body)


async def asks_for_a_chain(life: "Life") -> None:
    draws = {"type": "sd15.text2img", "inputs": {"prompt": "a cat", "count": life.chance.choice([1, 2]), "seed": 7}}
    enlarges = {"type": "upscale.esrgan", "inputs": {"image": "@t1.images[0]"}}
    payload = {"tasks": [{"id": "t1", **draws}, {"id": "t2", **enlarges}]}
    await life.call("POST", "/api/jobs", {"kind": "workflow", "payload": payload})


async def cancels(life: "Life") -> None:
    chosen = await life.some("queued", "generating")
    if chosen is not None:
        await life.call("POST", f"/api/generations/{chosen['id']}/cancel")


async def cancels_a_batch(life: "Life") -> None:
    chosen = await life.some("queued", "generating")
    if chosen is not None:
        await life.call("DELETE", f"/api/batches/{chosen['batch_id']}")


async def cancels_a_job(life: "Life") -> None:
    jobs = (await life.call("GET", "/api/jobs")).get("jobs", [])
    if jobs:
        await life.call("POST", f"/api/jobs/{life.chance.choice(jobs)['job_id']}/cancel")


async def tries_again(life: "Life") -> None:
    for _ in range(life.chance.randint(1, 3)):
        chosen = await life.some("failed", "cancelled")
        if chosen is not None:
            await life.call("POST", f"/api/generations/{chosen['id']}/retry")


async def cancels_and_tries_again(life: "Life") -> None:
    chosen = await life.some("generating")
    if chosen is not None:
        await life.call("POST", f"/api/generations/{chosen['id']}/cancel")
        await life.call("POST", f"/api/generations/{chosen['id']}/retry")


async def throws_away(life: "Life") -> None:
    chosen = await life.some()
    if chosen is not None:
        await life.call("POST", "/api/generations/discard", {"ids": [chosen["id"]]})


async def deletes_a_session(life: "Life") -> None:
    chosen = await life.some()
    if chosen is not None and life.chance.random() < 0.1:
        await life.call("DELETE", f"/api/sessions/{chosen['session_id']}")


async def looks(life: "Life") -> None:
    chosen = await life.some()
    for path in ("/api/queue", "/api/gpus", "/readyz", "/metrics"):
        await life.http.get(path) if path == "/metrics" else await life.call("GET", path)
    body = {"prompt": "x", "model_family": "sdxl", "count": 3}
    await life.call("POST", "/api/generate/estimate", body)
    if chosen is not None:
        batch = await life.call("GET", f"/api/batches/{chosen['batch_id']}")
        ended = sum(each["status"] in OVER for each in batch.get("generations", []))
        if batch and len(batch["generations"]) == batch["total"] and batch["completed"] != ended:
            life.problems.append(f"batch {batch['batch_id']} says {batch['completed']}, its pictures {ended}")


async def pauses(life: "Life") -> None:
    await life.call("PATCH", "/api/queue", {"action": "pause"})
    await pass_time(life.chance, 0, 0.1)
    await life.call("PATCH", "/api/queue", {"action": "resume"})


async def moves(life: "Life") -> None:
    chosen = await life.some("queued")
    if chosen is not None:
        to = life.chance.choice(["front", "back"])
        await life.call("PATCH", "/api/queue", {"action": "move", "generation_ids": [chosen["id"]], "to": to})


async def drains(life: "Life") -> None:
    name = life.chance.choice(NAMES)
    await life.call("POST", f"/api/gpus/{name}/drain")
    await pass_time(life.chance, 0, 0.2)
    await life.call("POST", f"/api/gpus/{name}/resume")


async def edits_the_fleet(life: "Life") -> None:
    kept = tuple(name for name in NAMES if life.chance.random() < 0.7) or ("slow",)
    text = fleet_of(kept, disabled=life.chance.choice([*NAMES, "", ""]))
    life.settings.config.write_text(life.chance.choice([text, text, "nodes: [", ""]), encoding="utf-8")
    await pass_time(life.chance, 0, 0.4)
    life.settings.config.write_text(fleet_of(NAMES), encoding="utf-8")


async def a_machine_goes_away(life: "Life") -> None:
    node = life.machine()
    if node is not None:
        node.unplug()
        await pass_time(life.chance, 0, 0.3)
        node.reachable = True
        node.tell_connected()


async def a_machine_restarts(life: "Life") -> None:
    node = life.machine()
    if node is not None:
        (node.forget_everything if life.chance.random() < 0.5 else node.restart_unheard)()


async def a_machine_misbehaves(life: "Life") -> None:
    node = life.machine()
    if node is None:
        return
    match life.chance.randrange(6):
        case 0:
            node.posts_lost = 1
        case 1:
            node.answers_lost = 1
        case 2:
            node.missed_checks = life.chance.randint(1, 4)
        case 3:
            node.files_gone = 1
        case 4:
            node.nonsense = True
            await pass_time(life.chance, 0, 0.2)
            node.nonsense = False
        case 5:
            node.refusal = NodeUnreachable("connection refused")
            await pass_time(life.chance, 0, 0.2)
            node.refusal = None


async def a_worker_wedges(life: "Life") -> None:
    node = life.machine()
    if node is not None:
        node.wedged = True
        await pass_time(life.chance, 0, 0.3)
        node.unwedge()


async def a_machine_is_stuck(life: "Life") -> None:
    """Its run takes so long that a second attempt is made of it."""
    estimator = life.hub.estimator
    for active in list(life.hub.board.active.values()):
        for node_id in life.hub.supervisor.nodes:
            for _ in range(3):
                estimator.observe(node_id, active.work, 0.004, warm=True)
    await asyncio.sleep(0)


async def a_sweep(life: "Life") -> None:
    await life.hub.sweep()


Deed = Callable[["Life"], Coroutine[Any, Any, None]]
DEEDS: tuple[Deed, ...] = (
    *(asks, asks, asks, asks_for_a_chain, cancels, cancels_a_batch, cancels_a_job, tries_again, tries_again),
    *(cancels_and_tries_again, throws_away, deletes_a_session, looks, pauses, moves, drains, edits_the_fleet),
    *(a_machine_goes_away, a_machine_restarts, a_machine_misbehaves, a_worker_wedges, a_machine_is_stuck, a_sweep),
)
