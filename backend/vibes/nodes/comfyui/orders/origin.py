"""Proves which prompt an image is of: ComfyUI writes the executed graph into it, which is compared with the sent
one."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from vibes.documents.exif_texts import exif_texts
from vibes.documents.png_texts import starts_like_png, texts, with_text
from vibes.domain.attempt import Wire
from vibes.domain.errors import ForeignOutput
from vibes.domain.pictures.graph import Graph, link_of
from vibes.workflows.meaning.core_classes import core_schema

GRAPH_KEYWORD = "prompt"
MAX_DEPTH = 100
"""Levels of objects and lists; graphs of ComfyUI's own graph nodes have four."""

_SEEDS = ("seed", "noise_seed")
_MASTERS = re.compile(r"^Global(Seed|Sampler)\b")
"""Custom graph nodes that set inputs of all others on the node, which then differ in the picture's graph."""
_LONGEST_SHOWN = 60


def graph_in(image: bytes) -> dict[str, Any] | None:
    """The graph in an image, as it was sent: without what the node added (``is_changed``).

    A PNG has it in a text with a keyword, a JPEG or WebP in a text of its EXIF. None without one, as with
    ``--disable-metadata``, or when the text is something else.
    """
    candidates = (
        texts(image, GRAPH_KEYWORD) if starts_like_png(image) else _marked(text for _, text in exif_texts(image))
    )
    return next(filter(None, map(_graph_of, candidates)), None)


def graph_of(sent: Wire) -> Graph | None:
    """What an attempt was sent, if that is a graph; other kinds of nodes have other wire forms."""
    return sent if sent and all(map(_is_graph_node, sent.values())) else None


def own(image: bytes, sent: Graph) -> bytes:
    """The image, with the graph that made it if it is a PNG: the sent one is added if the node wrote none. Other types
    stay as they are. Raises ForeignOutput when its graph is another one."""
    carried = graph_in(image)
    if carried is None:
        return with_text(image, GRAPH_KEYWORD, json.dumps(sent)) if starts_like_png(image) else image
    difference = next(_differences(sent, carried), None)
    if difference is not None:
        raise ForeignOutput(f"the picture is another prompt's: {difference}")
    return image


def _marked(all_texts: Iterator[str]) -> Iterator[str]:
    """The text after ``prompt:`` in any letter case, which savers put before a graph."""
    for text in all_texts:
        keyword, found, content = text.partition(":")
        if found and keyword.strip().lower() == GRAPH_KEYWORD:
            yield content


def _graph_of(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not value or _deeper_than(value, MAX_DEPTH):
        return None
    if not all(_is_graph_node(each) for each in value.values()):
        return None
    return {key: {name: part for name, part in each.items() if name != "is_changed"} for key, each in value.items()}


def _is_graph_node(value: object) -> bool:
    match value:
        case {"class_type": str(), "inputs": dict()}:
            return True
        case _:
            return False


def _deeper_than(value: object, limit: int) -> bool:
    level: list[Any] = [value]
    for _ in range(limit):
        level = [
            child
            for each in level
            if isinstance(each, dict | list)
            for child in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _differences(sent: Graph, carried: Graph) -> Iterator[str]:
    """Evidence that the picture's graph is not the sent one, in sentences.

    Custom graph nodes may change their own inputs on the node (wildcards, random choices); ComfyUI's own are only
    converted to the declared type. Seeds and file names must never change.
    """
    mastered = any(_MASTERS.match(each["class_type"]) for each in sent.values())
    for graph_node_id, graph_node in sent.items():
        class_type, other = graph_node["class_type"], carried.get(graph_node_id)
        is_core = core_schema().get(class_type) is not None
        if other is None or other["class_type"] != class_type:
            if is_core:
                yield f"it has no {class_type} as graph node {graph_node_id}"
            continue
        for name, value in graph_node["inputs"].items():
            if name not in other["inputs"] or link_of(value) is not None:
                continue
            found = other["inputs"][name]
            if name == "filename_prefix":
                alike = str(value) in str(found)
            else:
                alike = mastered or not (is_core or name in _SEEDS) or _same(value, found)
            if not alike:
                yield f"graph node {graph_node_id} ({class_type}) has {name} {_shown(found)} instead of {_shown(value)}"


def _same(sent: object, carried: object) -> bool:
    """Whether a node may have converted one into the other: numbers from texts, texts from numbers."""
    if sent == carried or isinstance(sent, bool) or isinstance(carried, bool):
        return True
    if isinstance(sent, dict) and set(sent) == {"__value__"}:
        return _same(sent["__value__"], carried)
    if str(sent).replace("\\", "/") == str(carried).replace("\\", "/"):
        return True
    ours, theirs = _number(sent), _number(carried)
    if ours is None or theirs is None:
        return False
    return ours == theirs or (isinstance(theirs, int) and math.isfinite(ours) and int(ours) == theirs)


def _number(value: object) -> int | float | None:
    """An integer if possible, since a seed has more digits than a float."""
    if isinstance(value, int | float):
        return value
    for kind in (int, float):
        try:
            return kind(value) if isinstance(value, str) else None
        except ValueError:
            continue
    return None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
