"""A model file that a node cannot read: told with graph node and file, drawn elsewhere, and left alone for a while."""

from pathlib import Path

import pytest

from tests.fakes import FakeClock, FakeFleet
from tests.hub import http_client, open_hub, settings_for
from tests.services.asking import finished, request
from tests.simulated_fleet import simulated_fleet
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.domain.errors import NOT_LISTED, PromptRejected
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFile, ModelFolder
from vibes.domain.pictures.spec import LoraSpec, TaskType
from vibes.services.fleet.unreadable_files import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS, UnreadableFiles
from vibes.simulator.setup.options import NodeOptions

BAD, GOOD = NodeId("bad"), NodeId("good")
CHECKPOINT = "v1-5-pruned-emaonly.safetensors"
HEADER = "Error while deserializing header: header too large"


def nodes(version: str = "0.33.0") -> dict[str, NodeOptions]:
    return {str(each): NodeOptions(profile="instant", comfyui_version=version) for each in (BAD, GOOD)}


def small(**given: object) -> dict[str, object]:
    return {"prompt": "x", "width": 64, "height": 64, **given}


async def test_what_a_node_cannot_read_is_drawn_elsewhere_and_the_node_says_so(tmp_path: Path) -> None:
    async with simulated_fleet(tmp_path, nodes()) as (hub, started, settings), http_client(hub, settings) as client:
        started["bad"].faults.set(unreadable_file="v1-5")
        done = await finished(hub, (await hub.generations.submit(request(count=8, values=small()))).batch.id)
        shown = (await client.get("/api/gpus/bad")).json()["unreadable_files"]
        fine = (await client.get("/api/gpus/good")).json()["unreadable_files"]
        hub.supervisor.drain(GOOD)
        waiting = await hub.generations.submit(request(values=small()))
        reason = hub.forecast.waiting_for(waiting.generations[0].id)
        hub.supervisor.resume(GOOD)
        await finished(hub, waiting.batch.id)
        tried = sum(started["bad"].ledger.received.values())
    assert {(each.status, each.node_id) for each in done} == {(GenerationStatus.COMPLETE, "good")}
    assert tried <= 2, "one that ran there, and one that waited behind it"
    [file] = shown
    assert (file["folder"], file["name"]) == ("checkpoints", CHECKPOINT)
    assert file["message"].startswith(f"cannot read {CHECKPOINT}: {HEADER}; next try in ")
    assert fine == []
    assert f"bad cannot read {CHECKPOINT}: {HEADER}" in str(reason)


@pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])
async def test_a_corrupt_lora_is_named_with_its_graph_node_and_every_picture_is_told(
    tmp_path: Path, version: str
) -> None:
    models = {"loras": ["corrupt.safetensors"]}
    only = {"bad": NodeOptions(profile="instant", comfyui_version=version, models=models)}
    async with simulated_fleet(tmp_path, only) as (hub, _, _settings):
        wanted = request(model_family="sdxl", count=3, loras=(LoraSpec("corrupt.safetensors"),), values=small())
        failed = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        plain = await finished(hub, (await hub.generations.submit(request(values=small()))).batch.id)
    for each in failed:
        assert each.status is GenerationStatus.FAILED
        assert str(each.error_message).startswith("LoraLoader (")
        assert str(each.error_message).endswith(f") cannot read corrupt.safetensors: {HEADER}")
    assert [each.status for each in plain] == [GenerationStatus.COMPLETE], "nothing else is kept from the node"


async def test_a_file_that_was_repaired_on_the_only_node_that_has_it_is_read_again_at_once(tmp_path: Path) -> None:
    """Where nobody else could do the work, each try tells whoever asked how it stands."""
    async with simulated_fleet(tmp_path, {"bad": nodes()["bad"]}) as (hub, started, _):
        started["bad"].faults.set(unreadable_file="v1-5")
        [failed] = await finished(hub, (await hub.generations.submit(request(values=small()))).batch.id)
        unreadable = hub.supervisor.get(BAD).unreadable
        left_alone = list(unreadable.left_alone())
        started["bad"].faults.clear()
        [drawn] = await finished(hub, (await hub.generations.submit(request(values=small()))).batch.id)
        await eventually(lambda: not unreadable.sentences(), what="it was read, so it can be read")
    assert failed.status is GenerationStatus.FAILED
    assert left_alone == [ModelFile(ModelFolder.CHECKPOINTS, CHECKPOINT)]
    assert drawn.status is GenerationStatus.COMPLETE


async def test_a_file_that_went_from_the_disk_is_missed_at_once(tmp_path: Path) -> None:
    """The hub reads a node's lists every few minutes; the node's own word is newer."""
    async with simulated_fleet(tmp_path, nodes()) as (hub, started, _):
        started["bad"].faults.set(removed_file="v1-5")
        done = await finished(hub, (await hub.generations.submit(request(count=6, values=small()))).batch.id)
        inventory = await eventually(
            lambda: (
                (now := hub.supervisor.get(BAD).inventory) is not None
                and not now.has_file(ModelFolder.CHECKPOINTS, CHECKPOINT)
            ),
            what="its lists are read anew",
        )
        shown = hub.supervisor.get(BAD).unreadable.sentences()
    assert inventory
    assert {(each.status, each.node_id) for each in done} == {(GenerationStatus.COMPLETE, "good")}
    assert shown == {}, "what is not there is not unreadable"


@pytest.mark.parametrize("fault", ["tidy_inputs_next_prompts", "tidy_inputs_next_runs"])
@pytest.mark.parametrize("version", ["0.3.64", "0.33.0"])
async def test_a_picture_that_was_tidied_from_the_input_folder_is_put_there_again(
    tmp_path: Path, fault: str, version: str
) -> None:
    only = {"bad": NodeOptions(profile="instant", comfyui_version=version)}
    async with simulated_fleet(tmp_path, only) as (hub, started, _):
        [drawn] = await finished(hub, (await hub.generations.submit(request(values=small()))).batch.id)

        async def enlarged() -> list[GenerationStatus]:
            wanted = request(model_family=None, task_type=TaskType.UPSCALE, parents=(drawn.id,), values={})
            return [each.status for each in await finished(hub, (await hub.generations.submit(wanted)).batch.id)]

        first = await enlarged()
        started["bad"].faults.set(**{fault: 1})
        second = await enlarged()
        assert hub.supervisor.get(BAD).breaker.closed
    assert first == second == [GenerationStatus.COMPLETE]


async def test_a_picture_that_never_stays_there_fails_with_the_nodes_word(tmp_path: Path) -> None:
    async with simulated_fleet(tmp_path, {"bad": nodes()["bad"]}) as (hub, started, _):
        [drawn] = await finished(hub, (await hub.generations.submit(request(values=small()))).batch.id)
        started["bad"].faults.set(tidy_inputs_next_prompts=1000)
        wanted = request(model_family=None, task_type=TaskType.UPSCALE, parents=(drawn.id,), values={})
        [failed] = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        posts = 1000 - started["bad"].faults.settings.tidy_inputs_next_prompts
    assert failed.status is GenerationStatus.FAILED
    assert "Invalid image file" in str(failed.error_message)
    assert posts == 2, "sent, and once more"


def test_pauses_grow_and_end_and_a_picture_made_with_the_file_ends_them_all() -> None:
    clock = FakeClock()
    unreadable = UnreadableFiles(clock)
    file = ModelFile(ModelFolder.CHECKPOINTS, CHECKPOINT)
    pauses = []
    for _ in range(12):
        unreadable.failed([file], HEADER)
        assert list(unreadable.left_alone()) == [file]
        started = clock.monotonic()
        while unreadable.left_alone():
            clock.advance(1)
        pauses.append(clock.monotonic() - started)
    assert pauses[:3] == [FIRST_PAUSE_SECONDS, 2 * FIRST_PAUSE_SECONDS, 4 * FIRST_PAUSE_SECONDS]
    assert pauses[-1] == LONGEST_PAUSE_SECONDS
    assert unreadable.sentences() == {file: f"cannot read {CHECKPOINT}: {HEADER}"}, "still told, until it is read"
    unreadable.were_read([file])
    assert unreadable.sentences() == {}


async def test_a_file_that_was_put_onto_a_node_a_moment_ago_is_found_when_somebody_names_it(tmp_path: Path) -> None:
    """The hub reads lists every few minutes; who names what none of them has is refused only after another look."""
    async with simulated_fleet(tmp_path, {"bad": nodes()["bad"]}) as (hub, started, settings):
        started["bad"].faults.set(removed_file="ink")
        hub.supervisor.get(BAD).doubt_lists()
        await eventually(lambda: "sd15-ink-sketch.safetensors" not in listed(hub), what="the hub knows no such LoRA")
        started["bad"].faults.clear()
        wanted = request(values=small(), loras=(LoraSpec("sd15-ink-sketch.safetensors"),))
        [drawn] = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        async with http_client(hub, settings) as client:
            body = {"prompt": "x", "model_family": "sd15", "loras": [{"name": "sd15-ink-scetch.safetensors"}]}
            refused = (await client.post("/api/generate", json=body)).json()
    assert drawn.status is GenerationStatus.COMPLETE
    assert refused["code"] == "unknown_lora"
    assert "there is sd15-ink-sketch.safetensors" in refused["detail"]


def listed(hub: Hub) -> frozenset[str]:
    inventory = hub.supervisor.get(BAD).inventory
    assert inventory is not None
    return inventory.files[ModelFolder.LORAS]


@pytest.mark.parametrize(("version", "seen"), [("0.3.64", "when it is read"), ("0.33.0", "at once")])
async def test_a_missing_upscale_model_is_told_with_its_name_by_either_version(
    tmp_path: Path, version: str, seen: str
) -> None:
    """0.3.64 takes any text for an input that is declared as a COMBO, and misses the file later."""
    async with simulated_fleet(tmp_path, {"bad": nodes(version)["bad"]}) as (hub, started, _):
        [drawn] = await finished(hub, (await hub.generations.submit(request(values=small()))).batch.id)
        started["bad"].faults.set(removed_file="UltraSharp")
        wanted = request(
            model_family=None,
            task_type=TaskType.UPSCALE,
            parents=(drawn.id,),
            values={"upscale_model": "4x-UltraSharp.pth"},
        )
        [failed] = await finished(hub, (await hub.generations.submit(wanted)).batch.id)
        ran = len(started["bad"].ledger.finished)
        await eventually(lambda: not hub.supervisor.get(BAD).unreadable.sentences(), what="it is known to be gone")
    assert "4x-UltraSharp.pth" in str(failed.error_message)
    assert str(failed.error_message).startswith("UpscaleModelLoader (")
    assert ran == (2 if seen == "when it is read" else 1)


async def test_a_node_that_lists_what_it_then_refuses_is_asked_once_and_left_alone(tmp_path: Path) -> None:
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path), fleet) as hub:
        fleet["fast"].refusal = PromptRejected(
            f"CheckpointLoaderSimple (4): ckpt_name: '{CHECKPOINT}' not in []",
            code=NOT_LISTED,
            not_there=[ModelFile(ModelFolder.CHECKPOINTS, CHECKPOINT)],
        )
        done = await finished(hub, (await hub.generations.submit(request(count=6))).batch.id)
        told = hub.supervisor.get(NodeId("fast")).unreadable.sentences()
    assert {(each.status, each.node_id) for each in done} == {(GenerationStatus.COMPLETE, "slow")}
    assert fleet["fast"].tries <= 2
    [(file, sentence)] = told.items()
    assert file == ModelFile(ModelFolder.CHECKPOINTS, CHECKPOINT)
    assert sentence.startswith(f"cannot read {CHECKPOINT}: Value not in list; next try in")
