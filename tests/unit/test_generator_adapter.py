"""One generator behind the port of nodes, asked by the calls of the port alone."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import png
from tests.waiting import eventually
from vibes.domain.errors import NODE_MISCONFIGURED, ForeignOutput, NodeError, NodeUnreachable, OutputGone
from vibes.domain.ids import AttemptId, NodeId
from vibes.domain.nodes.events import AttemptEnded, AttemptStarted, NodeConnected, NodeEvent
from vibes.domain.nodes.node import ModelFolder, NodeConfig, Tier
from vibes.domain.nodes.outcome import (
    Errored,
    Interrupted,
    MaybePaid,
    OutputFile,
    Pending,
    Running,
    Succeeded,
    TurnedDown,
    Whereabouts,
)
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.nodes.wanted import Wanted
from vibes.domain.pictures.spec import Operation
from vibes.domain.reason import ReasonCode
from vibes.nodes.generator.kind import generator_kinds
from vibes.nodes.generator.node import ImageGeneratorNode
from vibes.ports.kinds import HubTraits
from vibes.ports.orders import InputImage

FIRST, SECOND = AttemptId("11111111-1111-4111-8111-111111111111"), AttemptId("22222222-2222-4222-8222-222222222222")
SENT: dict[str, Any] = {"prompt": "a cat", "options": {"seed": 7, "width": 64, "height": 64}, "images": {}, "steps": 4}


@asynccontextmanager
async def house(folder: Path, **options: Any) -> AsyncIterator[ImageGeneratorNode]:
    kinds = {kind.name: kind for kind in generator_kinds(HubTraits(state_folder=folder, answer_seconds=30))}
    config = NodeConfig(
        id=NodeId("house"),
        name="house",
        tier=Tier.STANDARD,
        vram_gb=1,
        capabilities=frozenset({"sd15", "sdxl", "controlnet", "upscale"}),
        max_resolution=2048,
        max_batch=1,
        kind="mock",
        options={"retries": 0, **options},
    )
    node = kinds["mock"].connect(config)
    assert isinstance(node, ImageGeneratorNode)
    try:
        yield node
    finally:
        await node.close()


async def ended(node: ImageGeneratorNode, attempt_id: AttemptId = FIRST) -> Whereabouts:
    async def over() -> Whereabouts | None:
        found = await node.find(attempt_id)
        return None if isinstance(found, Pending | Running) else found

    return await eventually(over, what="it is over")


def scripted(outcome: str, **more: Any) -> dict[str, Any]:
    return {"script": [{"outcome": outcome, "message": "as it is", **more}]}


async def test_a_picture_is_told_and_fetched(tmp_path: Path) -> None:
    async with house(tmp_path) as node:
        await node.check()
        await node.submit(FIRST, SENT)
        found = await ended(node)
        assert isinstance(found, Succeeded)
        picture = await node.fetch(found.outputs[0], SENT)
        with pytest.raises(ForeignOutput):
            await node.fetch(found.outputs[0], {**SENT, "options": {"seed": 8}})
        with pytest.raises(OutputGone):
            await node.fetch(OutputFile(str(tmp_path / "nothing.png"), "", "generator"))
        told: list[NodeEvent] = []
        async for event in node.events():
            told.append(event)
            if isinstance(event, AttemptEnded):
                break
    assert picture.startswith(b"\x89PNG")
    assert (told[0], told[1], told[-1]) == (NodeConnected(), AttemptStarted(FIRST), AttemptEnded(FIRST))


async def test_it_draws_from_the_pictures_that_were_brought(tmp_path: Path) -> None:
    source = InputImage(png((9, 9, 9)))
    sent = {**SENT, "images": {"image": source.digest}}
    async with house(tmp_path) as node:
        assert not node.has(source)
        await node.bring(source)
        assert node.has(source)
        await node.submit(FIRST, sent)
        assert isinstance(await ended(node), Succeeded)
        node.forget_images()
        assert not node.has(source)


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        ("moderated", Errored("as it is", refused_by="mock", cost_usd=0.0)),
        ("invalid_input", Errored("as it is", cost_usd=0.0)),
        ("out_of_memory", Errored("as it is", cost_usd=0.0)),
        ("unavailable", TurnedDown(message="as it is", broke=True)),
        ("crashed", TurnedDown(message="as it is", broke=True, died=True)),
        ("maybe_paid", MaybePaid("as it is")),
    ],
)
async def test_what_an_error_means(tmp_path: Path, outcome: str, wanted: Whereabouts) -> None:
    async with house(tmp_path, **scripted(outcome)) as node:
        await node.discover()
        await node.submit(FIRST, SENT)
        assert await ended(node) == wanted
        assert (await node.check()).closed is None, "it takes the next"


@pytest.mark.parametrize(
    ("outcome", "code", "seconds"),
    [
        ({"outcome": "rate_limited", "retry_after": 42.0}, ReasonCode.RATE_LIMITED, 42.0),
        ({"outcome": "rate_limited"}, ReasonCode.RATE_LIMITED, 10.0),
        ({"outcome": "out_of_credit"}, ReasonCode.OUT_OF_CREDIT, 300.0),
    ],
)
async def test_after_which_errors_it_takes_nothing_else_and_for_how_long(
    tmp_path: Path, outcome: dict[str, Any], code: ReasonCode, seconds: float
) -> None:
    async with house(tmp_path, script=[{**outcome, "message": "as it is"}]) as node:
        await node.submit(FIRST, SENT)
        found = await ended(node)
        assert isinstance(found, TurnedDown)
        closed = (await node.check()).closed
    assert found.closed is not None
    assert closed is not None
    assert (closed.reason.code, closed.reason.sentence) == (code, "as it is")
    assert found.closed.seconds == pytest.approx(seconds, abs=0.5)
    assert closed.seconds <= found.closed.seconds


async def test_a_wrong_setting_is_told_at_every_check_until_it_is_time_to_try_again(tmp_path: Path) -> None:
    async with house(tmp_path, **scripted("misconfigured")) as node:
        await node.check()
        await node.submit(FIRST, SENT)
        await ended(node)
        with pytest.raises(NodeError) as wrong:
            await node.check()
    assert (wrong.value.code, wrong.value.message) == (NODE_MISCONFIGURED, "as it is")


@pytest.mark.parametrize(
    ("code", "error", "told_as"),
    [
        ("misconfigured", NodeError, NODE_MISCONFIGURED),
        ("unavailable", NodeUnreachable, NodeUnreachable.code),
        ("", NodeError, NodeError.code),
    ],
)
async def test_why_it_is_not_well_is_told_by_the_code_of_its_connection_test(
    tmp_path: Path, code: str, error: type[NodeError], told_as: str
) -> None:
    async with house(tmp_path, unhealthy="the ink is dry", unhealthy_code=code) as node:
        with pytest.raises(error, match="the ink is dry") as told:
            await node.check()
    assert told.value.code == told_as


@pytest.mark.parametrize("code", ["out_of_credit", "rate_limited"])
async def test_one_whose_connection_test_says_that_it_takes_nothing_for_a_while_is_well_and_closed(
    tmp_path: Path, code: str
) -> None:
    async with house(tmp_path, unhealthy="later", unhealthy_code=code) as node:
        closed = (await node.check()).closed
    assert closed is not None
    assert (str(closed.reason.code), str(closed.reason.sentence)) == (code, "later")


async def test_the_loras_that_a_generator_knows_are_files_of_the_node(tmp_path: Path) -> None:
    named = (ModelFolder.CHECKPOINTS, "mock"), (ModelFolder.LORAS, "style/ink.safetensors")
    asked_for = needs(Operation.TXT2IMG, *named, loras=1)
    for has, reasons in ((["style/ink.safetensors"], ()), ([], ("lacks LoRA style/ink.safetensors",)), (None, ())):
        async with house(tmp_path, models=[{"name": "mock", "loras": has}], capabilities=["lora"]) as node:
            inventory = await node.discover()
        assert inventory.lacks(asked_for) == reasons
        assert inventory.files[ModelFolder.LORAS] == frozenset(has or ())


async def test_an_empty_account_is_not_even_tried_and_its_balance_is_told(tmp_path: Path) -> None:
    async with house(tmp_path, price_usd=0.5, balance_usd=0.0) as node:
        vitals = await node.check()
        inventory = await node.discover()
        charges = node.charges
    assert vitals.balance_usd == 0
    assert vitals.closed is not None
    assert vitals.closed.reason.code is ReasonCode.OUT_OF_CREDIT
    assert charges
    assert (str(inventory.cost), inventory.models[0].price) == ("$0.50 a picture", 500_000)


async def test_a_killed_hub_finds_what_was_paid_for_by_the_journal(tmp_path: Path) -> None:
    async with house(tmp_path, price_usd=0.5) as node:
        await node.submit(FIRST, SENT)
        before = await ended(node)
    async with house(tmp_path, price_usd=0.5) as node:
        found = await node.find(FIRST)
        never = await node.find(SECOND)
        assert isinstance(found, Succeeded)
        assert (await node.fetch(found.outputs[0], SENT)).startswith(b"\x89PNG")
    assert found == before
    assert found.cost_usd == 0.5
    assert isinstance(never, TurnedDown), "what was never written down was never sent, and may be sent again"


async def test_an_intent_without_an_answer_is_left_to_a_person(tmp_path: Path) -> None:
    """As a hub that was killed between the request and its answer leaves it."""
    folder = tmp_path / "house" / "requests"
    folder.mkdir(parents=True)
    entry = {"request_id": FIRST, "stage": "intended", "intent": {}, "receipt": {}, "path": "", "details": {}}
    (folder / f"{FIRST}.json").write_text(json.dumps({**entry, "code": "", "reason": ""}), encoding="utf-8")
    async with house(tmp_path, price_usd=0.5) as node:
        assert isinstance(await node.find(FIRST), MaybePaid)


async def test_it_is_cancelled_and_what_waits_is_taken_back(tmp_path: Path) -> None:
    async with house(tmp_path, **scripted("hang")) as node:
        await node.submit(FIRST, SENT)
        await eventually(lambda: node_runs(node, FIRST), what="the first is drawn")
        await node.submit(SECOND, SENT)
        await eventually(lambda: waits(node, SECOND), what="the second waits")
        assert (await node.check()).queue.pending == (SECOND,)
        taken, not_taken = await node.take_back(SECOND), await node.take_back(FIRST)
        gone = await node.find(SECOND)
        await node.cancel(FIRST)
        over = await ended(node)
        await node.cancel(FIRST)
    assert (taken, not_taken) == (True, False)
    assert isinstance(gone, TurnedDown)
    assert isinstance(over, Interrupted)


async def node_runs(node: ImageGeneratorNode, attempt_id: AttemptId) -> bool:
    return isinstance(await node.find(attempt_id), Running)


async def waits(node: ImageGeneratorNode, attempt_id: AttemptId) -> bool:
    return isinstance(await node.find(attempt_id), Pending)


def needs(operation: Operation = Operation.TXT2IMG, *files: tuple[ModelFolder, str], **wanted: Any) -> Requirements:
    named = frozenset(files or {(ModelFolder.CHECKPOINTS, "mock")})
    classes = frozenset({"KSampler", "SaveImage"})
    return Requirements(named, classes, workflow="x", family="sd15", operation=operation, wanted=Wanted(**wanted))


CONTROLLED = (ModelFolder.CHECKPOINTS, "mock"), (ModelFolder.CONTROLNET, "control_v11f1p_sd15_depth.pth")


@pytest.mark.parametrize(
    ("needed", "reasons"),
    [
        (needs(), ()),
        (needs(Operation.IMG2IMG, pictures=1, strength=0.5), ()),
        (needs(Operation.INPAINT, pictures=1, mask=True), ()),
        (needs(Operation.CONTROLNET, *CONTROLLED, pictures=1), ()),
        (needs(Operation.UPSCALE, (ModelFolder.UPSCALE_MODELS, "4x-UltraSharp.pth"), pictures=1), ()),
        (needs(Operation.TXT2IMG, (ModelFolder.CHECKPOINTS, "b.ckpt")), ("lacks checkpoint b.ckpt",)),
        (needs(Operation.TXT2IMG, (ModelFolder.CHECKPOINTS, "stood in for")), ()),
        (needs(Operation.HIRES_FIX), ("does no hires fix",)),
        (needs(passes=2), ("draws in one pass, not in 2",)),
        (needs(Operation.IMG2IMG, pictures=2), ("starts from one picture, not from 2",)),
        (needs(particular=("shift",)), ("knows no shift",)),
        (needs(loras=1), ("takes no LoRAs",)),
        (needs(width=65, height=64), ("draws no 65×64: both sides must be multiples of 8",)),
        (
            needs(Operation.CONTROLNET, CONTROLLED[0], (ModelFolder.CONTROLNET, "canny.pth"), pictures=1),
            (
                "follows depth maps only, and canny.pth does not say that it does: name one that has 'depth' in its "
                "name, such as depth",
            ),
        ),
    ],
)
async def test_what_it_can_do_and_why_not(tmp_path: Path, needed: Requirements, reasons: tuple[str, ...]) -> None:
    can = ["image_to_image", "controlnet", "upscaling", "seeds", "negative_prompts"]
    options = {"models": [{"name": "mock", "multiple_of": 8}], "serves": ["stood in for"], "capabilities": can}
    async with house(tmp_path, **options) as node:
        inventory = await node.discover()
    assert inventory.lacks(needed) == reasons
