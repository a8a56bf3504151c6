"""What people do in a story: each deed chooses by its own seed among what is there when it is done."""

import asyncio
import random
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Any

from tests.simulation.fleet import NAMES
from tests.simulation.life import Life
from tests.simulation.watcher import ENDS

PROMPTS = ("a harbour", "a cat", "a ruined tower", "rain on glass")


async def asks_for_many(life: Life, chance: random.Random) -> None:
    await asks(life, chance, counts=(6, 10, 14))


async def asks(life: Life, chance: random.Random, counts: Sequence[int] = (1, 2, 3, 5, 8)) -> None:
    body: dict[str, Any] = {
        "prompt": chance.choice(PROMPTS),
        "model_family": chance.choice(["sd15", "sd15", "sdxl"]),
        "count": chance.choice(counts),
        "width": 512,
        "height": 512,
    }
    if chance.random() < 0.7:
        body["seed"] = chance.randint(1, 4)
    if chance.random() < 0.3:
        body["preferred_gpu"] = chance.choice(life.names)
    if chance.random() < 0.3:
        body["priority"] = chance.choice(["interactive", "normal", "bulk"])
    if life.watchers and chance.random() < 0.4:
        body["session_id"] = chance.choice(list(life.watchers))
    if life.has_money:
        body["max_cost_usd"] = chance.choice([0, 0, 0.01, 0.02, 0.05, "$0.10", 1])
    answer = await life.call("POST", "/api/generate/batch", body)
    if answer:
        life.batches.append(answer["batch_id"])
        life.watch(answer["session_id"])


async def asks_for_a_chain(life: Life, chance: random.Random) -> None:
    family = chance.choice(["sd15", "sdxl"])
    draws = {"type": f"{family}.text2img", "inputs": {"prompt": "a cat", "count": chance.choice([1, 2]), "seed": 7}}
    enlarges = {"type": "upscale.esrgan", "inputs": {"image": "@t1.images[0]"}}
    payload = {"tasks": [{"id": "t1", **draws}, {"id": "t2", **enlarges}]}
    limit = {"max_cost_usd": chance.choice([0, 0.03, 0.1])} if life.has_money else {}
    answer = await life.call("POST", "/api/jobs", {"kind": "workflow", "payload": payload, **limit})
    if answer:
        life.jobs.append(answer["job_id"])


def _some(life: Life, chance: random.Random, *statuses: str) -> str | None:
    found = [each for each, status in life.generations.items() if not statuses or status in statuses]
    return chance.choice(found) if found else None


async def _unwish(life: Life, method: str, path: str, *ids: str, body: Any = None) -> None:
    with life.wishes.cancelling(*ids):
        await life.call(method, path, body)


async def _try_again(life: Life, generation_id: str) -> None:
    life.wishes.asks_again(generation_id)
    if await life.call("POST", f"/api/generations/{generation_id}/retry"):
        life.wishes.again(generation_id)


async def cancels(life: Life, chance: random.Random) -> None:
    chosen = _some(life, chance, "queued", "generating")
    if chosen is not None:
        await _unwish(life, "POST", f"/api/generations/{chosen}/cancel", chosen)


async def cancels_a_batch(life: Life, chance: random.Random) -> None:
    if life.batches:
        chosen = chance.choice(life.batches)
        await _unwish(life, "DELETE", f"/api/batches/{chosen}", chosen)


async def cancels_a_job(life: Life, chance: random.Random) -> None:
    if life.jobs:
        chosen = chance.choice(life.jobs)
        await _unwish(life, "POST", f"/api/jobs/{chosen}/cancel", chosen)
        if chance.random() < 0.6:
            await tries_again(life, chance)  # somebody wants its pictures all the same


async def tries_again(life: Life, chance: random.Random) -> None:
    """Some of those in view, or of all that there are: a job's pictures as well."""
    over = [each for each, status in life.generations.items() if status in {"failed", "cancelled"}]
    if chance.random() < 0.5:
        listed = (await life.call("GET", "/api/generations?limit=50")).get("generations", [])
        over = [each["id"] for each in listed if each["status"] in {"failed", "cancelled"}]
    chosen = chance.sample(over, min(len(over), 3))
    await asyncio.gather(*(_try_again(life, each) for each in chosen))


async def cancels_and_tries_again(life: Life, chance: random.Random) -> None:
    chosen = _some(life, chance, "generating")
    if chosen is not None:
        await _unwish(life, "POST", f"/api/generations/{chosen}/cancel", chosen)
        await asyncio.sleep(chance.choice([0.0, 0.01, 1.0]))
        await _try_again(life, chosen)


async def changes_their_mind(life: Life, chance: random.Random) -> None:
    """About a whole batch: cancelled, wanted again one by one, and some of it not at all."""
    if not life.batches:
        return
    batch = chance.choice(life.batches)
    await _unwish(life, "DELETE", f"/api/batches/{batch}", batch)
    members = [each["id"] for each in (await life.call("GET", f"/api/batches/{batch}")).get("generations", [])]

    async def wants(generation_id: str, after: float, for_seconds: float | None) -> None:
        await asyncio.sleep(after)
        await _try_again(life, generation_id)
        if for_seconds is not None:
            await asyncio.sleep(for_seconds)
            await _unwish(life, "POST", f"/api/generations/{generation_id}/cancel", generation_id)

    again = chance.sample(members, min(len(members), 4))
    moods = [(each, chance.uniform(0, 0.5), chance.choice([None, 0.0, 0.3])) for each in again]
    await asyncio.gather(*(wants(*mood) for mood in moods))


async def throws_away(life: Life, chance: random.Random) -> None:
    chosen = _some(life, chance)
    if chosen is not None:
        await _unwish(life, "POST", "/api/generations/discard", chosen, body={"ids": [chosen]})
        if chance.random() < 0.3:
            await life.call("POST", "/api/generations/restore", {"ids": [chosen]})


async def deletes_a_session(life: Life, chance: random.Random) -> None:
    if len(life.watchers) > 1:
        chosen = chance.choice(list(life.watchers))
        await _unwish(life, "DELETE", f"/api/sessions/{chosen}", chosen)


async def looks(life: Life, chance: random.Random) -> None:
    for path in ("/api/queue", "/api/gpus", "/readyz", "/api/jobs", "/api/sessions"):
        await life.call("GET", path)
    body = {"prompt": "x", "model_family": chance.choice(["sd15", "sdxl"]), "count": 3}
    await life.call("POST", "/api/generate/estimate", body)
    if life.batches:
        batch = await life.call("GET", f"/api/batches/{chance.choice(life.batches)}")
        ended = sum(each["status"] in ENDS for each in batch.get("generations", []))
        if batch and len(batch["generations"]) == batch["total"] and batch["completed"] != ended:
            life.complain(f"batch {batch['batch_id']} says {batch['completed']}, its pictures {ended}")


async def pauses(life: Life, chance: random.Random) -> None:
    await life.call("PATCH", "/api/queue", {"action": "pause"})
    await asyncio.sleep(chance.uniform(0, 15))
    await life.call("PATCH", "/api/queue", {"action": "resume"})


async def moves(life: Life, chance: random.Random) -> None:
    chosen = _some(life, chance, "queued")
    if chosen is not None:
        to = chance.choice(["front", "back"])
        await life.call("PATCH", "/api/queue", {"action": "move", "generation_ids": [chosen], "to": to})


async def drains(life: Life, chance: random.Random) -> None:
    """And often leaves it so."""
    name = chance.choice(life.names)
    if await life.call("POST", f"/api/gpus/{name}/drain"):
        life.handbacks.is_drained(name)
    if chance.random() < 0.4:
        await asyncio.sleep(chance.uniform(0, 10))
        await resumes(life, name)


async def resumes(life: Life, name: str) -> None:
    life.handbacks.is_resumed(name)
    await life.call("POST", f"/api/gpus/{name}/resume")


async def hands_back(life: Life, chance: random.Random) -> None:
    """For a while, or until somebody lends it again."""
    name = chance.choice(life.names)
    seconds = chance.choice([None, 3.0, 15.0, 60.0])
    until = None if seconds is None else life.clock.now() + timedelta(seconds=seconds)
    running = chance.choice([None, "finish", "move", "now", "now"])
    body = {"until": until and until.isoformat(), "running": running, "free": chance.random() < 0.5}
    if await life.call("POST", f"/api/gpus/{name}/drain", body):
        life.handbacks.is_drained(name, until)


async def lends_again(life: Life, chance: random.Random) -> None:
    await resumes(life, chance.choice(life.names))


async def unloads(life: Life, chance: random.Random) -> None:
    await life.call("POST", f"/api/gpus/{chance.choice(life.names)}/free")


async def edits_the_fleet(life: Life, chance: random.Random) -> None:
    """Often down to the smallest machine, which can do the least."""
    part = chance.choice([0.0, 0.6])
    kept = tuple(name for name in life.names if chance.random() < part) or NAMES[-1:]
    text = life.fleet_text(kept, disabled=chance.choice([*life.names, "", ""]))
    broken = chance.choice(["nodes: [", "", "nodes:\n  - {id: large}\n"])
    life.edit_fleet(broken, broken=True) if chance.random() < 0.3 else life.edit_fleet(text)
    life.agenda.later(chance.uniform(0.2, 30), lambda: life.edit_fleet(life.fleet_text(life.names)))


async def asks_for_a_sweep(life: Life, chance: random.Random) -> None:
    """Whoever runs the hub may be impatient."""
    await asyncio.sleep(chance.uniform(0, 0.5))
    await life.sweep()


async def loses_the_line(life: Life, chance: random.Random) -> None:
    """A browser, for a moment."""
    if life.watchers:
        life.watchers[chance.choice(list(life.watchers))].cut()


async def settles_what_is_unclear(life: Life, chance: random.Random) -> None:
    waiting = (await life.call("GET", "/api/costs/maybe-paid")).get("attempts", [])
    for each in chance.sample(waiting, min(len(waiting), 2)):
        action = chance.choice(["find_out", "find_out", "give_up", "pay_again"])
        if action == "pay_again":
            life.wishes.asks_again(each["generation_id"])
        answer = await life.call("POST", f"/api/costs/maybe-paid/{each['attempt_id']}", {"action": action})
        if answer.get("finding") == "queued":
            life.wishes.again(each["generation_id"])


async def asks_what_it_costs(life: Life, chance: random.Random) -> None:
    costs = await life.call("GET", "/api/costs")
    body = {"prompt": "x", "model_family": "sd15", "count": chance.choice([1, 6]), "max_cost_usd": 0.05}
    told = await life.call("POST", "/api/generate/estimate", body)
    if told and told["free"]["cost_usd"]:
        life.complain(f"without spending anything it costs {told['free']['cost_usd']}")
    if costs and costs["today"]["spent_usd"] > costs["this_month"]["spent_usd"]:
        life.complain(f"more was spent today than this month: {costs}")


Deed = Callable[[Life, random.Random], Coroutine[Any, Any, None]]
DEEDS: tuple[Deed, ...] = (
    *(asks, asks, asks, asks, asks_for_a_chain, asks_for_a_chain, cancels, cancels_a_batch, cancels_a_job, tries_again),
    *(
        tries_again,
        cancels_and_tries_again,
        changes_their_mind,
        changes_their_mind,
        throws_away,
        deletes_a_session,
        looks,
        looks,
        pauses,
        moves,
        drains,
        unloads,
    ),
    *(edits_the_fleet, asks_for_a_sweep, loses_the_line),
)
"""The more often in it, the more often done."""
DEEDS_WITH_MONEY: tuple[Deed, ...] = (
    *DEEDS,
    *(asks, asks, asks_for_many, settles_what_is_unclear, settles_what_is_unclear, tries_again, asks_what_it_costs),
)
DEEDS_WITH_OWNERS: tuple[Deed, ...] = (
    *DEEDS,
    *(asks, asks, hands_back, hands_back, hands_back, hands_back, lends_again, looks),
)
