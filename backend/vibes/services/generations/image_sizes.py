"""The size of pictures when a request names no width and height: from the format and the parents."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import log

from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.picture_size import size_of
from vibes.domain.pictures.spec import GenerationSpec
from vibes.services.media.input_images import TakenIn
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.parameters import workflow_defaults

_LEAST_SIDES: Mapping[str, int] = {"sd15": 512}
"""Least side in pixels. SD 1.5 was trained at 512: below that it cuts off heads and doubles bodies."""
_LEAST_OF_ALL = 64
_SAME_SHAPE = 0.01

SIDES = ("width", "height")


def with_sizes(
    workflow: Workflow,
    request: GenerationRequest,
    specs: Sequence[GenerationSpec],
    pictures: TakenIn,
    largest_side: int | None,
) -> list[GenerationSpec]:
    """The specs, each in the requested format, else in that of the picture that it starts from; where only a part of
    it is drawn, in that of the part, which is laid back into the picture's own format.

    One given side stays, the other follows. A request with both sides, and a workflow without a size, are left alone.
    ``largest_side``: of the largest square that some node may draw; None where none may.
    """
    named = [side for side in SIDES if side in request.values]
    if not set(SIDES) <= workflow.parameters.keys() or len(named) == len(SIDES):
        return list(specs)
    sizes: dict[tuple[int, int] | None, tuple[int | None, int | None]] = {}
    sized = []
    for spec in specs:
        shown = pictures.size(workflow, spec)
        if shown not in sizes:
            asked = request if pictures.part(workflow, spec) is None else replace(request, aspect=None)
            sizes[shown] = _size(workflow, asked, spec, shown, largest_side)
        width, height = sizes[shown]
        sized.append(
            spec if (width, height) == (spec.width, spec.height) else replace(spec, width=width, height=height)
        )
    return sized


def with_parts(workflow: Workflow, specs: Sequence[GenerationSpec], pictures: TakenIn) -> list[GenerationSpec]:
    """The specs, each with the part of its picture that is drawn, where that is not all of it."""
    parts = [pictures.part(workflow, spec) for spec in specs]
    return [
        spec if part is None else replace(spec, parameters={**spec.parameters, **part.parameters()})
        for spec, part in zip(specs, parts, strict=True)
    ]


def _size(
    workflow: Workflow,
    request: GenerationRequest,
    spec: GenerationSpec,
    parent: tuple[int, int] | None,
    largest_side: int | None,
) -> tuple[int | None, int | None]:
    defaults = workflow_defaults(workflow, spec.model_family)
    usual_width, usual_height = int(defaults["width"]), int(defaults["height"])
    aspect = request.aspect or (parent[0] / parent[1] if parent else None)
    if aspect is None and request.side is None:
        return spec.width, spec.height
    aspect = aspect or usual_width / usual_height
    if "width" in request.values and spec.width:
        return spec.width, _side(spec.width / aspect)
    if "height" in request.values and spec.height:
        return _side(spec.height * aspect), spec.height
    usual_pixels = usual_width * usual_height
    pixels = request.side**2 if request.side else usual_pixels
    least = _LEAST_SIDES.get(spec.model_family, _LEAST_OF_ALL)
    if largest_side is not None:
        oblong = max(aspect, 1 / aspect)
        longest = largest_side * 4 // 3 - 8
        pixels = min(pixels, largest_side**2, round(longest**2 / oblong))
        if least**2 * oblong > largest_side**2 or least * oblong > longest:
            least = _LEAST_OF_ALL
    if pixels == usual_pixels and abs(log(aspect * usual_height / usual_width)) < _SAME_SHAPE:
        return usual_width, usual_height
    return size_of(aspect, pixels, least_side=least)


def _side(pixels: float) -> int:
    return min(max(round(pixels / 8) * 8, _LEAST_OF_ALL), 16384)
