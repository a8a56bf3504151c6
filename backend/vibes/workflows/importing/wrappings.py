"""Finds the graph in what people export: requests around it, comments beside it, and values that are no JSON."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from vibes.text.json_text import without_halves

_WRAPPERS = (
    "input",
    "prompt",
    "workflow",
    "workflow_json",
    "workflow_api",
    "graph",
    "output",
    "api",
    "payload",
    "data",
)
"""Members of requests of ComfyUI and of services around it, in which the graph stands or another wrapper does."""
_DEEPEST = 4
_GRAPH_IN_QUEUE = 2
"""Its index in an item of ComfyUI's own queue or history."""
_MOST_NAMED = 5
_CHANGED = "is_changed"
"""What ComfyUI itself writes into a graph node and nobody needs; not a number where the class says "always"."""
_ID = re.compile(r"\d+(?::\d+)*")


def graph_alone(text: str, file: str) -> tuple[str, tuple[str, ...]]:
    """The graph alone as text, and sentences about what was left out; the same text where it is a graph already.

    Whatever is no wrapped graph comes back as it is, for the reader of templates to judge.
    """
    told = _parsed(text)
    if not isinstance(told, dict) or isinstance(told.get("nodes"), list):
        return text, ()
    path, graph = next(_wrapped(told, (), 0), ((), None))
    if graph is None:
        return text, ()
    kept = {key: value for key, value in graph.items() if not _is_beside(key, value, graph)}
    left_out = [key for key in graph if key not in kept]
    without = {key: _without_changed(node) for key, node in kept.items()}
    if not path and not left_out and without == graph:
        return text, ()
    notes = []
    if path:
        where = " → ".join(f'"{part}"' for part in path)
        notes.append(f"{file} is a whole request: what stands in {where} was imported")
    if left_out:
        names = ", ".join(left_out[:_MOST_NAMED]) + (", …" if len(left_out) > _MOST_NAMED else "")
        notes.append(f"left out, since it is no graph node: {names}")
    return json.dumps(without, indent=2, ensure_ascii=False) + "\n", tuple(notes)


def wrapped_graphs(told: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The graphs within a request, or the request itself where it is one."""
    return (graph for _, graph in _wrapped(told, (), 0))


def _without_changed(node: object) -> object:
    return {name: part for name, part in node.items() if name != _CHANGED} if isinstance(node, dict) else node


def _parsed(text: str) -> object:
    try:
        return json.loads(without_halves(text), parse_constant=lambda _: None) if "class_type" in text else None
    except (ValueError, RecursionError):
        return None


def _wrapped(told: Mapping[str, Any], path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], Any]]:
    if _is_graph(told):
        yield path, told
    elif depth < _DEEPEST:
        for name in _WRAPPERS:
            inner = told.get(name)
            if isinstance(inner, str):
                inner = _parsed(inner)
            if isinstance(inner, list) and len(inner) > _GRAPH_IN_QUEUE:
                inner = inner[_GRAPH_IN_QUEUE]
            if isinstance(inner, dict):
                yield from _wrapped(inner, (*path, name), depth + 1)
        if (
            len(told) == 1
            and isinstance(inner := next(iter(told.values())), dict)
            and next(iter(told)) not in _WRAPPERS
        ):
            yield from _wrapped(inner, (*path, next(iter(told))), depth + 1)


def _is_graph(told: Mapping[str, Any]) -> bool:
    return any(isinstance(value, dict) and isinstance(value.get("class_type"), str) for value in told.values())


def _is_beside(key: str, value: object, graph: Mapping[str, Any]) -> bool:
    """A comment, a version, settings of an editor: no graph node, and nothing is linked to it."""
    if not isinstance(value, dict):
        return not _ID.fullmatch(key)
    if "class_type" in value or "inputs" in value or _ID.fullmatch(key):
        return False
    links = (
        link
        for node in graph.values()
        if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
        for link in node["inputs"].values()
    )
    return not any(isinstance(link, list) and link[:1] == [key] for link in links)
