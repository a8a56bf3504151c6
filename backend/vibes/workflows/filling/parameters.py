"""Checks requested values against a workflow's parameters, and adds its defaults."""

import re
from collections.abc import Mapping, Sequence
from itertools import islice
from math import isfinite
from typing import cast

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.pictures.spec import LoraSpec, ParameterValue
from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.definition.manifest import Parameter, ParameterKind, Workflow

MAX_TEXT_BYTES = 128 * 1024
"""Bytes of UTF-8. Far longer than any prompt; short enough that thousands of queued ones fit into memory."""

MAX_LORA_STRENGTH = 100.0
"""LoraLoader's own bound, in both directions (docs/comfyui-protocol.md#catalogue)."""

_OPEN_NAME = re.compile(r"[A-Za-z0-9][\w./+:-]{0,127}", re.ASCII)
_MOST_UNKNOWN_NAMES = 20


def workflow_defaults(workflow: Workflow, family: str) -> dict[str, ParameterValue]:
    """The defaults of the workflow; the family's own take precedence."""
    general = {
        name: parameter.default for name, parameter in workflow.parameters.items() if parameter.default is not None
    }
    return {**general, **workflow.family_defaults.get(family, {})}


def resolve(workflow: Workflow, family: str, given: Mapping[str, object]) -> dict[str, ParameterValue]:
    """A value for each parameter: the given one, else the default. None counts as not given.

    Nothing is converted: ``"20"`` is no number, ``true`` no 1. Left out are a seed that is not given, which the caller
    draws, and pictures without a default, which are bound by upload. Raises InvalidRequest (``invalid_parameters``)
    with every problem at once.
    """
    problems = [*_family_problems(workflow, family), *_unknown_names(workflow, given)]
    values = workflow_defaults(workflow, family)
    for name, parameter in workflow.parameters.items():
        value = given.get(name)
        if value is None:
            message = f"{name} is required" if parameter.required and name not in values else None
        elif parameter.kind.is_picture:
            message = f"{name} is a picture: name the generation or upload to start from, not a file"
        else:
            message = value_problem(parameter, value)
        if message is not None:
            problems.append(Problem(name, message))
        elif value is not None:
            values[name] = cast(ParameterValue, value)  # value_problem has checked the type
    if problems:
        raise InvalidRequest(
            f"these parameters do not fit workflow {workflow.name}: "
            + "; ".join(problem.message for problem in problems),
            code="invalid_parameters",
            problems=problems,
        )
    return values


def lora_problems(workflow: Workflow, loras: Sequence[LoraSpec]) -> tuple[Problem, ...]:
    """What is wrong with a list of LoRAs for this workflow; whether a node has the files is checked elsewhere."""
    if not loras:
        return ()
    if not workflow.supports_lora:
        return (Problem("loras", f"workflow {workflow.name} takes no LoRAs"),)
    problems = []
    if len(loras) > workflow.max_loras:
        problems.append(
            Problem("loras", f"workflow {workflow.name} takes at most {workflow.max_loras} LoRAs, not {len(loras)}")
        )
    for index, lora in enumerate(islice(loras, workflow.max_loras)):
        if not lora.name.strip():
            problems.append(Problem(f"loras.{index}.name", "name must be the LoRA's file name"))
        strengths = {"strength_model": lora.strength_model, "strength_clip": lora.strength_clip}
        problems.extend(
            Problem(f"loras.{index}.{field}", f"{field} must be between -100 and 100, not {shown(strength)}")
            for field, strength in strengths.items()
            if not abs(strength) <= MAX_LORA_STRENGTH  # "not <=" refuses NaN too
        )
    return tuple(problems)


def value_problem(parameter: Parameter, value: object) -> str | None:
    """Why the parameter cannot take this value, as a sentence beginning with its name; None when it can."""
    match parameter.kind:
        case ParameterKind.BOOLEAN:
            demand = "" if isinstance(value, bool) else "true or false"
        case ParameterKind.INTEGER | ParameterKind.SEED | ParameterKind.NUMBER:
            demand = _number_demand(parameter, value)
        case ParameterKind.CHOICE:
            demand = _choice_demand(parameter, value)
        case _:
            return _text_problem(parameter, value)
    return f"{parameter.name} must be {demand}, not {shown(value)}" if demand else None


def _number_demand(parameter: Parameter, value: object) -> str:
    whole = parameter.kind is not ParameterKind.NUMBER
    bounds = _bounds(parameter, whole)
    if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)):
        return " ".join(filter(None, ["a whole number" if whole else "a number", bounds]))
    if isinstance(value, float) and not isfinite(value):
        return "a finite number"
    below = parameter.minimum is not None and value < parameter.minimum
    above = parameter.maximum is not None and value > parameter.maximum
    uneven = whole and bool(parameter.step) and value % (parameter.step or 1) != 0
    return bounds if below or above or uneven else ""


def _bounds(parameter: Parameter, whole: bool) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is not None and high is not None:
        words = f"between {low} and {high}"
    elif low is not None:
        words = f"at least {low}"
    else:
        words = "" if high is None else f"at most {high}"
    if whole and parameter.step not in (None, 1):
        words += f"{' and ' if words else ''}a multiple of {parameter.step}"
    return words


def _choice_demand(parameter: Parameter, value: object) -> str:
    # True equals 1 in Python, so the type is compared too.
    if any(type(choice) is type(value) and choice == value for choice in parameter.choices):
        return ""
    return f"one of {', '.join(str(choice) for choice in parameter.choices)}"


def _text_problem(parameter: Parameter, value: object) -> str | None:
    if not isinstance(value, str):
        return f"{parameter.name} must be text, not {shown(value)}"
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        return f"{parameter.name} contains half of a surrogate pair, which is not a character"
    if size > MAX_TEXT_BYTES:
        return f"{parameter.name} must be at most {MAX_TEXT_BYTES} bytes of UTF-8, not {size}"
    if parameter.choices and value not in parameter.choices and not _OPEN_NAME.fullmatch(value):
        hint = did_you_mean(value.lower(), [str(choice) for choice in parameter.choices])
        return f"{parameter.name} must be a name in ComfyUI's spelling, without spaces, not {shown(value)}{hint}"
    return None


def _family_problems(workflow: Workflow, family: str) -> list[Problem]:
    if workflow.serves(family):
        return []
    families = ", ".join(sorted(workflow.families))
    return [Problem("model_family", f"model_family must be one of {families}, not {shown(family)}")]


def _unknown_names(workflow: Workflow, given: Mapping[str, object]) -> list[Problem]:
    unknown = (name for name in given if name not in workflow.parameters)
    return [
        Problem(name, f"unknown parameter {shown(name)}{did_you_mean(name, workflow.parameters)}")
        for name in islice(unknown, _MOST_UNKNOWN_NAMES)
    ]
