"""ComfyUI's cache: results of graph nodes, by their own content and that of everything upstream."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Signature = str


@dataclass(frozen=True, slots=True)
class CachedResult:
    """The result of a graph node; ``ui`` has the output together with the id under which it ran."""

    outputs: tuple[object, ...]
    ui: Mapping[str, Any] | None


class Uncacheable(Exception):
    """The graph node depends on something unknown: it and all that follows it run every time."""


def signatures(graph: Mapping[str, Any], freshness: Callable[[str, Any], object]) -> dict[str, Signature | None]:
    """Per graph node what its result depends on, or None when it is never to be reused.

    Class, freshness and inputs count, of the graph node and of all its ancestors; ids, titles and the order of
    inputs do not. ``freshness`` says what else a result depends on (the content of a file), or raises Uncacheable.
    A graph node without ``inputs`` raises KeyError, as it does in ComfyUI's worker.
    """
    known: dict[str, Signature | None] = {}
    for graph_node_id in graph:
        _sign(graph, graph_node_id, freshness, known, set())
    return known


def _sign(
    graph: Mapping[str, Any],
    graph_node_id: str,
    freshness: Callable[[str, Any], object],
    known: dict[str, Signature | None],
    above: set[str],
) -> Signature | None:
    if graph_node_id in known:
        return known[graph_node_id]
    if graph_node_id in above or graph_node_id not in graph:
        return None
    graph_node = graph[graph_node_id]
    parts: list[object] = []
    for name, value in sorted(graph_node["inputs"].items()):
        if is_link(value):
            ancestor = _sign(graph, value[0], freshness, known, above | {graph_node_id})
            parts.append([name, "link", ancestor, value[1]])
            if ancestor is None:
                known[graph_node_id] = None
                return None
        else:
            parts.append([name, "constant", value])
    try:
        described = [graph_node["class_type"], freshness(graph_node_id, graph_node), parts]
    except Uncacheable:
        known[graph_node_id] = None
        return None
    text = json.dumps(described, sort_keys=True, default=repr)
    known[graph_node_id] = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return known[graph_node_id]


def is_link(value: object) -> bool:
    """Whether an input's value refers to another graph node's output."""
    match value:
        case [str(), int() | float()]:
            return True
        case _:
            return False


class ResultCache:
    """Holds in effect the last prompt's results: those that a prompt does not use are dropped."""

    def __init__(self) -> None:
        self._results: dict[Signature, CachedResult] = {}

    def get(self, signature: Signature | None) -> CachedResult | None:
        return None if signature is None else self._results.get(signature)

    def put(self, signature: Signature | None, result: CachedResult) -> None:
        if signature is not None:
            self._results[signature] = result

    def keep_only(self, used: Mapping[str, Signature | None]) -> None:
        """Drop every result that none of these graph nodes has."""
        wanted = set(used.values())
        self._results = {key: result for key, result in self._results.items() if key in wanted}

    def clear(self) -> None:
        self._results.clear()

    def __len__(self) -> int:
        return len(self._results)
