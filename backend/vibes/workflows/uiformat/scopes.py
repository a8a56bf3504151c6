"""Every place of a workflow where graph nodes lie: the canvas, and each use of a subgraph inside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from vibes.domain.errors import InvalidRequest
from vibes.workflows.uiformat.document import MAX_SLOTS, MAX_UI_NODES, UiDocument, UiGraph, UiLink, UiNode
from vibes.workflows.uiformat.editor_nodes import SETTERS

MAX_DEPTH = 20
"""Most subgraphs inside one another."""


@dataclass(eq=False)
class Scope:
    """One use of a graph: the same subgraph, used twice, has two."""

    graph: UiGraph
    path: tuple[str, ...] = ()
    """The ids of the graph nodes that stand for the subgraphs around it, the outermost first."""
    parent: "Scope | None" = None
    host: UiNode | None = None
    """The graph node that stands for it in its parent."""
    inside: dict[str, "Scope"] = field(default_factory=dict)
    """The scopes of its own subgraphs, by the id of the graph node that stands for each."""
    ends: Mapping[tuple[str, int], UiLink] = field(init=False)
    """Its links by the graph node and the input where they end."""
    givers: frozenset[str] = field(init=False)
    """The graph nodes at which its links begin."""
    broadcasts: Mapping[tuple[str, int], tuple[str, int]] = field(default_factory=dict)
    """Inputs without a link that get what an output gives: graph node and input → graph node and output."""

    def __post_init__(self) -> None:
        self.ends = {(each.target, each.target_slot): each for each in self.graph.links.values()}
        self.givers = frozenset(each.origin for each in self.graph.links.values())

    @cached_property
    def setters(self) -> Mapping[str | int | float, UiNode]:
        """By name; of several of the same name the first counts."""
        found: dict[str | int | float, UiNode] = {}
        for node in self.graph.nodes.values():
            name = first_value(node) if node.class_type in SETTERS and node.inputs else None
            if isinstance(name, str | int | float):
                found.setdefault(name, node)
        return found

    @cached_property
    def grouped(self) -> tuple[frozenset[str], ...]:
        """The graph nodes that lie in each coloured area."""
        nodes = self.graph.nodes.values()
        return tuple(frozenset(node.id for node in nodes if each.holds(node)) for each in self.graph.groups)

    def full_id(self, node_id: str) -> str:
        """The id in API format: those of the subgraphs around it, then its own."""
        return ":".join((*self.path, node_id))

    def around(self) -> Iterator["Scope"]:
        """This scope, the one that it is used in, and so on to the canvas."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def all(self) -> Iterator["Scope"]:
        """This scope and all inside it."""
        yield self
        for each in self.inside.values():
            yield from each.all()


def scopes_of(document: UiDocument) -> Scope:
    """The canvas with all that is inside it.

    Raises InvalidRequest (``graph_too_large``) where subgraphs are used so often, or inside one another so deeply, that
    there are more than `MAX_UI_NODES` graph nodes, `MAX_SLOTS` links or `MAX_DEPTH` levels; a subgraph inside itself is
    that, too.
    """
    root = Scope(document.graph)
    count, links = len(root.graph.nodes), len(root.graph.links)
    waiting = [root]
    while waiting:
        scope = waiting.pop()
        for node in scope.graph.nodes.values():
            graph = document.subgraphs.get(node.class_type)
            if graph is None:
                continue
            count, links = count + len(graph.nodes), links + len(graph.links)
            if count > MAX_UI_NODES or links > MAX_SLOTS or len(scope.path) >= MAX_DEPTH:
                message = f"its subgraphs hold more than {MAX_UI_NODES} graph nodes or {MAX_SLOTS} links, or themselves"
                raise InvalidRequest(message, code="graph_too_large")
            scope.inside[node.id] = Scope(graph, (*scope.path, node.id), scope, node)
            waiting.append(scope.inside[node.id])
    return root


def first_value(node: UiNode) -> Any:
    """What its first field holds; None where it has none."""
    values = node.values.values() if isinstance(node.values, Mapping) else node.values
    return next(iter(values), next(iter(node.named.values()), None))
