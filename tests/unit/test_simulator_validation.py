"""The simulator's validation, case by case."""

from typing import Any

import pytest

from tests.contract.simulator_client import CHECKPOINT, Graph, img2img, txt2img
from vibes.simulator.checking.validation import Verdict, validate
from vibes.simulator.setup.catalogue import Catalogue, build_catalogue
from vibes.simulator.setup.dialect import AUGUST_2026, DIALECTS, OCTOBER_2025, Dialect
from vibes.simulator.setup.options import NodeOptions
from vibes.simulator.setup.profiles import PROFILES

BOTH = pytest.mark.parametrize("dialect", [OCTOBER_2025, AUGUST_2026], ids=list(DIALECTS))


def catalogue_of(dialect: Dialect) -> Catalogue:
    return build_catalogue(dialect, PROFILES["rtx-3060"], NodeOptions(), lambda: ["here.png"], str)


def judged(graph: Any, dialect: Dialect = AUGUST_2026, **options: Any) -> Verdict:
    return validate(graph, catalogue_of(dialect), dialect, lambda name: name == "here.png", **options)


def only_error(verdict: Verdict, graph_node_id: str) -> dict[str, Any]:
    errors = verdict.node_errors[graph_node_id]["errors"]
    assert len(errors) == 1
    error: dict[str, Any] = errors[0]
    return error


def with_input(graph_node_id: str, name: str, value: object) -> Graph:
    graph = txt2img()
    graph[graph_node_id]["inputs"][name] = value
    return graph


@BOTH
def test_a_good_graph_passes_with_all_its_outputs(dialect: Dialect) -> None:
    assert judged(txt2img(), dialect) == Verdict(None, ["9"], {})


@pytest.mark.parametrize(
    ("graph_node_id", "name", "value", "coerced"),
    [
        ("3", "steps", "12", 12),
        ("3", "steps", 12.9, 12),
        ("3", "cfg", "7", 7.0),
        ("3", "seed", True, 1),
        ("6", "text", 5, "5"),
        ("6", "text", {"__value__": ["not", "a link"]}, "['not', 'a link']"),
    ],
)
def test_constants_are_coerced_and_written_back(graph_node_id: str, name: str, value: object, coerced: object) -> None:
    graph = with_input(graph_node_id, name, value)
    assert judged(graph).error is None
    assert graph[graph_node_id]["inputs"][name] == coerced


def test_the_text_false_is_true() -> None:
    mask = {"class_type": "LoadImageMask", "inputs": {"image": "here.png", "channel": "red"}}
    grown = {"class_type": "GrowMask", "inputs": {"mask": ["1", 0], "expand": 1, "tapered_corners": "false"}}
    shown = {"class_type": "MaskToImage", "inputs": {"mask": ["2", 0]}}
    saved = {"class_type": "PreviewImage", "inputs": {"images": ["3", 0]}}
    graph: Graph = {"1": mask, "2": grown, "3": shown, "4": saved}
    assert judged(graph).error is None
    assert graph["2"]["inputs"]["tapered_corners"] is True


@pytest.mark.parametrize(
    ("graph_node_id", "name", "value", "type_"),
    [
        ("3", "steps", 0, "value_smaller_than_min"),
        ("3", "seed", -1, "value_smaller_than_min"),
        ("3", "denoise", 1.5, "value_bigger_than_max"),
        ("3", "steps", "many", "invalid_input_type"),
        ("3", "sampler_name", "DPM++ 2M Karras", "value_not_in_list"),
        ("4", "ckpt_name", "absent.safetensors", "value_not_in_list"),
        ("3", "model", ["4", 0, 0], "bad_linked_input"),
        ("3", "model", ["4", 1], "return_type_mismatch"),
    ],
)
def test_each_kind_of_bad_value_has_its_error(graph_node_id: str, name: str, value: object, type_: str) -> None:
    verdict = judged(with_input(graph_node_id, name, value))
    error = only_error(verdict, graph_node_id)
    assert error["type"] == type_
    assert error["extra_info"]["input_name"] == name
    assert verdict.error is not None
    assert verdict.error.type == "prompt_outputs_failed_validation"
    assert verdict.node_errors[graph_node_id]["dependent_outputs"] == ["9"]


def test_a_width_off_the_step_and_an_unknown_input_pass() -> None:
    graph = with_input("5", "width", 61)
    graph["5"]["inputs"]["colour"] = "blue"
    assert judged(graph).error is None


def test_long_lists_are_only_counted() -> None:
    error = only_error(judged(with_input("3", "sampler_name", "nope")), "3")
    assert error["details"] == "sampler_name: 'nope' not in (list of length 44)"
    assert error["extra_info"]["input_config"] is None


def test_newer_combos_are_checked_like_older_ones() -> None:
    graph: Graph = {
        "1": {"class_type": "UpscaleModelLoader", "inputs": {"model_name": "absent.pth"}},
        "2": {"class_type": "LoadImage", "inputs": {"image": "here.png"}},
        "3": {"class_type": "ImageUpscaleWithModel", "inputs": {"upscale_model": ["1", 0], "image": ["2", 0]}},
        "4": {"class_type": "SaveImage", "inputs": {"images": ["3", 0], "filename_prefix": "x"}},
    }
    error = only_error(judged(graph), "1")
    assert error["details"] == "model_name: 'absent.pth' not in ['4x-UltraSharp.pth', 'RealESRGAN_x4plus.pth']"
    assert error["extra_info"]["input_config"][0] == "COMBO"


def test_the_newer_server_quotes_values_with_repr() -> None:
    graph = with_input("4", "ckpt_name", "it's.safetensors")
    assert '"it\'s.safetensors" not in' in only_error(judged(graph, AUGUST_2026), "4")["details"]
    assert "'it's.safetensors' not in" in only_error(judged(graph, OCTOBER_2025), "4")["details"]


def test_a_picture_is_checked_by_its_existence_not_by_the_list() -> None:
    assert judged(img2img(image="here.png")).error is None
    error = only_error(judged(img2img(image="absent.png")), "10")
    assert (error["type"], error["details"]) == ("custom_validation_failed", "image - Invalid image file: absent.png")


def test_a_missing_required_input_is_named() -> None:
    graph = txt2img()
    del graph["3"]["inputs"]["steps"]
    assert only_error(judged(graph), "3")["extra_info"] == {"input_name": "steps"}


def test_a_mismatch_hides_what_is_wrong_above_it() -> None:
    graph = with_input("3", "steps", 0)
    graph["8"]["inputs"]["samples"] = ["4", 0]
    assert list(judged(graph).node_errors) == ["8"]


def test_details_list_only_the_errors_of_the_outputs_themselves() -> None:
    upstream, own = judged(with_input("3", "steps", 0)), judged(with_input("9", "images", ["4", 0]))
    assert upstream.error is not None
    assert upstream.error.details == ""
    assert own.error is not None
    assert own.error.details == (
        "Return type mismatch between linked nodes: images, received_type(MODEL) mismatch input_type(IMAGE)"
    )


@BOTH
def test_a_link_to_nothing_is_reported_on_the_graph_node_that_holds_it(dialect: Dialect) -> None:
    inner, outer = with_input("3", "model", ["99", 0]), with_input("9", "images", ["99", 0])
    error = only_error(judged(inner, dialect), "3")
    assert (error["type"], error["details"]) == ("exception_during_inner_validation", "'99'")
    assert error["extra_info"]["exception_type"] == "KeyError"
    assert only_error(judged(outer, dialect), "9")["type"] == "exception_during_validation"


def test_a_slot_that_does_not_exist_is_an_index_error() -> None:
    error = only_error(judged(with_input("9", "images", ["8", 7])), "9")
    assert error["extra_info"]["exception_type"] == "IndexError"


def test_an_unknown_class_stops_everything_even_unconnected() -> None:
    graph = txt2img() | {"77": {"class_type": "IPAdapterFaceID", "inputs": {}, "_meta": {"title": "My face"}}}
    newer, older = judged(graph, AUGUST_2026).error, judged(graph, OCTOBER_2025).error
    assert newer is not None
    assert older is not None
    assert newer.type == "missing_node_type"
    assert newer.message == "Node 'My face' not found. The custom node may not be installed."
    assert newer.extra_info == {"node_id": "77", "class_type": "IPAdapterFaceID", "node_title": "My face"}
    assert (older.type, older.message) == (
        "invalid_prompt",
        "Cannot execute because node IPAdapterFaceID does not exist.",
    )


def test_a_cycle_is_described_by_the_newer_server() -> None:
    graph = txt2img()
    graph["20"] = {"class_type": "CFGNorm", "inputs": {"model": ["21", 0], "strength": 1.0}}
    graph["21"] = {"class_type": "CFGNorm", "inputs": {"model": ["20", 0], "strength": 1.0}}
    graph["3"]["inputs"]["model"] = ["20", 0]
    verdict = judged(graph)
    assert only_error(verdict, "20")["details"] == "20 (CFGNorm) -> 21 (CFGNorm) -> 20 (CFGNorm)"
    assert only_error(verdict, "21")["type"] == "dependency_cycle"
    assert judged(graph, OCTOBER_2025).error is not None


@pytest.mark.parametrize(
    "graph", [{}, {"4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": CHECKPOINT}}}]
)
def test_a_graph_without_outputs_is_refused(graph: Graph) -> None:
    error = judged(graph).error
    assert error is not None
    assert error.type == "prompt_no_outputs"


@pytest.mark.parametrize("graph", ["text", {"nodes": []}, {"last_node_id": 9}])
def test_a_graph_of_the_wrong_shape_raises(graph: object) -> None:
    with pytest.raises((TypeError, AttributeError)):
        judged(graph)


def test_the_older_server_takes_a_text_for_a_graph_node_without_class() -> None:
    error = judged({"id": "a workflow"}, OCTOBER_2025).error
    assert error is not None
    assert (error.type, error.details) == ("invalid_prompt", "Node ID '#id'")
