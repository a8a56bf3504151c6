"""ComfyUI's order of execution: graph nodes whose inputs are ready, those near an output first."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from vibes.simulator.state.cache import is_link


class ExecutionOrder:
    """Yields graph nodes one by one; cached ones are left out unless they are outputs."""

    def __init__(
        self, graph: Mapping[str, Any], is_output: Callable[[str], bool], is_cached: Callable[[str], bool]
    ) -> None:
        self._graph = graph
        self._is_output = is_output
        self._is_cached = is_cached
        self._waiting_for: dict[str, set[str]] = {}
        """By pending graph node, in the order found: the graph nodes that must run before it."""
        self._feeds: dict[str, list[str]] = {}

    def add_outputs(self, outputs: Iterable[str]) -> None:
        for output in outputs:
            self._add(output)

    def next(self) -> str | None:
        """The graph node to run now; None when all are done."""
        ready = [graph_node_id for graph_node_id, needs in self._waiting_for.items() if not needs]
        if not ready:
            return None
        for distance in range(3):
            for graph_node_id in ready:
                if self._leads_to_output(graph_node_id, distance):
                    return graph_node_id
        return ready[0]

    def complete(self, graph_node_id: str) -> None:
        """Mark it as done, so that graph nodes that waited for it may run."""
        del self._waiting_for[graph_node_id]
        for fed in self._feeds.pop(graph_node_id, []):
            self._waiting_for[fed].discard(graph_node_id)

    def _add(self, first: str) -> None:
        stack, links = [first], list[tuple[str, str]]()
        while stack:
            graph_node_id = stack.pop()
            if graph_node_id in self._waiting_for:
                continue
            self._waiting_for[graph_node_id] = set()
            for value in self._graph[graph_node_id]["inputs"].values():
                if is_link(value):
                    links.append((value[0], graph_node_id))
                    if not self._is_cached(value[0]):
                        stack.append(value[0])
        for source, target in links:
            if not self._is_cached(source) and source not in self._waiting_for[target]:
                self._waiting_for[target].add(source)
                self._feeds.setdefault(source, []).append(target)

    def _leads_to_output(self, graph_node_id: str, distance: int) -> bool:
        if distance == 0:
            return self._is_output(graph_node_id)
        return any(self._leads_to_output(fed, distance - 1) for fed in self._feeds.get(graph_node_id, []))
