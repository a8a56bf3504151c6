"""Graph nodes that mark what people are meant to set: by packs of services and programs around ComfyUI."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from vibes.domain.pictures.graph import Graph
from vibes.workflows.uiformat.public_inputs import MAX_PUBLIC, PublicInput


class _Marker(NamedTuple):
    prefix: str
    """Of its class."""
    value: str
    """The input with the value."""
    titles: tuple[str, ...]
    """Inputs that name it, the best first."""


_MARKERS = (
    _Marker("ComfyUIDeployExternal", "default_value", ("display_name", "input_id")),
    _Marker("SwarmInput", "value", ("title",)),
    _Marker("ETN_Parameter", "default", ("name",)),
)
"""Of comfyui-deploy, SwarmUI and comfyui-tooling-nodes (Krita)."""


def marked_inputs(graph: Graph) -> list[PublicInput]:
    """In the order of the graph; a picture or another thing without a value of its own is none."""
    found = (each for graph_node_id, node in graph.items() for each in _of(graph_node_id, node))
    return [each for each, _ in zip(found, range(MAX_PUBLIC), strict=False)]


def _of(graph_node_id: str, node: Mapping[str, Any]) -> Iterator[PublicInput]:
    inputs = node["inputs"]
    for marker in _MARKERS:
        value = inputs.get(marker.value)
        if node["class_type"].startswith(marker.prefix) and isinstance(value, str | int | float):
            titles = (inputs.get(name) for name in marker.titles)
            title = next((each for each in titles if isinstance(each, str) and each), marker.value)
            yield PublicInput(graph_node_id, marker.value, title)
