"""A small copy of ComfyUI's own validation of a graph, against a recorded /object_info
(docs/comfyui-protocol.md#refusals).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.simulator.setup.packs import CUSTOM_FOLDER_OF_INPUT
from vibes.workflows.graphs.model_inputs import MODEL_FILE_INPUTS

_FILES = {*MODEL_FILE_INPUTS, *CUSTOM_FOLDER_OF_INPUT, ("LoadImage", "image"), ("LoadImageMask", "image")}
"""Combos whose choices are the files of one machine."""

_TYPES: dict[str, tuple[type, ...]] = {"INT": (int,), "FLOAT": (int, float), "STRING": (str,), "BOOLEAN": (bool,)}


def graph_problems(graph: Graph, info: Mapping[str, Any]) -> list[str]:
    """Everything that a node of this version would refuse, file names apart; empty when it would run the graph."""
    problems = [
        f"{graph_node_id}: there is no class {graph_node['class_type']}"
        for graph_node_id, graph_node in graph.items()
        if graph_node["class_type"] not in info
    ]
    if problems:
        return problems
    if not any(info[graph_node["class_type"]]["output_node"] for graph_node in graph.values()):
        problems.append("no graph node is an output")
    for graph_node_id in graph:
        problems += [f"{graph_node_id}: {message}" for message in _graph_node_problems(graph, graph_node_id, info)]
    return problems


def _graph_node_problems(graph: Graph, graph_node_id: str, info: Mapping[str, Any]) -> Iterator[str]:
    graph_node = graph[graph_node_id]
    class_type, inputs = graph_node["class_type"], graph_node["inputs"]
    declared = info[class_type]["input"]
    for name, declaration in {**declared.get("required", {}), **declared.get("optional", {})}.items():
        if name not in inputs:
            if name in declared.get("required", {}):
                yield f"required input {name} is missing"
        elif isinstance(inputs[name], list):
            yield from _link_problems(graph, inputs[name], name, declaration[0], info)
        elif (class_type, name) in _FILES:
            if not isinstance(inputs[name], str) or not inputs[name]:
                yield f"{name} is no file name"
        else:
            yield from _constant_problems(inputs[name], name, declaration)


def _link_problems(graph: Graph, value: Any, name: str, wanted: Any, info: Mapping[str, Any]) -> Iterator[str]:
    link = link_of(value)
    if not isinstance(link, Link) or link.graph_node_id not in graph:
        yield f"{name} is linked to nothing: {value}"
        return
    outputs = info[graph[link.graph_node_id]["class_type"]]["output"]
    if not 0 <= link.slot < len(outputs):
        yield f"{name} is linked to a slot that does not exist: {value}"
    elif isinstance(wanted, str) and wanted != "*" and outputs[link.slot] not in wanted.split(","):
        yield f"{name} wants {wanted} and gets {outputs[link.slot]}"


def _constant_problems(value: Any, name: str, declaration: list[Any]) -> Iterator[str]:
    kind, options = declaration[0], declaration[1] if len(declaration) > 1 else {}
    choices = kind if isinstance(kind, list) else options.get("options") if kind == "COMBO" else None
    if choices is not None:
        if value not in choices:
            yield f"{name} is {value!r}, which is not in the list"
    elif kind not in _TYPES:
        yield f"{name} wants a link to {kind} and has a constant"
    elif not isinstance(value, _TYPES[kind]) or (kind != "BOOLEAN" and isinstance(value, bool)):
        yield f"{name} is {value!r}, not {kind}"
    elif _out_of_range(value, options):
        yield f"{name} is {value!r}, out of range"


def _out_of_range(value: Any, options: Mapping[str, Any]) -> bool:
    return bool("min" in options and value < options["min"]) or bool("max" in options and value > options["max"])
