"""Reading ComfyUI's answers over HTTP, without a server."""

from typing import Any

import pytest

from vibes.domain.errors import INPUT_GONE, NOT_LISTED, NodeMisbehaved
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.node import NodeQueue
from vibes.domain.nodes.outcome import Absent, Interrupted, OutputFile, Succeeded
from vibes.nodes.comfyui.orders.complaints import GraphFailure
from vibes.nodes.comfyui.reading.replies import (
    parse_history,
    parse_queue,
    parse_system_stats,
    parse_upload,
    rejection_code,
    rejection_sentence,
    values_not_listed,
)

A = AttemptId("prompt-a")
B = AttemptId("prompt-b")


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

    def test_a_pack_may_leave_out_what_has_a_default(self) -> None:
        saved = [
            {"filename": "a.png"},
            {"filename": "b.png", "type": "output"},
            {"filename": "c.png", "subfolder": "x"},
        ]
        saved.append({"filename": "t.png", "type": "temp"})
        assert parse_history(entry(outputs={"5": {"images": saved}}), A) == Succeeded(
            (OutputFile("a.png", "", "output"), OutputFile("b.png", "", "output"), OutputFile("c.png", "x", "output"))
        )
        assert parse_history(entry(outputs={"5": {"images": saved[3:]}}), A) == Succeeded(
            (OutputFile("t.png", "", "temp"),)
        )

    def test_a_saved_image_without_a_name_is_refused(self) -> None:
        with pytest.raises(NodeMisbehaved, match="filename"):
            parse_history(entry(outputs={"5": {"images": [{"type": "output"}]}}), A)

    def test_an_interruption_is_told_from_an_error_by_its_message(self) -> None:
        assert parse_history(failed(["execution_start", {}], ["execution_interrupted", {}]), A) == Interrupted()
        error = {"exception_message": "boom\n", "exception_type": "ValueError", "node_type": "KSampler"}
        assert parse_history(failed(["execution_start", {}], ["execution_error", error]), A) == GraphFailure(
            "boom", "KSampler", out_of_memory=False, kind="ValueError"
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
        assert isinstance(outcome, GraphFailure)
        assert outcome.out_of_memory
        assert outcome.message

    def test_an_error_without_a_reason_still_is_one(self) -> None:
        for messages in ([], ["execution_error"], [["execution_error"]], [["execution_error", {}]]):
            assert isinstance(parse_history(failed(*messages), A), GraphFailure)

    def test_a_novel_is_cut(self) -> None:
        outcome = parse_history(failed(["execution_error", {"exception_message": "x" * 10**6}]), A)
        assert isinstance(outcome, GraphFailure)
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
    def test_a_simulated_device_says_so_in_its_name(self) -> None:
        device = {"name": "cuda:0 RTX 4090 (simulated)", "vram_total": 24 * 2**30, "vram_free": 2.0**30}
        stats = parse_system_stats({"system": {"comfyui_version": "0.33.0"}, "devices": [device]})
        assert stats.simulated
        assert (stats.vram_total_bytes, stats.vram_free_bytes) == (24 * 2**30, 2**30)

    def test_an_upload_is_known_by_the_name_that_the_node_gave_it(self) -> None:
        assert parse_upload({"name": "a (1).png", "subfolder": "vibes", "type": "input"}) == "vibes/a (1).png"
        assert parse_upload({"name": "a.png", "subfolder": "", "type": "input"}) == "a.png"


def refused(graph_node_class: str, **error: Any) -> dict[str, Any]:
    """The 400 of ComfyUI 0.3.64, as it was recorded, with the given error."""
    general = {
        "type": "prompt_outputs_failed_validation",
        "message": "Prompt outputs failed validation",
        "details": "",
        "extra_info": {},
    }
    blame = {"errors": [error], "dependent_outputs": ["6"], "class_type": graph_node_class}
    return {"error": general, "node_errors": {"4": blame}}


NOT_IN_LIST = {
    "type": "value_not_in_list",
    "message": "Value not in list",
    "details": "sampler_name: 'nope' not in (list of length 42)",
    "extra_info": {"input_name": "sampler_name", "input_config": None, "received_value": "nope"},
}
NO_IMAGE = {
    "type": "custom_validation_failed",
    "message": "Custom validation failed for node",
    "details": "image - Invalid image file: vibes/x.png",
    "extra_info": {"input_name": "image"},
}


def test_temporary_pictures_count_where_none_was_saved() -> None:
    outputs = {"3": {"images": [image("t.png", "temp"), image("in.png", "input")]}}
    assert parse_history(entry(outputs=outputs), A) == Succeeded((OutputFile("t.png", "", "temp"),))


class TestWhatCanBeDone:
    @pytest.mark.parametrize(
        ("answer", "code"),
        [
            (refused("KSampler", **NOT_IN_LIST), NOT_LISTED),
            (refused("LoadImage", **NO_IMAGE), INPUT_GONE),
            (refused("KSampler", type="value_smaller_than_min", message="Value 0 smaller", details="steps"), None),
            (refused("Custom", type="custom_validation_failed", message="no", details="x - odd"), None),
            ({"error": {"type": "missing_node_type", "message": "gone"}, "node_errors": {}}, NOT_LISTED),
            ({"error": {"type": "invalid_prompt", "message": "node X does not exist."}, "node_errors": {}}, NOT_LISTED),
            ({"error": {"type": "prompt_no_outputs", "message": "none"}, "node_errors": {}}, None),
            ({"error": "quota exceeded"}, None),
            ({}, None),
        ],
    )
    def test_a_refusal_says_whether_lists_or_pictures_are_out_of_date(self, answer: Any, code: str | None) -> None:
        assert rejection_code(answer) == code

    def test_the_values_that_are_in_no_list_are_told(self) -> None:
        assert values_not_listed(refused("KSampler", **NOT_IN_LIST)) == ["nope"]
        assert values_not_listed(refused("LoadImage", **NO_IMAGE)) == []
        assert values_not_listed(refused("X", type="value_not_in_list", message="", extra_info=None)) == []

    def test_lists_come_first_because_a_picture_does_not_help_there(self) -> None:
        both = refused("KSampler", **NOT_IN_LIST)
        both["node_errors"]["1"] = {"errors": [NO_IMAGE], "dependent_outputs": ["6"], "class_type": "LoadImage"}
        assert rejection_code(both) == NOT_LISTED

    def test_an_error_tells_its_graph_node_and_its_kind(self) -> None:
        error = {
            "node_id": "2",
            "node_type": "UpscaleModelLoader",
            "exception_message": "Model in folder 'upscale_models' with filename 'gone.pth' not found.\n",
            "exception_type": "FileNotFoundError",
        }
        found = parse_history(failed(["execution_error", error]), A)
        assert isinstance(found, GraphFailure)
        assert (found.graph_node_id, found.kind) == ("2", "FileNotFoundError")
