"""Reading ComfyUI's frames and answers, without a server."""

import json
import struct
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.errors import NodeMisbehaved
from vibes.domain.ids import AttemptId
from vibes.domain.node import ModelFolder, NodeQueue
from vibes.domain.node_events import (
    AttemptEnded,
    AttemptPreview,
    AttemptProgress,
    AttemptStarted,
    NodeEvent,
)
from vibes.domain.outcome import Absent, Errored, Interrupted, OutputFile, Succeeded
from vibes.nodes.comfyui.foreign_json import parse_json
from vibes.nodes.comfyui.messages import FrameReader
from vibes.nodes.comfyui.replies import (
    parse_acceptance,
    parse_history,
    parse_model_files,
    parse_queue,
    parse_system_stats,
    parse_upload,
    rejection_sentence,
)

A = AttemptId("prompt-a")
B = AttemptId("prompt-b")
JPEG = b"\xff\xd8\xff\xe0picture"


def text(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})


def preview(image: bytes = JPEG, image_format: int = 1) -> bytes:
    return struct.pack(">II", 1, image_format) + image


def described_preview(metadata: Any, image: bytes = JPEG) -> bytes:
    description = json.dumps(metadata).encode()
    return struct.pack(">II", 4, len(description)) + description + image


def read_all(*frames: str | bytes) -> list[NodeEvent]:
    reader = FrameReader()
    return [event for frame in frames for event in reader.read(frame)]


class TestPreviews:
    def test_one_without_metadata_belongs_to_the_prompt_last_heard_of(self) -> None:
        events = read_all(
            text("executing", node="4", prompt_id=A),
            preview(),
            text("progress", node="4", prompt_id=B, value=1, max=3),
            preview(b"\x89PNG", 2),
        )
        assert [event for event in events if isinstance(event, AttemptPreview)] == [
            AttemptPreview(A, "image/jpeg", JPEG),
            AttemptPreview(B, "image/png", b"\x89PNG"),
        ]

    def test_one_before_anything_was_heard_belongs_to_nobody(self) -> None:
        assert read_all(preview()) == []

    def test_one_after_the_reconnects_nameless_executing_belongs_to_nobody(self) -> None:
        assert read_all(text("executing", node="4"), preview()) == []

    def test_one_after_the_end_belongs_to_nobody(self) -> None:
        assert read_all(text("execution_start", prompt_id=A), text("executing", node=None, prompt_id=A), preview()) == [
            AttemptStarted(A),
            AttemptEnded(A),
        ]

    def test_one_with_metadata_names_its_prompt_whatever_runs(self) -> None:
        assert read_all(described_preview({"prompt_id": A, "image_type": "image/png"})) == [
            AttemptPreview(A, "image/png", JPEG)
        ]

    @pytest.mark.parametrize(
        "frame",
        [
            b"",
            b"\0\0\0\1",
            preview(b""),
            preview(JPEG, 3),
            struct.pack(">II", 3, 1) + b"4 text",
            struct.pack(">II", 99, 0) + JPEG,
            struct.pack(">II", 4, 1000) + b"{}",
            struct.pack(">II", 4, 2**32 - 1),
            struct.pack(">II", 4, 4) + b"\xff\xff\xff\xff" + JPEG,
            described_preview([]),
            described_preview({"prompt_id": None, "image_type": "image/png"}),
            described_preview({"prompt_id": A, "image_type": "text/html"}),
            described_preview({"prompt_id": A, "image_type": ["image/png"]}),
            described_preview({"prompt_id": A, "image_type": "image/png"}, b""),
            described_preview({"prompt_id": "a" * 10_000, "image_type": "image/png"}),
        ],
    )
    def test_a_frame_that_is_none_is_passed_over(self, frame: bytes) -> None:
        reader = FrameReader()
        reader.read(text("execution_start", prompt_id=A))
        assert reader.read(frame) == []


class TestProgress:
    def test_a_step_told_twice_is_one_event(self) -> None:
        state = {"4": {"value": 1, "max": 3, "state": "running"}}
        assert read_all(
            text("progress_state", prompt_id=A, nodes=state),
            text("progress", prompt_id=A, node="4", value=1, max=3),
        ) == [AttemptProgress(A, "4", 1, 3)]

    def test_a_finished_graph_node_stands_at_its_end_even_if_it_never_said_so(self) -> None:
        state = {"7": {"value": 0, "max": 1, "state": "finished"}}
        assert read_all(text("progress_state", prompt_id=A, nodes=state)) == [AttemptProgress(A, "7", 1, 1)]

    def test_cached_graph_nodes_are_done_at_once(self) -> None:
        assert read_all(text("execution_cached", prompt_id=A, nodes=["1", "2"])) == [
            AttemptProgress(A, "1", 1, 1),
            AttemptProgress(A, "2", 1, 1),
        ]

    def test_without_a_prompt_id_it_belongs_to_the_running_prompt(self) -> None:
        """Custom graph nodes send ``progress`` themselves, often with the bare numbers and their id."""
        assert read_all(text("execution_start", prompt_id=A), text("progress", node="9", value=2, max=4)) == [
            AttemptStarted(A),
            AttemptProgress(A, "9", 2, 4),
        ]

    def test_it_stays_between_nothing_and_everything(self) -> None:
        events = read_all(
            text("progress", prompt_id=A, node="4", value=-1, max=3),
            text("progress", prompt_id=A, node="4", value=9, max=3),
        )
        assert events == [AttemptProgress(A, "4", 0, 3), AttemptProgress(A, "4", 3, 3)]

    def test_the_same_id_run_again_begins_again(self) -> None:
        once = [text("execution_start", prompt_id=A), text("progress", prompt_id=A, node="4", value=1, max=3)]
        assert read_all(*once, *once) == [AttemptStarted(A), AttemptProgress(A, "4", 1, 3)] * 2

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"node": "4", "value": 1, "max": 0},
            {"node": "4", "value": "1", "max": 3},
            {"node": "4", "value": True, "max": 3},
            {"node": "4", "value": float("nan"), "max": 3},
            {"node": "4", "value": 1, "max": float("inf")},
            {"node": "4", "value": 1, "max": 10**400},
            {"node": None, "value": 1, "max": 3},
            {"node": 4, "value": 1, "max": 3},
            {"node": "4", "value": 1, "max": 3, "prompt_id": None},
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_no_event(self, data: dict[str, Any]) -> None:
        reader = FrameReader()
        reader.read(text("execution_start", prompt_id=A))
        assert reader.read(text("progress", **data)) == []


class TestEnds:
    def test_an_error_and_an_interruption_end_an_attempt_and_success_waits_for_the_history(self) -> None:
        assert read_all(text("execution_error", prompt_id=A, exception_type="ValueError")) == [AttemptEnded(A)]
        assert read_all(text("execution_interrupted", prompt_id=A)) == [AttemptEnded(A)]
        assert read_all(text("execution_success", prompt_id=A)) == []
        assert read_all(text("executing", node=None, prompt_id=A)) == [AttemptEnded(A)]

    def test_a_blocked_branch_is_no_end(self) -> None:
        assert read_all(text("execution_error", prompt_id=A, exception_type="ExecutionBlocked")) == []


@pytest.mark.parametrize(
    "frame",
    [
        text("status", status={"exec_info": {"queue_remaining": 1}}),
        text("crystools.monitor", cpu=3),
        json.dumps({"type": "progress", "data": None}),
        json.dumps({"type": "progress", "data": [1]}),
        json.dumps({"type": "progress_state", "data": {"prompt_id": "prompt-a", "nodes": [1]}}),
        json.dumps({"type": "progress_state", "data": {"prompt_id": "prompt-a", "nodes": {"4": 7}}}),
        json.dumps({"type": "execution_cached", "data": {"prompt_id": "prompt-a", "nodes": 7}}),
        json.dumps({"type": "execution_start", "data": {"prompt_id": 7}}),
        json.dumps({"type": "executing", "data": {}}),
    ],
)
def test_messages_that_say_nothing_to_us_are_no_events(frame: str) -> None:
    assert read_all(frame) == []


@pytest.mark.parametrize("frame", ["", "<html>", "[]", "7", "{}", '{"type": 7}', "[" * 100_000])
def test_a_text_that_no_comfyui_sends_is_refused(frame: str) -> None:
    with pytest.raises(NodeMisbehaved, match="event stream"):
        read_all(frame)


NAMES = st.sampled_from(
    ["prompt_id", "node", "nodes", "value", "max", "errors", "status", "messages", "outputs", "images", "devices"]
)
json_values = st.recursive(
    st.sampled_from([None, True, -1, 0.5, 3, 10**400, float("nan"), "", "4", "prompt-a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(
    kind=st.sampled_from(["execution_start", "execution_cached", "executing", "progress", "progress_state"]),
    data=st.dictionaries(NAMES, json_values, max_size=5),
    frame=st.binary(max_size=64),
)
def test_no_frame_raises_anything_unforeseen(kind: str, data: dict[str, Any], frame: bytes) -> None:
    read_all(text(kind, **data), frame)


@given(json_values)
def test_no_answer_raises_anything_unforeseen(value: Any) -> None:
    readers = (parse_acceptance, parse_queue, parse_system_stats, parse_model_files, parse_upload)
    for reader in (*readers, rejection_sentence, lambda answer: parse_history(answer, "prompt-a")):
        for answer in (value, {"prompt-a": value}, {"queue_running": value}, {"LoraLoader": value}):
            with suppress(NodeMisbehaved):
                reader(answer)


class TestJson:
    def test_half_a_surrogate_pair_becomes_a_question_mark_and_a_whole_one_stays(self) -> None:
        assert parse_json(b'["\\ud83d\\ude00", "lora-\\udc80"]', "/x") == ["\N{GRINNING FACE}", "lora-?"]

    def test_nan_of_a_custom_graph_node_is_let_through(self) -> None:
        assert parse_json('{"min": -Infinity}', "/x") == {"min": float("-inf")}

    @pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\x00", b"[" * 100_000, b"1" * 10_000, b'{"a":'])
    def test_what_is_no_json_is_shown_by_its_beginning(self, body: bytes) -> None:
        with pytest.raises(NodeMisbehaved, match="/x: expected JSON, got ") as error:
            parse_json(body, "/x")
        assert len(error.value.message) < 200


class TestQueue:
    def test_pending_is_in_the_order_of_number_and_id_whatever_the_heap_looks_like(self) -> None:
        items = [[5, "e"], [7.0, "g"], [6, "b"], [6, "a"], [-3, "front"]]
        reply = {"queue_running": [[1, "r", {}, {}, []]], "queue_pending": items}
        assert parse_queue(reply) == NodeQueue(running=("r",), pending=("front", "e", "a", "b", "g"))

    @pytest.mark.parametrize("item", [7, [], ["1", "a"], [1, None], {"0": 1}])
    def test_an_item_of_another_shape_is_refused(self, item: Any) -> None:
        with pytest.raises(NodeMisbehaved, match="queue_pending"):
            parse_queue({"queue_running": [], "queue_pending": [item]})


def entry(**parts: Any) -> dict[str, Any]:
    status = {"status_str": "success", "completed": True, "messages": []}
    return {A: {"prompt": [0, A, {}, {}, []], "outputs": {}, "status": status, **parts}}


def failed(*messages: Any) -> dict[str, Any]:
    return entry(status={"status_str": "error", "completed": False, "messages": list(messages)})


def image(name: str, kind: str = "output", subfolder: str = "") -> dict[str, str]:
    return {"filename": name, "subfolder": subfolder, "type": kind}


class TestHistory:
    def test_nothing_means_absent(self) -> None:
        assert parse_history({}, A) == Absent()

    def test_saved_images_come_in_the_order_of_the_graph(self) -> None:
        graph: dict[str, Any] = {"20": {}, "3": {}, "9": {}}
        outputs = {
            "9": {"images": [image("c.png", subfolder="x"), image("d.png")]},
            "expanded.1": {"images": [image("e.png")]},
            "3": {"images": [image("b.png"), image("t.png", "temp")], "animated": [False]},
            "20": {"images": [image("a.png")], "text": ["hello"]},
        }
        assert parse_history(entry(prompt=[0, A, graph, {}, []], outputs=outputs), A) == Succeeded(
            (
                OutputFile("a.png", "", "output"),
                OutputFile("b.png", "", "output"),
                OutputFile("c.png", "x", "output"),
                OutputFile("d.png", "", "output"),
                OutputFile("e.png", "", "output"),
            )
        )

    @pytest.mark.parametrize("output", [None, 7, [], {"images": 7}, {"images": [7, None]}, {"text": ["a"]}])
    def test_what_custom_graph_nodes_put_there_is_no_image(self, output: Any) -> None:
        assert parse_history(entry(outputs={"5": output}), A) == Succeeded(())

    def test_a_saved_image_without_a_name_is_refused(self) -> None:
        with pytest.raises(NodeMisbehaved, match="filename"):
            parse_history(entry(outputs={"5": {"images": [{"type": "output"}]}}), A)

    def test_an_interruption_is_told_from_an_error_by_its_message(self) -> None:
        assert parse_history(failed(["execution_start", {}], ["execution_interrupted", {}]), A) == Interrupted()
        error = {"exception_message": "boom\n", "exception_type": "ValueError", "node_type": "KSampler"}
        assert parse_history(failed(["execution_start", {}], ["execution_error", error]), A) == Errored(
            "boom", "KSampler", out_of_memory=False
        )

    @pytest.mark.parametrize(
        ("kind", "message"),
        [
            ("torch.OutOfMemoryError", "Allocation on device 0 would exceed allowed memory."),
            ("torch.cuda.OutOfMemoryError", ""),
            ("RuntimeError", "CUDA error: out of memory"),
        ],
    )
    def test_every_kind_of_running_out_of_memory_is_recognised(self, kind: str, message: str) -> None:
        error = {"exception_message": message, "exception_type": kind, "node_type": "KSampler"}
        outcome = parse_history(failed(["execution_error", error]), A)
        assert isinstance(outcome, Errored)
        assert outcome.out_of_memory
        assert outcome.message

    def test_an_error_without_a_reason_still_is_one(self) -> None:
        for messages in ([], ["execution_error"], [["execution_error"]], [["execution_error", {}]]):
            assert isinstance(parse_history(failed(*messages), A), Errored)

    def test_a_novel_is_cut(self) -> None:
        outcome = parse_history(failed(["execution_error", {"exception_message": "x" * 10**6}]), A)
        assert isinstance(outcome, Errored)
        assert len(outcome.message) == 1000

    @pytest.mark.parametrize("reply", [[], {"other": {}}, {A: None}, {A: {}}, {A: {"status": None}}])
    def test_an_entry_of_another_shape_is_refused(self, reply: Any) -> None:
        with pytest.raises(NodeMisbehaved, match="/history"):
            parse_history(reply, A)


class TestRejection:
    def test_the_order_is_stable_although_the_nodes_is_not(self) -> None:
        errors = [
            {"message": "Required input is missing", "details": name, "extra_info": {"input_name": name}}
            for name in ("steps", "cfg")
        ]
        sentences = {
            rejection_sentence({"node_errors": {"3": {"class_type": "KSampler", "errors": ordered}}})
            for ordered in (errors, errors[::-1])
        }
        assert sentences == {
            "KSampler (3): cfg: Required input is missing; KSampler (3): steps: Required input is missing"
        }

    def test_many_problems_are_counted(self) -> None:
        error = {"message": "no", "details": "", "extra_info": {}}
        node_errors = {str(n): {"class_type": "X", "errors": [error]} for n in range(9)}
        assert rejection_sentence({"node_errors": node_errors}).endswith("X (4): no; and 4 more")

    @pytest.mark.parametrize("answer", [{}, {"error": None}, {"error": {}}, {"error": []}])
    def test_a_refusal_without_a_word_says_so(self, answer: Any) -> None:
        assert rejection_sentence(answer) == "the node refused the prompt without a reason"

    def test_a_bare_error_text_is_passed_on(self) -> None:
        assert rejection_sentence({"error": "quota exceeded"}) == "quota exceeded"


class TestInventory:
    def test_both_encodings_of_a_list_are_read_and_united(self) -> None:
        object_info = {
            "LoraLoader": {"input": {"required": {"lora_name": [["a.safetensors", "sub\\b.safetensors"], {}]}}},
            "LoraLoaderModelOnly": {"input": {"required": {"lora_name": ["COMBO", {"options": ["c.safetensors", 7]}]}}},
            "VAELoader": {"input": {"optional": {"vae_name": [["v.pt"]]}}},
        }
        assert parse_model_files(object_info) == {
            ModelFolder.LORAS: {"a.safetensors", "sub\\b.safetensors", "c.safetensors"},
            ModelFolder.VAE: {"v.pt"},
        }

    @pytest.mark.parametrize(
        "declaration", [None, [], "COMBO", ["COMBO"], ["COMBO", {}], ["STRING", {"options": ["a"]}], {"0": []}]
    )
    def test_a_list_in_an_unknown_encoding_offers_nothing(self, declaration: Any) -> None:
        object_info = {"LoraLoader": {"input": {"required": {"lora_name": declaration}}}}
        assert parse_model_files(object_info) == {ModelFolder.LORAS: frozenset()}

    def test_a_simulated_device_says_so_in_its_name(self) -> None:
        device = {"name": "cuda:0 RTX 4090 (simulated)", "vram_total": 24 * 2**30, "vram_free": 2.0**30}
        stats = parse_system_stats({"system": {"comfyui_version": "0.33.0"}, "devices": [device]})
        assert stats.simulated
        assert (stats.vram_total_bytes, stats.vram_free_bytes) == (24 * 2**30, 2**30)

    def test_an_upload_is_known_by_the_name_that_the_node_gave_it(self) -> None:
        assert parse_upload({"name": "a (1).png", "subfolder": "vibes", "type": "input"}) == "vibes/a (1).png"
        assert parse_upload({"name": "a.png", "subfolder": "", "type": "input"}) == "a.png"
