"""Whole hubs with providers: pictures drawn at fal and OpenAI, what they cost, and what a restart leaves of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.fal import KEY, FakeFal
from tests.fakes.fal import Course as FalCourse
from tests.fakes.fal.faults import GATEWAY, LOCKED
from tests.fakes.openai import Course, FakeOpenAI, faults
from tests.generators import at_fal, at_openai
from tests.hub import http_client, open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import BatchId, NodeId
from vibes.domain.nodes.node import NodeState
from vibes.domain.reason import ReasonCode
from vibes.nodes.generator import engine
from vibes.services.events.live_events import NumberedEvent
from vibes.services.fleet import supervisor

PLENTY = 1_000_000
"""One dollar."""
OPENAI = NodeId("openai")
DRAWS_WITH = {"prompt": "prompt", "negative_prompt": "negative", "seed": "seed"}


def node(name: str, kind: str, families: list[str], options: dict[str, Any]) -> dict[str, Any]:
    bounds = {"tier": "standard", "vram_gb": 1, "max_resolution": 2048, "max_batch": 1}
    return {"id": name, "name": name, "kind": kind, "capabilities": families, "options": options, **bounds}


def at_fal_nodes(fal: FakeFal) -> str:
    """One that draws by words, one that redraws."""
    options = at_fal.settings(fal)
    workflow = {**options, "endpoint": "comfy/me/portrait", "inputs": DRAWS_WITH}
    nodes = [node("portraits", "fal-comfy", ["sd15"], workflow), node("lightning", "fal-lightning", ["sdxl"], options)]
    return yaml.safe_dump({"nodes": nodes})


def at_openai_node(server: FakeOpenAI, **more: Any) -> str:
    options = {name: value for name, value in at_openai.settings(server, **more).items() if name != "strategy"}
    return yaml.safe_dump({"nodes": [node("openai", "openai", ["sdxl"], options)]})


@asynccontextmanager
async def studio(folder: Path, fleet: str) -> AsyncIterator[Hub]:
    async with open_hub(settings_for(folder, fleet=fleet)) as hub:
        yield hub


async def submitted(hub: Hub, **given: Any) -> BatchId:
    return (await hub.generations.submit(request(max_cost=PLENTY, **given))).batch.id


async def drawn(hub: Hub, **given: Any) -> Generation:
    [generation] = await finished(hub, await submitted(hub, **given))
    return generation


async def costs(hub: Hub, folder: Path) -> dict[str, Any]:
    async with http_client(hub, settings_for(folder)) as http:
        told: dict[str, Any] = (await http.get("/api/costs")).json()["total"]
    return told


@pytest.fixture
async def fal() -> AsyncIterator[FakeFal]:
    async with FakeFal() as server:
        yield server


async def test_a_picture_is_drawn_and_redrawn_at_fal_and_its_price_is_known(fal: FakeFal, tmp_path: Path) -> None:
    async with studio(tmp_path, at_fal_nodes(fal)) as hub:
        draft = await drawn(hub, seed=11)
        refined = await drawn(hub, parents=(draft.id,), model_family="sdxl", values={"prompt": "a cat, refined"})
        attempts = [await hub.storage.attempts.of_generation(each.id) for each in (draft, refined)]
        spent = await costs(hub, tmp_path)
    assert (draft.status, refined.status) == (GenerationStatus.COMPLETE,) * 2, (draft, refined)
    assert (draft.node_id, refined.node_id) == ("portraits", "lightning")
    first, second = fal.requests.values()
    assert first.given["seed"] == 11
    assert second.given["strength"] == refined.spec.denoise_strength
    assert [len(each) for each in attempts] == [1, 1]
    assert fal.runs == fal.posts == 2
    nothing = dict.fromkeys(["committed_usd", "unclear_usd", "machine_usd"], 0.0)
    assert spent == {"spent_usd": 2 * at_fal.PRICE, "all_usd": 2 * at_fal.PRICE, "pictures": 2, **nothing}


async def test_a_hub_that_was_stopped_finds_its_picture_at_fal_again(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(FalCourse(holds="IN_PROGRESS"))
    async with studio(tmp_path, at_fal_nodes(fal)) as hub:
        batch = await submitted(hub)
        await eventually(lambda: fal.requests and fal.latest.looks)
    assert not fal.latest.cancelled
    async with studio(tmp_path, at_fal_nodes(fal)) as hub:
        fal.let_go()
        [generation] = await finished(hub, batch)
    assert generation.status is GenerationStatus.COMPLETE, generation.error_message
    assert (fal.runs, fal.posts) == (1, 1)


@pytest.mark.parametrize("leaves", [False, True], ids=["its options are edited", "it is taken out and put back"])
async def test_an_edit_of_gpus_yaml_loses_no_picture_that_takes_longer_than_its_node_stays(
    fal: FakeFal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leaves: bool
) -> None:
    """Nothing is cancelled at fal, where it is drawn and charged all the same, and it is taken when it is there."""
    monkeypatch.setattr(supervisor, "LEAVING_SECONDS", 0.0)
    settings = settings_for(tmp_path, fleet=at_fal_nodes(fal))
    others = at_fal_nodes(fal).replace("id: portraits", "id: others")
    fal.next(FalCourse(holds="IN_PROGRESS"))
    async with open_hub(settings) as hub:
        batch = await submitted(hub)
        await eventually(lambda: fal.requests and fal.latest.looks)
        before = hub.supervisor.get(NodeId("portraits"))
        if leaves:
            settings.config.write_text(others, encoding="utf-8")
            await eventually(lambda: NodeId("portraits") not in hub.supervisor.nodes)
        edited = at_fal_nodes(fal).replace(f"price_usd: {at_fal.PRICE}", "price_usd: 0.005")
        settings.config.write_text(edited, encoding="utf-8")
        await eventually(lambda: hub.supervisor.nodes.get(NodeId("portraits"), before) is not before)
        fal.let_go()

        async def is_there() -> bool:
            [generation] = await hub.storage.generations.of_batch(batch)
            return generation.status is GenerationStatus.COMPLETE

        await eventually(is_there)
        spent = await costs(hub, tmp_path)
    assert not fal.latest.cancelled
    assert (fal.runs, fal.posts) == (1, 1)
    assert (spent["pictures"], spent["unclear_usd"]) == (1, 0.0)


async def test_an_edit_of_gpus_yaml_is_in_force_once_what_is_paid_for_is_drawn(tmp_path: Path) -> None:
    """Its answer is the picture, which nobody can ask for again."""
    async with FakeOpenAI() as server:
        server.next(Course(hangs=True))
        settings = settings_for(tmp_path, fleet=at_openai_node(server))
        async with open_hub(settings) as hub:
            batch = await submitted(hub, model_family="sdxl", seed=None)
            await eventually(lambda: server.runs)
            before = hub.supervisor.get(OPENAI)
            settings.config.write_text(at_openai_node(server, quality="low"), encoding="utf-8")
            await eventually(lambda: before.state is NodeState.DRAINING)
            assert "paid for, and ends first" in str(before.reason)
            waiting = await submitted(hub, model_family="sdxl", seed=None)
            [late] = await hub.storage.generations.of_batch(waiting)
            server.released.set()
            [generation] = await finished(hub, batch)
            [after] = await finished(hub, waiting)
            assert hub.supervisor.get(OPENAI) is not before
            spent = await costs(hub, tmp_path)
    assert generation.status is GenerationStatus.COMPLETE, generation.error_message
    assert after.status is GenerationStatus.COMPLETE, "it was not given to the node that leaves"
    assert late.status is GenerationStatus.QUEUED
    assert (server.posts, spent["pictures"], spent["unclear_usd"]) == (2, 2, 0.0)


async def test_an_edit_that_is_undone_before_the_picture_is_drawn_changes_nothing(tmp_path: Path) -> None:
    async with FakeOpenAI() as server:
        server.next(Course(hangs=True))
        settings = settings_for(tmp_path, fleet=at_openai_node(server))
        async with open_hub(settings) as hub:
            batch = await submitted(hub, model_family="sdxl", seed=None)
            await eventually(lambda: server.runs)
            before = hub.supervisor.get(OPENAI)
            settings.config.write_text(at_openai_node(server, quality="low"), encoding="utf-8")
            await eventually(lambda: before.state is NodeState.DRAINING)
            settings.config.write_text(at_openai_node(server), encoding="utf-8")
            await eventually(lambda: before.state is NodeState.BUSY)
            server.released.set()
            [generation] = await finished(hub, batch)
            assert hub.supervisor.get(OPENAI) is before
    assert generation.status is GenerationStatus.COMPLETE


async def test_a_picture_under_way_outlasts_a_provider_that_does_not_answer_for_a_while(
    fal: FakeFal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "ASKED_SECONDS", 0)
    fal.next(FalCourse(holds="IN_PROGRESS"))
    async with studio(tmp_path, at_fal_nodes(fal)) as hub:
        batch = await submitted(hub)
        await eventually(lambda: fal.requests and fal.latest.looks)
        fal.storage.down, fal.down = True, GATEWAY
        watch = hub.supervisor.get(NodeId("portraits"))
        reason = await eventually(lambda: watch.pause_reason)
        state = watch.state
        fal.storage.down, fal.down = False, None
        fal.let_go()
        [generation] = await finished(hub, batch)
    assert generation.status is GenerationStatus.COMPLETE, generation.error_message
    assert (reason.code, state.takes_work) == (ReasonCode.CHECK_FAILED, True)
    assert (fal.runs, fal.posts) == (1, 1)


async def test_an_answer_that_was_lost_is_not_asked_for_twice(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(FalCourse(silent=True))
    async with studio(tmp_path, at_fal_nodes(fal)) as hub:
        generation = await drawn(hub)
        spent = await costs(hub, tmp_path)
    assert generation.status is GenerationStatus.FAILED
    assert spent["unclear_usd"] == at_fal.PRICE
    assert (fal.runs, fal.posts) == (1, 1)


async def test_an_empty_balance_stops_the_node_and_says_why(fal: FakeFal, tmp_path: Path) -> None:
    fal.next(*[FalCourse(refused=LOCKED)] * 3)
    async with studio(tmp_path, at_fal_nodes(fal)) as hub:
        await submitted(hub, count=3)
        watch = hub.supervisor.get(NodeId("portraits"))
        reason = await eventually(lambda: watch.pause_reason)
    assert reason.code is ReasonCode.OUT_OF_CREDIT
    assert "Exhausted balance" in str(reason)
    assert fal.runs == 0


async def test_a_picture_of_openai_shows_itself_and_tells_its_price(tmp_path: Path) -> None:
    async with FakeOpenAI() as server:
        fleet = at_openai_node(server, token_prices={"output": 40}, partial_images=2)
        async with studio(tmp_path, fleet) as hub:
            batch = await submitted(hub, model_family="sdxl", seed=None)
            [pending] = await hub.storage.generations.of_batch(batch)
            listener, _ = hub.live.subscribe(pending.session_id, None)
            told: set[str] = set()
            while "GenerationCompleted" not in told:
                event = await listener.next()
                told.add(type(event.event if isinstance(event, NumberedEvent) else event).__name__)
            [generation] = await finished(hub, batch)
            spent = await costs(hub, tmp_path)
        assert generation.status is GenerationStatus.COMPLETE, generation.error_message
        assert "Preview" in told
        assert spent["spent_usd"] == 0.04224, "1,056 tokens of $40 a million"
        assert (server.posts, server.runs) == (1, 1)


async def test_what_openai_does_not_draw_fails_in_its_words(tmp_path: Path) -> None:
    async with FakeOpenAI() as server:
        server.next(Course(refused=faults.MODERATED))
        async with studio(tmp_path, at_openai_node(server)) as hub:
            generation = await drawn(hub, model_family="sdxl", seed=None)
    assert generation.status is GenerationStatus.FAILED
    assert "safety_violations=[violence]" in (generation.error_message or "")
    assert server.posts == 1


async def test_a_key_that_is_put_right_while_the_hub_runs_is_taken_up(
    fal: FakeFal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAL_KEY", raising=False)
    keys, options = tmp_path / ".env", at_fal.settings(fal)
    del options["api_key"]
    keys.write_text("FAL_KEY=mistyped\n", encoding="ascii")
    async with studio(tmp_path, yaml.safe_dump({"nodes": [node("fal", "fal-lightning", ["sdxl"], options)]})) as hub:
        await eventually(lambda: hub.fleet.node(NodeId("fal")).state is NodeState.OFFLINE)
        keys.write_text(f"FAL_KEY={KEY}\n", encoding="ascii")
        await eventually(lambda: hub.fleet.node(NodeId("fal")).state is NodeState.READY)
        keys.write_text("no key\n", encoding="ascii")
        await eventually(lambda: bool(hub.fleet.config_problems))
        assert ".env:1: no NAME=value" in str(hub.fleet.config_problems[0])
        assert hub.fleet.node(NodeId("fal")).state is NodeState.READY, "the last good version stays"


@pytest.mark.parametrize("written", ["", "FAL_KEY=a key of two words\n"], ids=["is missing", "fits into no request"])
async def test_a_node_whose_key_is_not_there_says_so_and_keeps_no_other_one_from_working(
    fal: FakeFal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str
) -> None:
    monkeypatch.delenv("FAL_KEY", raising=False)
    keys, options = tmp_path / ".env", at_fal.settings(fal)
    del options["api_key"]
    keys.write_text(written, encoding="ascii")
    async with FakeOpenAI() as server:
        others = yaml.safe_load(at_openai_node(server))["nodes"]
        nodes = {"nodes": [node("fal", "fal-lightning", ["sdxl"], options), *others]}
        async with studio(tmp_path, yaml.safe_dump(nodes)) as hub:
            generation = await drawn(hub, model_family="sdxl", seed=None)
            assert generation.status is GenerationStatus.COMPLETE, generation.error_message
            reason = hub.fleet.node(NodeId("fal")).reason
            assert reason is not None
            assert reason.code is ReasonCode.MISCONFIGURED
            assert ("put FAL_KEY=…" if not written else "without spaces") in reason.sentence
            assert "two words" not in reason.sentence
            keys.write_text(f"FAL_KEY={KEY}\n", encoding="ascii")
            await eventually(lambda: hub.fleet.node(NodeId("fal")).state is NodeState.READY)
