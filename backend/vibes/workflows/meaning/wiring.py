"""A graph together with what is known of its classes: what goes over its links, by type and name, and who takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.workflows.graphs.walk import Place
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.schema import ANY, GraphNodeClass, Schema
from vibes.workflows.meaning.words import names_conditioning, names_heavy, names_pipe, names_text

TEXT = "STRING"
CONDITIONING = "CONDITIONING"
IMAGE = "IMAGE"
MASK = "MASK"
LATENT = "LATENT"

_LONGEST_PASS = 100
"""Graph nodes in a row that only pass something on."""


@dataclass(frozen=True)
class Wiring:
    """All links of a graph lead to graph nodes that it has."""

    graph: Graph
    schema: Schema

    @classmethod
    def of(cls, graph: Graph, schema: Schema | None = None) -> "Wiring":
        """``schema``: what the fleet says of the classes; what it does not know is taken from the shipped table."""
        return cls(graph, core_schema() if schema is None else schema.over(core_schema()))

    def inputs(self, graph_node_id: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.graph[graph_node_id]["inputs"]
        return found

    def class_name(self, graph_node_id: str) -> str:
        """Of no more than `MAX_NAME` characters, as templates are read."""
        return str(self.graph[graph_node_id]["class_type"])

    def known(self, graph_node_id: str) -> GraphNodeClass | None:
        return self.schema.get(self.class_name(graph_node_id))

    def links(self, graph_node_id: str) -> tuple[tuple[str, Link], ...]:
        return self._links[graph_node_id]

    @cached_property
    def _links(self) -> Mapping[str, tuple[tuple[str, Link], ...]]:
        return {
            graph_node_id: tuple((name, link) for name, value in node["inputs"].items() if (link := link_of(value)))
            for graph_node_id, node in self.graph.items()
        }

    @cached_property
    def users(self) -> Mapping[Link, tuple[Place, ...]]:
        """The inputs that take an output."""
        found: dict[Link, list[Place]] = {}
        for graph_node_id in self.graph:
            for name, link in self.links(graph_node_id):
                found.setdefault(link, []).append(Place(graph_node_id, name))
        return {link: tuple(places) for link, places in found.items()}

    @cached_property
    def used_slots(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {}
        for link in self.users:
            found.setdefault(link.graph_node_id, set()).add(link.slot)
        return {graph_node_id: tuple(sorted(slots)) for graph_node_id, slots in found.items()}

    def outputs(self, graph_node_id: str) -> list[Link]:
        """The outputs that something takes."""
        return [Link(graph_node_id, slot) for slot in self.used_slots.get(graph_node_id, ())]

    def type_into(self, place: Place) -> str | None:
        """The declared type of an input; None where it is not known."""
        known = self.known(place.graph_node_id)
        declared = known.input_named(place.input) if known else None
        return declared.type if declared else None

    def type_of(self, link: Link) -> str | None:
        """The declared type of an output, or of an input that takes it; None where neither is known."""
        if link not in self._types:
            self._types[link] = self._type_of(link)
        return self._types[link]

    @cached_property
    def _types(self) -> dict[Link, str | None]:
        return {}

    def _type_of(self, link: Link) -> str | None:
        known = self.known(link.graph_node_id)
        declared = known.output(link.slot) if known else None
        if declared is not None and declared.type != ANY:
            return declared.type
        taken = (self.type_into(place) for place in self.users.get(link, ()))
        return next((kind for kind in taken if kind is not None and kind != ANY and "," not in kind), None)

    @cached_property
    def branches(self) -> dict[str, list[Place] | None]:
        """What `switches.branches` has found so far, by graph node."""
        return {}

    def output_name(self, link: Link) -> str:
        """The declared name of an output; empty where it is not known."""
        known = self.known(link.graph_node_id)
        declared = known.output(link.slot) if known else None
        return declared.name if declared else ""

    def gives_text(self, link: Link) -> bool:
        """Whether a text comes out: by the declared types, else by what the graph node takes."""
        if link not in self._texts:
            self._texts[link] = self._gives_text(link)
        return self._texts[link]

    @cached_property
    def _texts(self) -> dict[Link, bool]:
        return {}

    def _gives_text(self, link: Link) -> bool:
        for _ in range(_LONGEST_PASS):
            kind = self.type_of(link)
            if kind is not None:
                return kind == TEXT
            passed = self.passed_on(link.graph_node_id)
            if passed is None:
                break
            link = passed
        linked = [*self.links(link.graph_node_id)]
        if any(names_heavy(name) or names_pipe(name) or self._is_conditioning(name, each) for name, each in linked):
            return False
        return any(names_text(name) for name in self.inputs(link.graph_node_id))

    def _is_conditioning(self, name: str, link: Link) -> bool:
        return names_conditioning(name) and self.type_of(link) != TEXT

    def passed_on(self, graph_node_id: str) -> Link | None:
        """The link that a graph node without a meaning of its own passes on: the only one that could be meant."""
        light = [link for name, link in self.links(graph_node_id) if not names_heavy(name)]
        texts = [name for name, value in self.inputs(graph_node_id).items() if isinstance(value, str) and value]
        return light[0] if len(light) == 1 and not texts else None
