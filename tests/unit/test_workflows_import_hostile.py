"""Exports of every shape, malicious ones too: read as far as possible, with notes about the rest, without
exceptions."""

import json
from typing import Any

import pytest

from tests.unit.import_exports import (
    as_exported,
    binds,
    drafted,
    graph_node,
    imported,
    reading_of,
    sampled,
    with_inputs,
)
from tests.unit.workflow_sources import spec_for
from vibes.domain.errors import InvalidDocument, InvalidRequest
from vibes.workflows.definition.template import parse_template
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.importing.importer import MAX_GRAPH_NODES


def test_what_does_not_reach_an_output_is_not_touched() -> None:
    graph = sampled(
        n77=graph_node("KSampler", seed=5, steps=3, positive=["6", 0], model=["4", 0], latent_image=["5", 0])
    )
    assert binds(graph)["seed"] == "3.inputs.seed"


def test_several_pictures_a_run_and_a_preview_in_place_of_a_saver_are_told() -> None:
    notes = drafted(with_inputs(sampled(), "5", batch_size=4)).notes
    assert any("makes 4 pictures a run and the hub keeps the first" in note for note in notes)
    notes = drafted(sampled(n9=graph_node("PreviewImage", images=["8", 0]))).notes
    assert any("it only previews" in note for note in notes)


def test_placeholders_that_somebody_put_into_the_export_are_parameters() -> None:
    graph = with_inputs(with_inputs(sampled(), "6", text="{{prompt}}, best"), "3", steps="{{steps}}")
    workflow = imported(graph)
    assert {"prompt", "steps"} <= set(workflow.parameters)
    compiled = compile_graph(workflow, spec_for(workflow, prompt="a dog", steps=9))
    assert compiled["6"]["inputs"]["text"] == "a dog, best"
    assert compiled["3"]["inputs"]["steps"] == 9


def test_double_braces_that_only_emphasise_stay_what_they_are() -> None:
    graph = with_inputs(with_inputs(sampled(), "6", text="{{masterpiece}}, cat"), "7", text="{{{ugly}}}")
    workflow = imported(graph)
    assert compile_graph(workflow, spec_for(workflow)) == as_exported(graph)
    compiled = compile_graph(workflow, spec_for(workflow, prompt="{{dog}}"))
    assert compiled["6"]["inputs"]["text"] == "{{dog}}"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"nodes": [], "links": [], "version": 0.4}', r"UI format.*Workflow > Export \(API\)"),
        ('{"prompt": {"1": {"class_type": "A", "inputs": {}}}}', 'keep only what is inside "prompt"'),
        ("[]", "Workflow > Export"),
        ("{}", "Workflow > Export"),
        ("not json", "not valid JSON"),
        ('{"1": {"class_type": "A", "inputs": {"x": ["2", 0]}}}', "links to graph node '2', which does not exist"),
        ('{"1": {"class_type": "A", "inputs": {"x": [2, 0]}}}', "graph-node id as text"),
        ('{"1": {"class_type": "A", "inputs": {"x": NaN}}}', "NaN"),
        ("[" * 5000 + "]" * 5000, "nested too deep"),
    ],
)
def test_what_is_no_export_is_answered_with_how_to_make_one(text: str, message: str) -> None:
    with pytest.raises(InvalidDocument, match=message):
        parse_template(text, "export.json")


def test_a_graph_without_a_picture_or_with_too_many_graph_nodes_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="nothing in the graph saves a picture"):
        drafted(sampled(n9=None))
    many = sampled(**{f"n{number}": graph_node("PrimitiveInt", value=1) for number in range(100, 600)})
    with pytest.raises(InvalidRequest, match=f"507 graph nodes; an import takes up to {MAX_GRAPH_NODES}"):
        drafted(many)


def test_a_graph_node_with_thousands_of_inputs_is_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"1\d{4} inputs; an import takes up to 10000"):
        drafted(with_inputs(sampled(), "3", **{f"x{number}": ["6", 0] for number in range(10_000)}))


def test_a_graph_made_to_take_long_does_not() -> None:
    ring = {f"n{number}": graph_node("Hub", conditioning=[str(100 + number % 240), 0]) for number in range(100, 340)}
    inputs: dict[str, Any] = {f"cond{number}": [str(number), 0] for number in range(100, 130)}
    inputs |= {"positive": ["100", 0], "negative": ["101", 0], "latent_image": ["100", 0], "steps": 1}
    samplers = {f"n{number}": {"class_type": "KSampler", "inputs": inputs} for number in range(400, 600)}
    ends = {f"x{number}": [str(number), 0] for number in range(400, 600)}
    saver = {"class_type": "SaveImage", "inputs": {"images": ["8", 0], **ends}}
    with pytest.raises(InvalidRequest, match="circle"):
        drafted(sampled(**ring, **samplers, n9=saver))


@pytest.mark.parametrize("text", ["<" * 200_000, "$" * 200_000])
def test_a_joined_text_made_to_take_long_does_not(text: str) -> None:
    joined = graph_node("Join", text1=text, text2="a dog", text3=["90", 0])
    found = binds(sampled(n10=joined, n90=graph_node("Words", text="a cat"), n6=encoding(["10", 0])))
    assert {"10.inputs.text2", "90.inputs.text"} <= {*found.values()}


def test_a_text_that_thousands_of_inputs_share_is_looked_for_once() -> None:
    chain = {f"n{number}": graph_node("Pass", value=[str(number + 1), 0]) for number in range(100, 190)}
    shared: dict[str, Any] = {f"text{number}": ["100", 0] for number in range(8_000)}
    joined = graph_node("Join", **shared)
    found = binds(sampled(**chain, n190=graph_node("Words", text="a cat"), n10=joined, n6=encoding(["10", 0])))
    assert found["prompt"] == "190.inputs.text"


def test_a_stack_of_thousands_of_loras_is_read_once() -> None:
    files: dict[str, Any] = {f"lora_name_{number}": f"{number}.safetensors" for number in range(1_500)}
    strengths: dict[str, Any] = {f"strength_{number}": number / 5_000 for number in range(1_500)}
    graph = sampled(n10=graph_node("Stack", model=["4", 0], **files, **strengths))
    graph["3"]["inputs"]["model"] = ["10", 0]
    found = binds(graph)
    assert found["built_in_lora_1500"] == "10.inputs.lora_name_1499"
    assert found["built_in_lora_1500_strength"] == "10.inputs.strength_1499"


def encoding(text: Any) -> dict[str, Any]:
    return graph_node("CLIPTextEncode", text=text, clip=["4", 1])


def test_a_chain_as_long_as_allowed_and_a_ring_are_walked_to_their_end() -> None:
    chain = sampled(
        **{
            f"n{number}": graph_node(
                "ConditioningSetTimestepRange", conditioning=[str(number + 1) if number < 580 else "6", 0]
            )
            for number in range(100, 581)
        }
    )
    assert binds(with_inputs(chain, "3", positive=["100", 0]))["prompt"] == "6.inputs.text"
    ring = sampled(n50=graph_node("Hub", conditioning=["51", 0]), n51=graph_node("Hub", conditioning=["50", 0]))
    with pytest.raises(InvalidRequest, match=r"circle: graph node 51 \(Hub\) would wait") as refused:
        drafted(with_inputs(ring, "3", positive=["50", 0], steps=["50", 0], latent_image=["51", 0]))
    assert refused.value.code == "invalid_workflow"


def test_a_circle_that_nothing_needs_stops_no_import() -> None:
    ring = {"n50": graph_node("Hub", conditioning=["51", 0]), "n51": graph_node("Hub", conditioning=["50", 0])}
    assert "prompt" in drafted(sampled(**ring)).entry["parameters"]


@pytest.mark.parametrize("odd", ["6,7", " 6", "6.inputs.x", "", "node 6", "57:6", "шесть", "\x00"])
def test_odd_graph_node_ids_are_bound_where_they_can_be_and_told_where_not(odd: str) -> None:
    graph: dict[str, Any] = json.loads(json.dumps(sampled()).replace('["6", 0]', json.dumps([odd, 0])))
    graph[odd] = graph.pop("6")
    draft = drafted(graph)
    assert reading_of(graph, draft).problems == []
    if odd in {"node 6", "57:6", "шесть", "\x00"}:
        assert draft.entry["overrides"]["prompt"]["bind"] == f"{odd}.inputs.text"
    else:
        assert any("prompt cannot be bound" in note for note in draft.notes)


@pytest.mark.parametrize(
    "value",
    [
        "x" * 200_000,
        "\x00\u2028\u202e\ufeff' \" # : - {} [] & * !",
        "null",
        "123",
        "\ud800",
        "a\n  b\n\n",
        "no",
        "=",
        "~",
    ],
)
def test_any_text_survives_the_way_through_the_manifest_or_is_left_alone(value: str) -> None:
    graph = with_inputs(with_inputs(sampled(), "6", text=value), "3", sampler_name=value)
    workflow = imported(graph)
    told = json.loads(json.dumps(as_exported(graph)).replace("\\ud800", "?"))  # which no answer could hold
    assert compile_graph(workflow, spec_for(workflow)) == told


@pytest.mark.parametrize("meta", [None, [], "title", {"title": 5}, {"title": "[bold]x" * 1000}])
def test_titles_of_any_shape_do_no_harm(meta: Any) -> None:
    graph = sampled()
    graph["6"] = {**graph["6"], "_meta": meta}
    assert binds(graph)["prompt"] == "6.inputs.text"


def test_values_of_a_kind_that_the_input_cannot_have_are_left_alone() -> None:
    graph = with_inputs(sampled(), "3", steps=20.5, cfg=True, seed=True, denoise=None, sampler_name={"a": 1})
    found = binds(graph)
    assert not {"steps", "cfg_scale", "seed", "denoise_strength", "sampler"} & set(found)
    workflow = imported(graph)
    assert compile_graph(workflow, spec_for(workflow))["3"]["inputs"]["cfg"] is True
