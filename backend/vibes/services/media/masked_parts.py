"""Where a mask is white, and which part of the picture is drawn for it."""

from collections.abc import Mapping

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.pictures.masked_part import ONLY_MASKED, PADDING, REGION, Box, part_around
from vibes.domain.pictures.spec import ParameterValue
from vibes.services.media.image_codec import shown_by_mask
from vibes.workflows.definition.manifest import ParameterKind, Workflow


def draws_a_part(workflow: Workflow, values: Mapping[str, ParameterValue]) -> bool:
    """Whether only what is masked is drawn, at the size that the picture has there."""
    return ONLY_MASKED in workflow.parameters and values.get(ONLY_MASKED) is True


def name_of(workflow: Workflow, kind: ParameterKind) -> str | None:
    """The workflow's first parameter of this kind."""
    return next((name for name, each in workflow.parameters.items() if each.kind is kind), None)


LEAST_WHITE = 16
"""Of 255, from which on a pixel counts as painted. Less changes nothing that anybody sees, and the black of a mask that
was kept as a JPEG or scanned is not wholly black."""


def painted_in(mask: bytes, picture: tuple[int, int]) -> Box | None:
    """What the mask shows of a picture of this size, as a node will see it; None: nothing. Raises BrokenPicture."""
    seen = shown_by_mask(mask, picture).point(lambda white: 255 * (white >= LEAST_WHITE)).getbbox()
    return seen and Box(seen[0], seen[1], seen[2] - seen[0], seen[3] - seen[1])


def part_of(
    workflow: Workflow, values: Mapping[str, ParameterValue], painted: Box | None, picture: tuple[int, int]
) -> Box:
    """The part that ``values`` name, else the one around what is painted. Raises InvalidRequest where that is nothing,
    or where it does not lie in the picture."""
    x, y, width, height = (_number(workflow, values, name) for name in REGION)
    if bool(width) != bool(height) or ((x or y) and not width):
        missing = next(name for name, given in zip(REGION[2:], (width, height), strict=True) if not given)
        raise _refused(missing, f"a part needs a width and a height: name all of {', '.join(REGION)}, or none of them")
    if width and height:
        named = Box(x, y, width, height)
        if x + width > picture[0] or y + height > picture[1]:
            raise _refused(REGION[0], f"{named} does not lie in a picture of {picture[0]}x{picture[1]} pixels")
        return named
    if painted is None:
        raise _refused("mask", "nothing is painted, so there is no part to draw")
    return part_around(painted, picture, _number(workflow, values, PADDING))


def _number(workflow: Workflow, values: Mapping[str, ParameterValue], name: str) -> int:
    parameter = workflow.parameters.get(name)
    return int(values.get(name, (parameter and parameter.default) or 0))


def _refused(name: str, message: str) -> InvalidRequest:
    problem = Problem(name, f"{name}: {message}")
    return InvalidRequest(problem.message, code="invalid_parameters", problems=[problem])
