"""A ComfyUI graph in API format: a workflow with its values filled in.

It is foreign JSON and stays a plain mapping; only `link_of` knows the form of a link.
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
