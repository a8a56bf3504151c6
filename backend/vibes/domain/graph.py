"""A ComfyUI graph in API format: the filled result of a workflow.

This is foreign JSON, so it stays a plain mapping; `link_of` is the one place that knows what a link looks like.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

Graph = Mapping[str, Mapping[str, Any]]
"""``{graph_node_id: {"class_type": str, "inputs": {name: constant or [graph_node_id, slot]}, "_meta"?: …}}``"""


class Link(NamedTuple):
    """A reference to one output of another graph node."""

    graph_node_id: str
    slot: int


def link_of(value: object) -> Link | None:
    """The link that an input value is, or None when it is a constant."""
    match value:
        case [str(graph_node_id), int(slot)] if not isinstance(slot, bool):
            return Link(graph_node_id, slot)
        case _:
            return None
