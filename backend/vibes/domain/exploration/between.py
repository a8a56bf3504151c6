"""Pictures between two: settings that move from those of the one to those of the other."""

import re
from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.exploration.again import request_again
from vibes.domain.exploration.grid import WHOLE_NUMBERS
from vibes.domain.exploration.variations import Variation, VariationValue
from vibes.domain.generation import Generation
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.picture import PictureReference
from vibes.domain.pictures.spec import GenerationSpec, LoraSpec, ParameterValue
from vibes.domain.pictures.variation import LORA

WEIGHTED = frozenset({"sd15", "sdxl", "pony", "illustrious"})
"""Families whose text encoder, CLIP alone, heeds ComfyUI's weights ``(text:1.2)``; T5 and Qwen read them as text."""
MOST_STEPS = 100
DECIMALS = 3
MIDDLE = 0.5
"""Part of the way from which on choices are the other's."""


class Seeds(StrEnum):
    """What becomes of the seed on the way."""

    KEEP = "keep"
    """All have the first one's."""
    SWITCH = "switch"
    """From the middle on they have the other's."""


def between(
    one: Generation, other: Generation, steps: int, seeds: Seeds = Seeds.KEEP
) -> tuple[GenerationRequest, list[Variation]]:
    """A request, and so many variations of it that lead from one picture to the other at equal distances, without the
    two themselves.

    Numbers move evenly; choices, and wordings that a family cannot weigh, switch at the middle. What the workflow of
    the first picture has no place for is left out. Raises InvalidRequest for pictures of different families, and for
    two that differ in nothing.
    """
    if one.spec.model_family != other.spec.model_family:
        families = f"{one.spec.model_family} and {other.spec.model_family}"
        raise _invalid("to", f"between pictures of {families} there is nothing: their settings mean different things")
    if not 1 <= steps <= MOST_STEPS:
        raise _invalid("steps", f"steps must be between 1 and {MOST_STEPS}, not {steps}")
    made = [_at(one.spec, other.spec, step / (steps + 1), seeds) for step in range(1, steps + 1)]
    if not any(made):
        raise _invalid("to", "the two pictures have the same settings" + _hint(one, other, seeds))
    parameters = dict.fromkeys(parameter for each in made for parameter in each)
    weights = {f"{LORA}{lora.name}": lora.strength_model for lora in one.spec.loras}
    now: Variation = {**one.spec.values(), **weights, "loras": one.spec.loras}
    complete: list[Variation] = [{name: each.get(name, now.get(name, 0)) for name in parameters} for each in made]
    return replace(request_again(one), count=1), complete


def _hint(one: Generation, other: Generation, seeds: Seeds) -> str:
    differ = one.spec.seed != other.spec.seed and seeds is Seeds.KEEP
    return " but for their seeds, of which nothing lies between" if differ else ""


def _at(one: GenerationSpec, other: GenerationSpec, part: float, seeds: Seeds) -> dict[str, VariationValue]:
    """What differs from the first, this part of the way to the other."""
    made: dict[str, VariationValue] = dict(_values_at(one, other, part))
    if seeds is Seeds.SWITCH and part >= MIDDLE and one.seed != other.seed:
        made["seed"] = other.seed
    if (prompt := _wording_at(one, other, part)) != one.prompt:
        made["prompt"] = prompt
    return {**made, **_loras_at(one, other, part)}


def _loras_at(one: GenerationSpec, other: GenerationSpec, part: float) -> dict[str, VariationValue]:
    """Each weight by its LoRA's name or, where a text encoder has another one than its model, the whole chain."""
    begin, end = ({lora.name: lora for lora in spec.loras} for spec in (one, other))
    moved = []
    for name in dict.fromkeys((*begin, *end)):
        before, after = (chain.get(name, LoraSpec(name, 0.0, 0.0)) for chain in (begin, end))
        if before != after:
            before = LoraSpec(
                name,
                _nearer(before.strength_model, after.strength_model, part),
                _nearer(before.strength_clip, after.strength_clip, part),
            )
        moved.append(before)
    if any(lora.strength_model != lora.strength_clip for lora in (*one.loras, *other.loras)):
        chain = tuple(each for each in moved if each.strength_model or each.strength_clip)
        return {"loras": chain} if chain != one.loras else {}
    weights = {name: lora.strength_model for name, lora in begin.items()}
    return {f"{LORA}{x.name}": x.strength_model for x in moved if x.strength_model != weights.get(x.name, 0.0)}


def _values_at(one: GenerationSpec, other: GenerationSpec, part: float) -> Iterator[tuple[str, ParameterValue]]:
    begin, end = one.values(), other.values()
    for name in begin.keys() & end.keys() - {"seed", "prompt"}:
        before, after = begin[name], end[name]
        if before == after or _is_picture(before) or _is_picture(after):
            continue
        value = _moved(name, before, after, part)
        if value != before:
            yield name, value


def _moved(name: str, before: ParameterValue, after: ParameterValue, part: float) -> ParameterValue:
    numbers = isinstance(before, int | float) and isinstance(after, int | float)
    if not numbers or isinstance(before, bool) or isinstance(after, bool):
        return before if part < MIDDLE else after
    value = _nearer(float(before), float(after), part)
    if name in {"width", "height"}:
        return round(value / 8) * 8
    whole = name in WHOLE_NUMBERS or (isinstance(before, int) and isinstance(after, int))
    return round(value) if whole else value


def _nearer(before: float, after: float, part: float) -> float:
    return round(before + (after - before) * part, DECIMALS)


def _wording_at(one: GenerationSpec, other: GenerationSpec, part: float) -> str:
    if one.prompt == other.prompt:
        return one.prompt
    weighs = one.model_family in WEIGHTED and all(_is_balanced(each.prompt) for each in (one, other))
    if not weighs or not one.prompt.strip() or not other.prompt.strip():
        return one.prompt if part < MIDDLE else other.prompt
    return f"({one.prompt.strip()}:{1 - part:.2f}), ({other.prompt.strip()}:{part:.2f})"


def _is_balanced(text: str) -> bool:
    """Whether its brackets can stand within another pair."""
    depth = 0
    for bracket in re.findall(r"(?<!\\)[()]", text):
        depth += 1 if bracket == "(" else -1
        if depth < 0:
            return False
    return depth == 0


def _is_picture(value: ParameterValue) -> bool:
    return isinstance(value, str) and PictureReference.parse(value) is not None


def _invalid(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, code="invalid_parameters", problems=[Problem(field, message)])
