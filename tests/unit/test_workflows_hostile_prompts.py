"""Whatever a prompt holds, it lands in the inputs it is bound to and changes nothing else."""

import json
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.unit.hostile_texts import hostile_texts
from tests.unit.workflow_sources import shipped_library, spec_for
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import GenerationSpec, LoraSpec
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.compile import compile_graph

PICTURES = {"image": "in.png", "mask": "mask.png"}
AT_ONCE = 20
"""Prompts drawn together, which is several times quicker than one by one."""
PROMPTED = sorted(each.name for each in shipped_library().workflows.values() if "prompt" in each.parameters)


@cache
def calm(name: str) -> tuple[Workflow, GenerationSpec, Graph]:
    """A workflow with a harmless prompt and, where it takes one, a LoRA."""
    workflow = shipped_library().get(name)
    loras = (LoraSpec("ink.safetensors"),) if workflow.supports_lora else ()
    spec = spec_for(workflow, prompt="calm", loras=loras)
    return workflow, spec, compile_graph(workflow, spec, PICTURES)


@cache
def bound_inputs(name: str, parameter: str) -> list[tuple[str, str]]:
    """Where the template holds nothing but the parameter's placeholder."""
    return [
        (graph_node_id, name_of_input)
        for graph_node_id, graph_node in shipped_library().get(name).template.items()
        for name_of_input, value in graph_node["inputs"].items()
        if value == f"{{{{{parameter}}}}}"
    ]


def check(name: str, prompt: str, negative: str) -> Graph:
    """The compiled graph, which is the calm one but for the two texts."""
    workflow, spec, graph = calm(name)
    expected: dict[str, Any] = dict(graph)
    for parameter, text in (("prompt", prompt), ("negative_prompt", negative)):
        places = bound_inputs(name, parameter)
        assert len(places) == (parameter in workflow.parameters)
        for graph_node_id, name_of_input in places:
            graph_node = expected[graph_node_id]
            expected[graph_node_id] = {**graph_node, "inputs": {**graph_node["inputs"], name_of_input: text}}
    wild = compile_graph(workflow, replace(spec, prompt=prompt, negative_prompt=negative), PICTURES)
    assert wild == expected
    return wild


@settings(max_examples=5000 // AT_ONCE, deadline=None)
@given(prompts=st.lists(hostile_texts, min_size=AT_ONCE, max_size=AT_ONCE))
def test_five_thousand_hostile_prompts_change_only_the_inputs_they_are_bound_to(prompts: list[str]) -> None:
    for prompt in prompts:
        check("sd15_txt2img", prompt, "blurry")


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(PROMPTED), prompt=hostile_texts, negative=hostile_texts)
@example(name="sd15_txt2img", prompt="", negative="")
@example(name="sdxl_with_lora", prompt="{{negative_prompt}}", negative="{{prompt}}")
@example(name="flux_wavespeed", prompt="{{FBC_optimize}}", negative="")
def test_no_shipped_workflow_lets_a_prompt_out_of_its_inputs(name: str, prompt: str, negative: str) -> None:
    graph = check(name, prompt, negative)
    assert json.loads(json.dumps(graph)) == graph
