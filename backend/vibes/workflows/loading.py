"""Which model file a graph node reads when its turn comes."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from vibes.domain.graph import Graph
from vibes.domain.node import MODEL_FILE_INPUTS, ModelFolder

_MODELS = frozenset({ModelFolder.CHECKPOINTS, ModelFolder.DIFFUSION_MODELS})


class ModelFile(NamedTuple):
    folder: ModelFolder
    name: str

    @property
    def is_model(self) -> bool:
        """Whether it is what draws the picture, the largest file of its graph by far."""
        return self.folder in _MODELS


def file_read_by(graph: Graph, graph_node_id: str) -> ModelFile | None:
    """The file that this graph node reads, the first one of several; None for a graph node that reads none, or that
    only its author knows."""
    graph_node: Mapping[str, Any] = graph.get(graph_node_id, {"class_type": "", "inputs": {}})
    for name, value in graph_node["inputs"].items():
        folder = MODEL_FILE_INPUTS.get((graph_node["class_type"], name))
        if folder is not None and isinstance(value, str):
            return ModelFile(folder, value)
    return None
