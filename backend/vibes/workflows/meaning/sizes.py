"""The size at which a graph draws, and the sizes to which it scales."""

import re
from collections.abc import Collection, Sequence

from vibes.domain.pictures.graph import link_of
from vibes.workflows.graphs.walk import Place, Setting, nearest
from vibes.workflows.meaning.values import find_value
from vibes.workflows.meaning.wiring import Wiring

LATENT_SIDE_LINES = frozenset(
    {
        *("model", "clip", "vae", "positive", "negative", "conditioning", "control_net", "upscale_model", "mask"),
        *("guider", "noise", "sampler", "sigmas"),
    }
)
"""Inputs that carry no picture; not followed when looking for the picture's size or source."""

LATENT_LINES = (
    *("latent_image", "latent", "samples", "latents", "image", "image_embeds"),
    *("pipe", "basic_pipe", "context", "ctx"),
)
"""Inputs of samplers that what is drawn upon comes in by."""

_SIZES = (
    ("width", "height"), ("target_width", "target_height"), ("empty_latent_width", "empty_latent_height"),
    ("latent_width", "latent_height"), ("image_width", "image_height"),
)  # fmt: skip
_RESIZES = ("scale", "resize")
_BOUND = re.compile(r"if (?:bigger|larger|smaller)", re.IGNORECASE)
_EMPTY = ("latent", "image")
"""What follows "empty" in the name of a class that makes the canvas."""

Size = tuple[Setting, Setting]


def find_sizes(wiring: Wiring, order: Sequence[str], draws: Sequence[str]) -> list[Size]:
    """The size at which the first of ``draws`` works and all equal ones; then sizes of later scaling."""
    sized = {each: size for each in order for size in _sizes_of(wiring, each)[:1]}
    having = {each for each in order if any(wiring.inputs(each).keys() >= set(names) for names in _SIZES)}
    first = next((found for each in draws if (found := _first(wiring, each, having))), None)
    if draws and (first not in sized or _is_bound(wiring, first)):
        return []  # computed, or none
    resizing = [each for each in sized if _resizes(wiring, each)]
    sizes = [sized[each] for each in dict.fromkeys([*([first] if first else []), *resizing])]
    values = {_value_of(size) for size in sizes}
    for each in order:
        for size in _sizes_of(wiring, each):
            crossed = any(size[0].place == other[1].place or size[1].place == other[0].place for other in sizes)
            if size not in sizes and _value_of(size) in values and not crossed:
                sizes.append(size)
    return sizes


def _first(wiring: Wiring, draws: str, sized: Collection[str]) -> str | None:
    if draws in sized:
        return draws
    inputs = wiring.inputs(draws)
    starts = [link for name in LATENT_LINES if (link := link_of(inputs.get(name)))]
    found = (nearest(wiring.graph, start, sized.__contains__, without=LATENT_SIDE_LINES) for start in starts)
    return next(filter(None, found), None)


def _is_bound(wiring: Wiring, graph_node_id: str) -> bool:
    """Whether pictures are only kept within its size."""
    return any(isinstance(value, str) and _BOUND.search(value) for value in wiring.inputs(graph_node_id).values())


def _resizes(wiring: Wiring, graph_node_id: str) -> bool:
    if _is_bound(wiring, graph_node_id):
        return False
    name = wiring.class_name(graph_node_id).lower()
    _, _, rest = name.partition("empty")
    return any(word in name for word in _RESIZES) or any(word in rest for word in _EMPTY)


def _sizes_of(wiring: Wiring, graph_node_id: str) -> list[Size]:
    inputs = wiring.inputs(graph_node_id)
    found = [
        tuple(find_value(wiring, Place(graph_node_id, name), int) for name in names)
        for names in _SIZES
        if all(name in inputs for name in names)
    ]
    return [(width, height) for width, height in found if width and height and width.place != height.place]


def _value_of(size: Size) -> tuple[object, object]:
    return size[0].value, size[1].value
