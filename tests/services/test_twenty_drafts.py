"""Twenty drafts on two machines of one's own, fal and a rented machine, each behind its real adapter: money makes them
end earlier, no more is spent than was allowed, and nothing is submitted twice."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.fakes.fal import COMFY, FakeFal
from tests.fakes.vast import KEY, Life
from tests.fakes.vast.server import FakeVast
from tests.generators import at_fal
from tests.hub import http_client, settings_for
from tests.services.asking import request
from tests.simulation.jumping_time import JumpingClock, run
from tests.waiting import eventually
from vibes.app.hub import Hub, running_hub
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.money import NOTHING, MicroUsd, told_usd
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

DRAFTS = 20
CAP = MicroUsd(100_000)
"""Ten cents."""
CHECKPOINT = "v1-5-pruned-emaonly.safetensors"
OWN = ("own-1", "own-2")
FAL, RENTED = NodeId("fal"), NodeId("rented")
AT_FAL = 4
"""Pictures that its own limit for a batch pays for."""
OWN_OPTIONS = NodeOptions(profile="rtx-3060", time_scale=8, previews=False)
RENTED_OPTIONS = NodeOptions(profile="rtx-5060-ti", time_scale=2, previews=False)
USUAL = {"health_interval": 5.0, "reconcile_interval": 2.0, "recheck_interval": 1.0}
"""Seconds as in a hub that people start."""


@dataclass(frozen=True)
class Studio:
    hub: Hub
    own: Sequence[SimulatedNode]
    fal: FakeFal
    vast: FakeVast


@asynccontextmanager
async def studio(folder: Path) -> AsyncIterator[Studio]:
    clock = JumpingClock()
    async with AsyncExitStack() as stack:
        own = [await stack.enter_async_context(SimulatedNode(OWN_OPTIONS)) for _ in OWN]
        fal = await stack.enter_async_context(FakeFal())
        vast = FakeVast(pace=1, options=RENTED_OPTIONS, now=lambda: clock.now().timestamp())
        await stack.enter_async_context(vast)
        vast.cloud.life = lambda: Life(created=2, loading=6, running=12, comfyui=20)
        (folder / ".env").write_text(f"VAST_API_KEY={KEY}\n", encoding="ascii")
        nodes = [*map(own_node, OWN, own), fal_node(fal), rented_node()]
        settings = settings_for(folder, fleet=yaml.safe_dump({"nodes": nodes}), rental_url=vast.url, **USUAL)
        hub = await stack.enter_async_context(running_hub(settings, clock=clock))
        yield Studio(hub, own, fal, vast)


def own_node(name: str, node: SimulatedNode) -> dict[str, Any]:
    return {**entry(name, vram_gb=12), "host": "127.0.0.1", "port": node.port}


def fal_node(fal: FakeFal) -> dict[str, Any]:
    inputs = {"prompt": "prompt", "negative_prompt": "negative", "seed": "seed"}
    options = at_fal.settings(fal, endpoint=COMFY, inputs=inputs, poll_seconds=1, model_name=CHECKPOINT)
    budget = {"per_batch_usd": AT_FAL * at_fal.PRICE}
    return {**entry(FAL, vram_gb=1), "kind": "fal-comfy", "budget": budget, "options": options}


def rented_node() -> dict[str, Any]:
    options = {
        "image": "vastai/comfy:v1",
        "max_price": 0.6,
        "https": False,
        "boot_minutes": 1,
        "idle_minutes": 1,
        "serves": [CHECKPOINT],
    }
    return {**entry(RENTED, vram_gb=24), "kind": "vast", "options": options}


def entry(name: str, vram_gb: int) -> dict[str, Any]:
    bounds = {"tier": "standard", "vram_gb": vram_gb, "max_resolution": 1536, "max_batch": 1}
    return {"id": name, "name": name, "capabilities": ["sd15"], **bounds}


async def within_long(condition: Callable[[], Any]) -> Any:
    """Seconds cost nothing here, looks do."""
    return await eventually(condition, within=1000, every=1)


async def drawn(hub: Hub, max_cost: MicroUsd, *, seed: int) -> list[Generation]:
    values = {"prompt": "a cat", "checkpoint": CHECKPOINT}
    submission = await hub.generations.submit(request(values=values, max_cost=max_cost, count=DRAFTS, seed=seed))

    async def all_ended() -> list[Generation] | None:
        pictures = await hub.storage.generations.of_batch(submission.batch.id)
        return [*pictures] if all(each.status.terminal for each in pictures) else None

    ended: list[Generation] = await within_long(all_ended)
    return ended


async def told_costs(hub: Hub, folder: Path) -> dict[str, Any]:
    async with http_client(hub, settings_for(folder)) as http:
        told: dict[str, Any] = (await http.get("/api/costs")).json()
    return told


def seconds_of(pictures: Sequence[Generation]) -> float:
    assert [each.status for each in pictures] == [GenerationStatus.COMPLETE] * DRAFTS, pictures
    return max((each.completed_at - each.created_at).total_seconds() for each in pictures if each.completed_at)


def test_money_makes_twenty_drafts_end_earlier_and_no_more_is_spent_than_was_allowed(tmp_path: Path) -> None:
    run(twenty_drafts(tmp_path))


async def twenty_drafts(folder: Path) -> None:
    async with studio(folder) as all_of_it:
        hub, fal, vast = all_of_it.hub, all_of_it.fal, all_of_it.vast
        without = await drawn(hub, NOTHING, seed=1)
        assert (fal.posts, vast.cloud.creates, vast.cloud.spent) == (0, [], 0)
        assert await hub.storage.spendings.held() == []
        paid = await drawn(hub, CAP, seed=100)
        await within_long(lambda: not any(each.open for each in hub.rentals.listed()))
        attempts = [each for one in paid for each in await hub.storage.attempts.of_generation(one.id)]
        [rental] = hub.rentals.listed()
        costs = await told_costs(hub, folder)
    assert {each.node_id for each in without} == {*OWN}
    assert seconds_of(paid) < 0.6 * seconds_of(without)
    by_node = Counter(each.node_id for each in paid)
    assert by_node[FAL] == AT_FAL, "its own limit for a batch pays for no more"
    assert by_node[RENTED] > 0
    at_fal_, rented = costs["gpus"] if costs["gpus"][0]["gpu_id"] == FAL else reversed(costs["gpus"])
    assert at_fal_["all_usd"] == at_fal_["spent_usd"] == AT_FAL * at_fal.PRICE
    assert (rented["pictures"], rented["committed_usd"], rented["unclear_usd"]) == (by_node[RENTED], 0, 0)
    assert 0 < rented["spent_usd"] < rented["machine_usd"], "it boots and idles for longer than it draws"
    assert rented["all_usd"] == told_usd(rental.cost)
    assert vast.cloud.spent <= rented["all_usd"]
    assert costs["total"]["spent_usd"] <= costs["total"]["all_usd"] <= told_usd(CAP)
    [session] = costs["sessions"]
    assert (session["machine_usd"], session["all_usd"]) == (0, costs["total"]["spent_usd"])
    submitted = Counter((each.node_id, each.generation_id) for each in attempts)
    assert max(submitted.values()) == 1
    assert (fal.posts, fal.runs) == (AT_FAL, AT_FAL)
    assert len({each.given["seed"] for each in fal.requests.values()}) == AT_FAL
    assert len(vast.cloud.creates) == 1
    [comfyui] = vast.comfyuis.values()
    assert comfyui.ledger.received == {each.id: 1 for each in attempts if each.node_id == RENTED}
    for own in all_of_it.own:
        assert {*own.ledger.received.values()} == {1}
