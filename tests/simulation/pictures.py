"""Tiny pictures that prove, by their colours alone, which graph and seed they were drawn from."""

import hashlib
import io
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image

from vibes.documents.png_texts import with_text
from vibes.domain.pictures.graph import Graph

SIDE = 8
_TOLD = ("model", "seed", "width", "height", "strength", "negative_prompt")
_NAMES_OF_FILES = frozenset({"filename_prefix"})


def colour_of(graph: Graph) -> tuple[int, int, int]:
    """What is drawn depends on everything in the graph, but for what the file is called, or in a request."""
    if "options" in graph:
        return colour_of_request(str(graph["prompt"]), graph["options"], graph["images"])
    drawn = {
        key: {name: value for name, value in node["inputs"].items() if name not in _NAMES_OF_FILES}
        for key, node in graph.items()
    }
    digest = hashlib.sha256(json.dumps(drawn, sort_keys=True, default=dict).encode()).digest()
    return digest[0], digest[1], digest[2]


def colour_of_request(prompt: str, options: Mapping[str, Any], images: Mapping[str, str]) -> tuple[int, int, int]:
    """The same for a generator, of what it is told. ``images``: the SHA-256 of each."""
    told = [prompt, *(options.get(name) for name in _TOLD), sorted(images.items())]
    digest = hashlib.sha256(json.dumps(told).encode()).digest()
    return digest[0], digest[1], digest[2]


def drawn(graph: Graph, *, signed: bool) -> bytes:
    """As a ComfyUI stores it; not ``signed``: without the graph in it, as with --disable-metadata."""
    png = png_of(colour_of(graph))
    return with_text(png, "prompt", json.dumps(graph, default=dict)) if signed else png


def colour_in(path: Path) -> tuple[int, int, int]:
    with Image.open(path) as picture:
        red, green, blue = picture.convert("RGB").getpixel((0, 0))  # type: ignore[misc]  # three of them, in RGB
        return red, green, blue


def seeds_in(graph: Graph) -> set[int]:
    if "options" in graph:
        return {int(graph["options"]["seed"])}
    return {int(node["inputs"]["seed"]) for node in graph.values() if "seed" in node["inputs"]}


def texts_in(graph: Mapping[str, Any]) -> set[str]:
    if "options" in graph:
        return {graph["prompt"]}
    return {value for node in graph.values() for value in node["inputs"].values() if isinstance(value, str)}


@lru_cache(maxsize=2000)
def png_of(colour: tuple[int, int, int]) -> bytes:
    encoded = io.BytesIO()
    Image.new("RGB", (SIDE, SIDE), colour).save(encoded, "PNG")
    return encoded.getvalue()
