"""Rewires links of a graph."""

from collections.abc import Mapping
from typing import Any

from vibes.domain.pictures.graph import Link, link_of


def relinked(graph_node: Mapping[str, Any], replaced: Mapping[Link, Link]) -> dict[str, Any]:
    """A copy of the graph node; its links to replaced outputs lead to the new ones."""
    inputs = {}
    for name, value in graph_node["inputs"].items():
        link = link_of(value)
        inputs[name] = list(replaced[link]) if link is not None and link in replaced else value
    return {**graph_node, "inputs": inputs}


def links_in(graph_node: Mapping[str, Any]) -> dict[str, Link]:
    """The linked inputs, in their order."""
    links = {name: link_of(value) for name, value in graph_node["inputs"].items()}
    return {name: link for name, link in links.items() if link is not None}
