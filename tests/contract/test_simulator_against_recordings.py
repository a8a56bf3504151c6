"""The simulator says what a real ComfyUI said, scenario by scenario, in both dialects."""

import asyncio
import shutil
from collections.abc import Mapping
from typing import Any

import aiohttp
import pytest

from tests.contract.normalised import Ids, comparable, progress_of, shape, statuses_of
from tests.contract.replay import SCENARIOS, Account, Replayed, replay
from tests.waiting import eventually
from vibes.simulator import NodeOptions, SimulatedNode
from vibes.simulator.setup.profiles import Family

CHECKPOINT = "v1-5-pruned-emaonly.safetensors"

VERSIONS = ("0.3.64", "0.33.0")

PACED_BY_HTTP = frozenset(name for name in SCENARIOS if name[:2] in ("04", "05", "06", "07", "11"))
"""Here requests run beside a prompt: statuses and numbers of steps are compared apart from the other events."""

TWO_OUTPUTS = "15_two_output_nodes_and_preview_image"
"""ComfyUI takes output nodes out of a Python set: either may come first."""

PACES = (30, 90, 240)
"""Time scales: a step of the recording's 64 x 64 pictures takes about 35, 105 or 280 ms; then it took a second."""

_WARM_UP_IDS = ("2cec082d-5443-4467-aea9-491556500430", "cd65cdd5-f5f4-465d-8b84-257eec4731da")

Accounts = Mapping[tuple[str, str], tuple[Replayed, Ids]]

cases = pytest.mark.parametrize(
    ("version", "scenario"), [(version, scenario) for version in VERSIONS for scenario in SCENARIOS]
)


@pytest.fixture(scope="module")
def accounts() -> Accounts:
    """All scenarios of both dialects, replayed in the order of the recording: each finds what the last one left."""
    return {key: value for version in VERSIONS for key, value in _in_step(version).items()}


@cases
def test_every_exchange_has_the_recorded_status_and_body(accounts: Accounts, version: str, scenario: str) -> None:
    compare_exchanges(*accounts[version, scenario])


@cases
def test_every_socket_hears_the_recorded_messages_in_order(accounts: Accounts, version: str, scenario: str) -> None:
    compare_messages(scenario, *accounts[version, scenario])


def compare_exchanges(replayed: Replayed, ids: Ids) -> None:
    assert not replayed.actual.problem
    for recorded, actual in zip(replayed.recorded.exchanges, replayed.actual.exchanges, strict=True):
        path = recorded["request"]["path"]
        old, new = recorded["response"], actual["response"]
        assert new["status"] == old["status"], path
        assert _body(path, new["body"], None) == _body(path, old["body"], ids), path


def compare_messages(scenario: str, replayed: Replayed, ids: Ids) -> None:
    assert not replayed.actual.problem
    for label, recorded in replayed.recorded.heard.items():
        old, new = comparable(recorded, ids), comparable(replayed.actual.heard[label])
        if scenario == TWO_OUTPUTS:
            old, new = _by_order_of_appearance(old), _by_order_of_appearance(new)
        if scenario in PACED_BY_HTTP:
            assert progress_of(new) == progress_of(old), label
            assert _without_repeats(statuses_of(new)) == _without_repeats(statuses_of(old)), label
        else:
            assert new == old, label


def _in_step(version: str) -> Accounts:
    """The replay at the first pace at which the script keeps up with the prompts, as the recorder did.

    Some requests must come while a prompt runs, and a busy machine may be late for a short one. What the simulator
    says wrongly it says at every pace, so the slowest replay is the one that is judged.
    """
    accounts: Accounts = {}
    for time_scale in PACES:
        accounts = asyncio.run(_replayed(version, time_scale))
        if _agrees(accounts):
            break
    return accounts


def _agrees(accounts: Accounts) -> bool:
    try:
        for (_, scenario), (replayed, ids) in accounts.items():
            compare_exchanges(replayed, ids)
            compare_messages(scenario, replayed, ids)
    except AssertionError:
        return False
    return True


async def _replayed(version: str, time_scale: float) -> Accounts:
    options = NodeOptions(
        profile="rtx-3060",
        comfyui_version=version,
        time_scale=time_scale,
        models={
            "checkpoints": [CHECKPOINT],
            "loras": ["corrupt.safetensors", "styleA.safetensors", "styleB.safetensors", "styleC.safetensors"],
            **{folder: [] for folder in ("vae", "text_encoders", "diffusion_models", "controlnet", "upscale_models")},
        },
    )
    accounts: dict[tuple[str, str], tuple[Replayed, Ids]] = {}
    async with SimulatedNode(options) as node:
        node.station.machine.load(CHECKPOINT, Family.SD15)  # loading takes minutes at this scale
        if version == "0.33.0":
            await _warm_up(node)
        ids = Ids()
        for scenario in SCENARIOS:
            if version == "0.33.0" and scenario.startswith("14_"):
                await _restart(node)
            accounts[version, scenario] = await replay(node.url, version, scenario, ids), ids
    return accounts


async def _warm_up(node: SimulatedNode) -> None:
    """The newer server had run two prompts before it was recorded: they are in its jobs, its cache and its counter."""
    async with aiohttp.ClientSession(node.url) as session:
        for seed, prompt_id in enumerate(_WARM_UP_IDS):
            body = {"prompt": _lab_graph(seed), "prompt_id": prompt_id}
            async with session.post("/prompt", json=body) as response:
                assert response.status == 200
    await eventually(lambda: len(node.ledger.executed) == 2)


async def _restart(node: SimulatedNode) -> None:
    """It was started anew with an empty output folder before scenario 14."""
    await node.forget()
    node.station.machine.load(CHECKPOINT, Family.SD15)
    output = node.station.files.folder("output")
    assert output is not None
    await asyncio.to_thread(shutil.rmtree, output)


def _lab_graph(seed: int) -> dict[str, Any]:
    sampler = {"seed": seed, "steps": 1, "cfg": 7.0, "sampler_name": "euler", "scheduler": "normal", "denoise": 1.0}
    links = {"model": ["1", 0], "positive": ["2", 0], "negative": ["3", 0], "latent_image": ["5", 0]}
    return {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": CHECKPOINT}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
        "4": {"class_type": "KSampler", "inputs": sampler | links},
        "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 32, "height": 32, "batch_size": 1}},
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["4", 0], "vae": ["1", 2]}},
        "7": {"class_type": "SaveImage", "inputs": {"images": ["6", 0], "filename_prefix": "lab"}},
    }


def _body(path: str, body: Any, ids: Ids | None) -> Any:
    if path == "/system_stats":
        return {
            "shape": _device_kept_loose(body),
            "version": body["system"]["comfyui_version"],
            "os": body["system"]["os"],
        }
    if path == "/view" and isinstance(body, dict) and body["_bytes"] > 0:
        return body["_content_type"]
    if path.startswith("/history/"):
        for entry in body.values():
            entry["prompt"][4].sort()
    return comparable(body, ids)


def _device_kept_loose(body: dict[str, Any]) -> Any:
    """The recording ran on a CPU, whose device has no index."""
    return shape({**body, "devices": [{**device, "index": 0} for device in body["devices"]]})


def _without_repeats(statuses: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Submitting and starting both announce the same number; which comes first depends on the pace of HTTP."""
    return [status for index, status in enumerate(statuses) if index == 0 or status != statuses[index - 1]]


def _by_order_of_appearance(heard: list[dict[str, Any]]) -> Any:
    """Output nodes named by the order in which they ran, and without the files that tell one from the other."""
    order = [m["data"]["node"] for m in heard if m.get("type") == "executed"]
    names = {graph_node_id: f"<output {index}>" for index, graph_node_id in enumerate(order)}
    return _renamed(heard, names)


def _renamed(value: Any, names: Mapping[str, str]) -> Any:
    match value:
        case dict():
            kept = {key: item for key, item in value.items() if key != "output"}
            return {names.get(key, key): _renamed(item, names) for key, item in kept.items()}
        case list():
            return [_renamed(item, names) for item in value]
        case str():
            return names.get(value, value)
        case _:
            return value


def test_a_replay_that_differs_is_noticed(accounts: Accounts) -> None:
    replayed, ids = accounts["0.33.0", "03_same_graph_again_all_cached"]
    changed = Account(heard={"submitter": [dict(message) for message in replayed.recorded.heard["submitter"]]})
    changed.heard["submitter"][3]["type"] = "executing"

    assert comparable(changed.heard["submitter"], ids) != comparable(replayed.actual.heard["submitter"])
