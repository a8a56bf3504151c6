"""Makes a graph from a workflow and a spec: binds values, splices LoRAs, names output files."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import GenerationSpec, ParameterValue
from vibes.workflows.definition.manifest import Parameter, Workflow
from vibes.workflows.definition.template import PLACEHOLDER, placeholders_in
from vibes.workflows.filling.parameters import lora_problems, workflow_defaults
from vibes.workflows.graphs.bypass import without_bypassed
from vibes.workflows.graphs.loras import splice_loras
from vibes.workflows.graphs.nested import inside
from vibes.workflows.graphs.outputs import saves_pictures

OUTPUT_PREFIX = "vibes/image"
"""The file name prefix where there is no attempt; no request may choose a path on a node."""

_Values = Mapping[str, ParameterValue]
_MutableGraph = dict[str, dict[str, Any]]


def compile_graph(
    workflow: Workflow,
    spec: GenerationSpec,
    images: Mapping[str, str] | None = None,
    *,
    prefix: str = OUTPUT_PREFIX,
) -> Graph:
    """The graph that makes ``spec``'s picture; the workflow and the spec stay unchanged.

    ``images``: for each picture parameter the name of its upload on the node. Values without a parameter in the
    workflow are left out; missing values are the workflow's defaults. A value is inserted once and as it is: a
    placeholder inside a prompt stays text. Bypassed graph nodes are removed first, so that placeholders in them need no
    value. Everything that saves pictures saves under ``prefix``, whatever template or spec say. Raises InvalidRequest
    when a placeholder has no value, or the workflow cannot take the LoRAs.
    """
    problems = lora_problems(workflow, spec.loras)
    if problems:
        raise InvalidRequest(problems[0].message, code="invalid_loras", problems=problems)
    values = {**workflow_defaults(workflow, spec.model_family), **spec.values(), **(images or {})}
    switched_off = [parameter for name, parameter in workflow.parameters.items() if values.get(name) is False]
    template = without_bypassed(workflow.template, [place for each in switched_off for place in each.bypasses])
    graph = _bound_graph(workflow, template, values)
    _name_outputs(graph, workflow.outputs, prefix)
    return splice_loras(graph, spec.loras)


def _bound_graph(workflow: Workflow, template: Graph, values: _Values) -> _MutableGraph:
    names = {name for _, name in placeholders_in(template)}
    missing = [Problem(name, f"{name} has no value") for name in sorted(names - values.keys())]
    if missing:
        message = f"workflow {workflow.name} lacks a value for {', '.join(problem.field for problem in missing)}"
        raise InvalidRequest(message, code="invalid_parameters", problems=missing)
    graph = {
        graph_node_id: {
            name: _bound(part, values) if name == "inputs" else deepcopy(part) for name, part in graph_node.items()
        }
        for graph_node_id, graph_node in template.items()
    }
    for name, parameter in workflow.parameters.items():
        if name in values:
            _bind_targets(graph, parameter, values[name])
    return graph


def _bind_targets(graph: _MutableGraph, parameter: Parameter, value: ParameterValue) -> None:
    for graph_node_id, name in parameter.targets:
        if graph_node_id in graph:  # absent when it was bypassed
            inputs = graph[graph_node_id]["inputs"]
            container, key = inside(inputs, name) or (inputs, name)
            container[key] = value


def _bound(value: Any, values: _Values) -> Any:
    if isinstance(value, dict):
        return {key: _bound(item, values) for key, item in value.items()}
    if isinstance(value, list):
        return [_bound(item, values) for item in value]
    if not isinstance(value, str):
        return value
    whole = PLACEHOLDER.fullmatch(value)
    return values[whole[1]] if whole else PLACEHOLDER.sub(lambda match: _as_text(values[match[1]]), value)


def _as_text(value: ParameterValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _name_outputs(graph: _MutableGraph, outputs: Collection[str], prefix: str) -> None:
    """Set ``prefix`` on every graph node that saves, custom ones too: ComfyUI ignores an input that a class does not
    declare, but runs the graph node anew for it, so that no saving graph node answers from the cache."""
    for graph_node_id, graph_node in graph.items():
        if graph_node_id in outputs or saves_pictures(graph, graph_node_id):
            graph_node["inputs"]["filename_prefix"] = prefix
