"""From a request and a difference to the request for the picture that differs so."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.pictures.seed import seed_of
from vibes.domain.pictures.spec import MAX_SEED, LoraSpec, ParameterValue
from vibes.domain.pictures.variation import ADDED_WORDING, LORA, WORDING, Varied, value_text

VariationValue = ParameterValue | Sequence[LoraSpec]
"""Of ``loras`` a list of them, of everything else a plain value."""

Variation = Mapping[str, VariationValue]
"""Values by parameter, named as in `Varied`."""

MAX_VARIATIONS = 500
"""Pictures of one submission: more could not be told apart on a sheet, nor be looked at."""


def varied_request(request: GenerationRequest, variation: Variation) -> GenerationRequest:
    """The request for one picture. Wording is exchanged in the prompt of the variation, where that has one of its own.

    Raises InvalidRequest whose problems are named by parameter. Values that only a workflow can judge are not checked.
    """
    varied = replace(request, count=1, varied=varied_of(variation))
    wordings = {name: value for name, value in variation.items() if name.startswith(WORDING)}
    others = variation.keys() - wordings.keys()
    parts = {name for name in others if name == ADDED_WORDING or name.startswith(LORA)}
    for parameter in sorted(others - parts):  # whole texts and lists before parts of them
        varied = _with(varied, parameter, variation[parameter])
    varied = _with_wordings(varied, wordings)
    for parameter in (each for each in variation if each in parts):
        varied = _with(varied, parameter, variation[parameter])
    return varied


def varied_of(variation: Variation) -> Varied:
    return {parameter: _told(parameter, value) for parameter, value in variation.items()}


def exchanged(text: str, find: str, by: str) -> str | None:
    """The text with another wording in every place where this one stands, as whole words, in any case; None where it
    stands nowhere."""
    changed, found = _exchanged(text, {find: by})
    return changed if found else None


def _exchanged(text: str, wordings: Mapping[str, str]) -> tuple[str, frozenset[str]]:
    """The text with all of them exchanged at once, so that none is looked for in what stands for another, and which of
    them stood there; of two that overlap the longer one."""
    finds = sorted(filter(None, wordings), key=len, reverse=True)
    found: set[str] = set()

    def other(match: re.Match[str]) -> str:
        find = finds[(match.lastindex or 1) - 1]
        found.add(find)
        return wordings[find]

    changed = re.sub("|".join(map(_pattern, finds)), other, text, flags=re.IGNORECASE) if finds else text
    return changed, frozenset(found)


def _pattern(find: str) -> str:
    before, after = (r"(?<!\w)" if find[:1].isalnum() else ""), (r"(?!\w)" if find[-1:].isalnum() else "")
    return f"{before}({re.escape(find)}){after}"


def _with(request: GenerationRequest, parameter: str, value: VariationValue) -> GenerationRequest:
    if parameter == "loras":
        return replace(request, loras=_loras_of(value))
    if not isinstance(value, str | int | float | bool):
        raise _problem(parameter, f"{parameter} must be text, a number, true or false")
    if parameter == "seed":
        seed = seed_of(value)
        if seed is None:
            raise _problem(parameter, f"seed must be a whole number from 0 to {MAX_SEED}, not {value_text(value)}")
        return replace(request, seed=seed)
    if parameter == ADDED_WORDING:
        return _with_more(request, value)
    if parameter.startswith(LORA):
        return _with_lora(request, parameter, value)
    return replace(request, values={**request.values, parameter: value})


def _with_wordings(request: GenerationRequest, variation: Variation) -> GenerationRequest:
    """Each in the prompt or, where that lacks it, in the negative prompt."""
    left: dict[str, str] = {}
    for parameter, value in variation.items():
        find = parameter.removeprefix(WORDING)
        if not isinstance(value, str):
            raise _problem(parameter, f"what stands for {find!r} must be text, not {value!r}")
        left[find] = value
    values = dict(request.values)
    for name in ("prompt", "negative_prompt") if left else ():
        changed, found = _exchanged(str(values.get(name, "")), left)
        if found:
            values[name] = changed
            left = {find: value for find, value in left.items() if find not in found}
    for find in left:
        raise _problem(f"{WORDING}{find}", f"the prompt does not contain {find!r}")
    return replace(request, values=values)


def _with_more(request: GenerationRequest, value: ParameterValue) -> GenerationRequest:
    if not isinstance(value, str):
        raise _problem(ADDED_WORDING, f"what is added to the prompt must be text, not {value_text(value)}")
    parts = [str(request.values.get("prompt", "")), value]
    return replace(request, values={**request.values, "prompt": ", ".join(part for part in parts if part.strip())})


def _with_lora(request: GenerationRequest, parameter: str, value: ParameterValue) -> GenerationRequest:
    """At its place in the chain, or added at its end; without any weight it is left out."""
    name = parameter.removeprefix(LORA)
    if isinstance(value, bool | str) or not name.strip():
        raise _problem(parameter, f"the weight of a LoRA must be a number, not {value_text(value)}")
    weighted = LoraSpec(name, value, value)
    names = [each.name for each in request.loras]
    loras = [weighted if each.name == name else each for each in request.loras]
    chain = loras if name in names else [*loras, weighted]
    return replace(request, loras=tuple(each for each in chain if each.name != name or value))


def _loras_of(value: VariationValue) -> tuple[LoraSpec, ...]:
    if isinstance(value, str | int | float) or not all(isinstance(each, LoraSpec) for each in value):
        raise _problem("loras", "loras must be a list of LoRAs")
    return tuple(value)


def _told(parameter: str, value: VariationValue) -> ParameterValue:
    """Digits of a seed as the number; a list of LoRAs in words."""
    if isinstance(value, str | int | float):
        seed = seed_of(value) if parameter == "seed" else None
        return value if seed is None else seed
    return " + ".join(f"{each.name} {_strengths(each)}" for each in value) or "none"


def _strengths(lora: LoraSpec) -> str:
    """``0.8``, or ``0.8/0.5`` where the text encoder has another one than the model."""
    strengths = dict.fromkeys([value_text(lora.strength_model), value_text(lora.strength_clip)])
    return "/".join(strengths)


def _problem(parameter: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, code="invalid_parameters", problems=[Problem(parameter, message)])
