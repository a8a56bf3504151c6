"""What two real ComfyUI versions said, played to the client: it must end in the right state each time."""

from collections.abc import Sequence

import pytest

from tests.contract.transcript_server import (
    VERSIONS,
    TranscriptServer,
    listening,
    load_transcript,
    playing,
)
from tests.waiting import eventually
from vibes.domain.errors import NodeMisbehaved, NodeUnclear, PromptRejected
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    NodeConnected,
    NodeDisconnected,
    NodeEvent,
    QueueLength,
)
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.nodes.outcome import (
    Absent,
    Errored,
    Interrupted,
    OutputFile,
    Pending,
    Running,
    Succeeded,
)
from vibes.nodes.comfyui.node import ComfyUINode

both_versions = pytest.mark.parametrize("version", VERSIONS)

SAMPLER = "4"
"""The graph node of the KSampler in every recorded graph."""


def story(events: Sequence[NodeEvent], attempt_id: AttemptId, *, of: str = SAMPLER) -> str:
    """What was told about one attempt and one of its graph nodes, as a line to read."""
    return " ".join(word for event in events for word in _words(event, attempt_id, of))


def _words(event: NodeEvent, attempt_id: AttemptId, graph_node_id: str) -> list[str]:
    match event:
        case AttemptStarted(attempt) if attempt == attempt_id:
            return ["started"]
        case AttemptProgress(attempt, node, value, maximum) if (attempt, node) == (attempt_id, graph_node_id):
            return [f"{value:g}/{maximum:g}"]
        case AttemptPreview(attempt, media_type) if attempt == attempt_id:
            return [media_type.removeprefix("image/")]
        case AttemptEnded(attempt) if attempt == attempt_id:
            return ["ended"]
        case _:
            return []


THREE_STEPS = "started 0/1 1/3 jpeg 2/3 jpeg 3/3 jpeg ended"


async def submit_all(node: ComfyUINode, server: TranscriptServer) -> list[AttemptId]:
    submissions = server.transcript.submissions()
    for attempt_id, graph in submissions:
        await node.submit(attempt_id, graph)
    return [attempt_id for attempt_id, _ in submissions]


def saved(*names: str) -> Succeeded:
    return Succeeded(tuple(OutputFile(name, "", "output") for name in names))


@both_versions
async def test_01_the_inventory_names_version_device_classes_and_files(version: str) -> None:
    async with playing(version, "01") as (node, _):
        inventory = await node.discover()
        vitals = await node.check()
    assert inventory.version == version.removeprefix("v")
    assert (inventory.device_name, inventory.simulated) == ("cpu", False)
    assert inventory.vram_total_bytes == 25276502016
    assert {"KSampler", "SaveImage", "LoraLoader"} <= inventory.graph_node_classes
    assert ("EmptyFlux2LatentImage" in inventory.graph_node_classes) is (version == "v0.33.0")
    assert inventory.has_file(ModelFolder.CHECKPOINTS, "v1-5-pruned-emaonly.safetensors")
    assert inventory.files[ModelFolder.LORAS] == {
        "corrupt.safetensors", "styleA.safetensors", "styleB.safetensors", "styleC.safetensors"
    }  # fmt: skip
    assert inventory.files[ModelFolder.UPSCALE_MODELS] == frozenset()
    assert inventory.supports_jobs_api is (version == "v0.33.0")
    assert vitals.queue.length == 0
    assert 0 < vitals.vram_free_bytes <= inventory.vram_total_bytes
    assert vitals.response_ms > 0


@both_versions
async def test_01_a_missing_image_and_one_outside_the_folder_are_the_nodes_fault(version: str) -> None:
    async with playing(version, "01") as (node, _):
        for name in ("nope.png", "../../etc/passwd"):
            with pytest.raises(NodeMisbehaved):
                await node.fetch(OutputFile(name, "", "output"))
        assert await node.find(AttemptId("no-such-id")) == Absent()


@both_versions
async def test_02_previews_with_metadata_come_between_the_steps(version: str) -> None:
    async with playing(version, "02") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert heard[0] == NodeConnected()
        assert story(heard, attempt_id) == THREE_STEPS
        assert await node.find(attempt_id) == saved("rec_00001_.png")
        assert server.received == ['{"type": "feature_flags", "data": {"supports_preview_metadata": true}}']
        previews = [event.image for event in heard if isinstance(event, AttemptPreview)]
        assert all(image.startswith(bytes.fromhex("ffd8ffe0")) and len(image) > 30_000 for image in previews)


@both_versions
@pytest.mark.parametrize("socket", ["other", "anonymous"])
async def test_02_an_observer_hears_of_a_prompt_that_is_not_his_only_that_the_queue_is_longer(
    version: str, socket: str
) -> None:
    async with playing(version, "02", sockets=[socket]) as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await node.find(attempt_id)
        await eventually(lambda: QueueLength(1) in heard, what="as a person's own prompts are noticed")
        assert {type(event) for event in heard} == {NodeConnected, QueueLength}


@both_versions
async def test_03_a_fully_cached_prompt_starts_and_ends_with_every_graph_node_done(version: str) -> None:
    async with playing(version, "03") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert [story(heard, attempt_id, of=str(node_id)) for node_id in range(1, 8)] == ["started 1/1 ended"] * 7
        assert await node.find(attempt_id) == saved("rec_00001_.png")


@both_versions
async def test_04_the_same_id_twice_runs_twice_and_the_last_one_counts(version: str) -> None:
    async with playing(version, "04") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        attempt_id, graph = server.transcript.submissions()[0]
        first = await node.submit(attempt_id, graph)
        second = await node.submit(attempt_id, graph)
        assert second > first
        assert await node.find(attempt_id) == Running()
        await eventually(lambda: heard.count(AttemptEnded(attempt_id)) == 2)
        assert story(heard, attempt_id) == f"{THREE_STEPS} {THREE_STEPS}"


@both_versions
async def test_04_a_body_carries_our_ids_and_never_a_number(version: str) -> None:
    async with playing(version, "04") as (node, server):
        attempt_id, graph = server.transcript.submissions()[0]
        await node.submit(attempt_id, graph)
        assert server.posted == [
            (
                "/prompt",
                {
                    "prompt": graph,
                    "prompt_id": attempt_id,
                    "client_id": "client-a",
                    "extra_data": {"preview_method": "auto"},
                },
            )
        ]


def test_04_only_the_newer_version_refuses_an_id_that_is_no_uuid() -> None:
    """The reason why attempts have canonical uuid4s: nothing else is accepted everywhere."""
    last = [load_transcript(version, "04").posts("/prompt")[-1]["response"]["status"] for version in VERSIONS]
    assert last == [200, 400]


MISMATCH = "Return type mismatch between linked nodes"
REFUSALS = {
    "no_outputs": "Prompt has no outputs",
    "empty": "Prompt has no outputs",
    "unknown_class": f"VAEDecode (6): {MISMATCH}: samples, received_type(MODEL) mismatch input_type(LATENT)",
    "missing_class_type": "",
    "missing_input": "KSampler (4): steps: Required input is missing",
    "value_not_in_list": (
        "CheckpointLoaderSimple (1): Value not in list: ckpt_name: 'absent.safetensors' not in "
        "['v1-5-pruned-emaonly.safetensors']"
    ),
    "too_small": "KSampler (4): steps: Value 0 smaller than min of 1",
    "too_big": "EmptyLatentImage (5): width: Value 99999 bigger than max of 16384",
    "bad_link_type": f"KSampler (4): {MISMATCH}: model, received_type(CLIP) mismatch input_type(MODEL)",
    "bad_link_length": "KSampler (4): model: Bad linked input, must be a length-2 list of [node_id, slot_index]",
    "link_to_absent_node": "KSampler (4): Exception when validating inner node: samples, '99'",
    "wrong_scalar_type": (
        "KSampler (4): Failed to convert an input value to a INT value: "
        "steps, many, invalid literal for int() with base 10: 'many'"
    ),
    "sampler_not_in_list": ("KSampler (4): Value not in list: sampler_name: 'nope' not in (list of length {samplers})"),
    "no_prompt_key": "No prompt provided",
}


@both_versions
async def test_05_every_refusal_becomes_one_sentence(version: str) -> None:
    missing_class_type = {
        "v0.3.64": "Cannot execute because a node is missing the class_type property. (Node ID '#4')",
        "v0.33.0": (
            "Node 'ID #4' has no class_type. The workflow may be corrupted or a custom node is missing. (Node ID '#4')"
        ),
    }[version]
    samplers = {"v0.3.64": 42, "v0.33.0": 44}[version]
    async with playing(version, "05") as (node, server):
        cases = [event["case"] for event in server.transcript.events if "case" in event]
        accepted = server.transcript.submissions()[0][0]
        for case in cases[:-1]:
            if case == "string_number":
                assert await node.submit(accepted, {}) > 0
                continue
            with pytest.raises(PromptRejected) as refusal:
                await node.submit(AttemptId("any"), {})
            expected = REFUSALS[case].format(samplers=samplers) or missing_class_type
            assert refusal.value.message == expected
        assert cases[-1] == "not_json"
        with pytest.raises(NodeUnclear, match="500 Internal Server Error"):
            await node.submit(AttemptId("any"), {})


@both_versions
async def test_06_a_cancel_interrupts_the_running_prompt_by_its_id(version: str) -> None:
    async with playing(version, "06") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptStarted(attempt_id) in heard)
        assert await node.find(attempt_id) == Running()
        await node.cancel(attempt_id)
        await eventually(lambda: heard.count(AttemptEnded(attempt_id)) == 2)
        assert [post for post in server.posted if post[0] != "/prompt"] == [("/interrupt", {"prompt_id": attempt_id})]
        assert await node.find(attempt_id) == Interrupted()


async def test_06_frames_of_an_earlier_prompt_carry_its_own_id() -> None:
    """The recording of v0.33 begins while another prompt of the same client is in its last step."""
    earlier = AttemptId("22d96da8-5024-4b64-9f32-c67a59609532")
    async with playing("v0.33.0", "06") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptStarted(attempt_id) in heard)
        assert story(heard, earlier) == "3/3 jpeg ended"


@both_versions
async def test_07_a_pending_prompt_is_deleted_and_leaves_no_trace(version: str) -> None:
    async with playing(version, "07") as (node, server):
        running, pending, in_front = await submit_all(node, server)
        assert await node.find(running) == Running()
        assert await node.find(in_front) == Pending(1)
        assert await node.find(pending) == Pending(2)
        await node.cancel(pending)
        assert server.posted[3:] == [("/queue", {"delete": [pending]})]
        assert await node.find(pending) == Absent()
        assert await node.find(running) == Running()


@both_versions
async def test_07_a_cancel_of_what_is_gone_sends_nothing(version: str) -> None:
    async with playing(version, "07") as (node, server):
        await node.cancel(AttemptId("never-sent"))
        assert server.posted == []


@both_versions
async def test_08_an_execution_error_names_the_graph_node_class_and_the_reason(version: str) -> None:
    async with playing(version, "08") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: heard.count(AttemptEnded(attempt_id)) == 2)
        assert story(heard, attempt_id, of="100") == "started 0/1 ended ended"
        outcome = await node.find(attempt_id)
        assert isinstance(outcome, Errored)
        assert outcome.message.startswith("Error while deserializing header")


@both_versions
async def test_09_a_batch_of_two_answers_both_images_and_they_can_be_fetched(version: str) -> None:
    async with playing(version, "09") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert story(heard, attempt_id) == THREE_STEPS
        outcome = await node.find(attempt_id)
        assert outcome == saved("rec_00005_.png", "rec_00006_.png")
        image = await node.fetch(OutputFile("rec_00005_.png", "", "output"))
        assert len(image) > 10_000


@both_versions
async def test_10_an_upload_answers_the_name_for_the_graph(version: str) -> None:
    async with playing(version, "10") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        assert await node.upload("in.png", b"\x89PNG") == "hub/in.png"
        form = server.posted[0][1]
        for part in (b'name="subfolder"\r\n\r\nvibes', b'name="overwrite"\r\n\r\ntrue', b'filename="in.png"'):
            assert part in form
        with pytest.raises(NodeMisbehaved, match="400"):
            await node.upload("../in.png", b"\x89PNG")
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert story(heard, attempt_id) == THREE_STEPS
        assert await node.find(attempt_id) == saved("rec_00007_.png")
        with pytest.raises(PromptRejected, match=r"LoadImage \(8\): .*Invalid image file"):
            await node.submit(AttemptId("any"), {})


@both_versions
async def test_11_after_a_drop_the_same_client_id_hears_the_rest(version: str) -> None:
    async with playing(version, "11", sockets=["first", "second"]) as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert [event for event in heard if isinstance(event, NodeConnected | NodeDisconnected)] == [
            NodeConnected(),
            NodeDisconnected("the node closed the event stream"),
            NodeConnected(),
        ]
        told = story(heard, attempt_id).replace(" jpeg", "")
        before = {"v0.3.64": "1/10 2/10", "v0.33.0": "1/10 2/10 3/10"}[version]
        after = "5/10 6/10 7/10 8/10 9/10 10/10"
        assert told.startswith(f"started 0/1 {before} ")
        assert told.endswith(f"{after} ended")
        assert [request.query["clientId"] for request in server.handshakes] == ["client-a", "client-a"]
        assert server.most_open_sockets == 1
        assert await node.find(attempt_id) == saved("rec_00008_.png")


@both_versions
async def test_12_only_the_newer_of_two_sockets_hears_anything(version: str) -> None:
    async with playing(version, "12", sockets=["second"]) as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert story(heard, attempt_id) == THREE_STEPS
        assert await node.find(attempt_id) == saved("rec_00009_.png")


@both_versions
async def test_13_a_strangers_prompt_without_client_id_keeps_its_previews_to_itself(version: str) -> None:
    async with playing(version, "13", sockets=["watcher"]) as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (stranger,) = await submit_all(node, server)
        await eventually(lambda: story(heard, stranger).endswith("3/3 jpeg"))
        assert {type(event) for event in heard} == {NodeConnected, QueueLength, AttemptProgress, AttemptPreview}
        assert all(
            event.attempt_id == stranger for event in heard if isinstance(event, AttemptProgress | AttemptPreview)
        )
        assert await node.find(stranger) == saved("rec_00010_.png")


@both_versions
async def test_14_an_image_sent_over_the_socket_is_a_preview_and_no_saved_image(version: str) -> None:
    async with playing(version, "14") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert story(heard, attempt_id).endswith("3/3 jpeg png ended")
        assert story(heard, attempt_id, of="7").endswith("0/1 png 1/1 ended")
        assert await node.find(attempt_id) == Succeeded(())


@both_versions
async def test_15_temporary_previews_are_no_outputs_and_free_asks_for_both_kinds_of_memory(version: str) -> None:
    async with playing(version, "15") as (node, server), listening(node) as heard:
        await eventually(lambda: NodeConnected() in heard)
        (attempt_id,) = await submit_all(node, server)
        await eventually(lambda: AttemptEnded(attempt_id) in heard)
        assert story(heard, attempt_id) == THREE_STEPS
        name = {"v0.3.64": "rec_00011_.png", "v0.33.0": "rec_00001_.png"}[version]
        assert await node.find(attempt_id) == saved(name)
        await node.free()
        assert server.posted[-1] == ("/free", {"unload_models": True, "free_memory": True})
