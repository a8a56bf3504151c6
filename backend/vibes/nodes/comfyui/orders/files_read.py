"""Which model files a graph node reads when it runs."""

from collections.abc import Mapping
from typing import Any

from vibes.domain.nodes.node import ModelFile
from vibes.domain.pictures.graph import Graph
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.text.file_names import is_file_name
from vibes.workflows.graphs.model_inputs import MODEL_FILE_INPUTS

_NO_GRAPH_NODE: Mapping[str, Any] = {"class_type": "", "inputs": {}}


def file_read_by(graph: Graph, graph_node_id: str) -> ModelFile | None:
    """The file that this graph node reads, the first if there are several; None when it reads none or its class is
    unknown."""
    return next(iter(_known_files(graph, graph_node_id)), None)


def files_read_by(graph: Graph, graph_node_id: str, inventory: ComfyUIInventory) -> tuple[ModelFile, ...]:
    """All files that this graph node reads on a node, including those that only the node's lists show to be files."""
    graph_node = graph.get(graph_node_id, _NO_GRAPH_NODE)
    class_type = graph_node["class_type"]
    others = (
        ModelFile(None, value)
        for name, value in graph_node["inputs"].items()
        if isinstance(value, str)
        and (class_type, name) not in MODEL_FILE_INPUTS
        and value in inventory.choices.get((class_type, name), ())
        and is_file_name(value)
    )
    return (*(inventory.file(each) for each in _known_files(graph, graph_node_id)), *others)


def _known_files(graph: Graph, graph_node_id: str) -> list[ModelFile]:
    graph_node = graph.get(graph_node_id, _NO_GRAPH_NODE)
    return [
        ModelFile(folder, value)
        for name, value in graph_node["inputs"].items()
        if isinstance(value, str) and (folder := MODEL_FILE_INPUTS.get((graph_node["class_type"], name))) is not None
    ]
