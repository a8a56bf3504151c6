"""Reads parameter definitions from ``manifests/base.yaml``, and a workflow's changes to them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

from vibes.documents.yaml_document import Path, YamlDocument
from vibes.domain.errors import DocumentProblem
from vibes.domain.pictures.spec import MAX_SEED, ParameterValue
from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.definition.manifest import BY_HUB, Parameter, ParameterKind
from vibes.workflows.filling.parameters import value_problem
from vibes.workflows.reading.section import Section

_KEYS = (
    *("type", "default", "min", "max", "step", "choices", "description", "required", "advanced", "bind", "bypass"),
    "random",
)
_KINDS = {**{kind.value: kind for kind in ParameterKind}, "float": ParameterKind.NUMBER}
_RANDOM = "random"
_SCALAR = (str, int, float, bool)


def read_base(document: YamlDocument, problems: list[DocumentProblem]) -> dict[str, Parameter | None]:
    """Every parameter of the file by name, in its order; None for one whose definition is wrong (reported)."""
    root = Section.root(document, problems)
    definitions = {name: root.section(name) for name in root.values}
    return {name: read_parameter(section, name) if section else None for name, section in definitions.items()}


def read_parameter(section: Section, name: str, inherited: Parameter | None = None) -> Parameter | None:
    """The parameter defined by a section, or an inherited one with the section's changes; None when it is wrong
    (reported)."""
    known_problems = len(section.problems)
    section.allow_only(_KEYS)
    kind = _kind(section, inherited)
    if kind is None:
        return None
    parameter = replace(inherited or _blank(name, kind), kind=kind, **_changes(section, kind))
    _check_definition(section, parameter)
    return parameter if len(section.problems) == known_problems else None


def with_default(section: Section, parameter: Parameter, value: object, below: Path) -> Parameter | None:
    """The parameter with another default, read at ``below``; None when the value does not fit (reported)."""
    if parameter.kind is ParameterKind.SEED and value == _RANDOM:
        return replace(parameter, default=None, required=False)
    message = value_problem(parameter, value)
    if message:
        section.refuse(message, *below)
        return None
    return replace(parameter, default=cast(ParameterValue, value), required=False)  # value_problem has checked the type


def _kind(section: Section, inherited: Parameter | None) -> ParameterKind | None:
    word = section.text("type")
    if word in _KINDS:
        return _KINDS[word]
    if word is not None:
        section.refuse(f"unknown type {shown(word)}{did_you_mean(word, _KINDS)}", "type")
    elif "type" not in section.values:
        if inherited:
            return inherited.kind
        section.refuse(f"a parameter needs a type: one of {', '.join(_KINDS)}")
    return None


def _blank(name: str, kind: ParameterKind) -> Parameter:
    if kind is ParameterKind.SEED:
        return Parameter(name=name, kind=kind, minimum=0, maximum=MAX_SEED)
    return Parameter(name=name, kind=kind)


def _changes(section: Section, kind: ParameterKind) -> dict[str, Any]:
    read = {
        "minimum": section.number("min"),
        "maximum": section.number("max"),
        "step": section.number("step"),
        "choices": _choices(section),
        "description": section.text("description"),
        "required": section.flag("required"),
        "advanced": section.flag("advanced"),
        "bind": _places(section, "bind", _is_target, 'graph-node inputs, such as "4.inputs.seed"'),
        "bypass": _places(section, "bypass", _is_bypass, 'graph nodes as text, such as "12" or "12.inputs.model"'),
    }
    changes = {name: value for name, value in read.items() if value is not None}
    return {**changes, **_default(section, kind, required=bool(read["required"]))}


def _default(section: Section, kind: ParameterKind, *, required: bool) -> dict[str, Any]:
    """The default. ``required`` excludes one, and a seed's default "random" is none."""
    default = section.values.get("default")
    random = section.flag(_RANDOM)
    if random is not None and kind is not ParameterKind.SEED:
        section.refuse("only a parameter of type seed can be random", _RANDOM)
    if kind is ParameterKind.SEED and (random or default == _RANDOM):
        return {"default": None}
    if random is False and default is None:
        return {"default": None, "required": True}
    if required and default is not None:
        section.refuse("a required parameter has no default: leave one of the two out", "default")
    if required:
        return {"default": None}
    return {} if default is None else {"default": default, "required": False}


def _choices(section: Section) -> tuple[Any, ...] | None:
    if "choices" not in section.values:
        return None
    choices = section.values["choices"]
    if isinstance(choices, list) and choices and all(isinstance(choice, _SCALAR) for choice in choices):
        return tuple(choices)
    section.refuse("choices must be a list of texts or numbers that is not empty", "choices")
    return None


def _places(section: Section, key: str, is_place: Callable[[str], bool], demand: str) -> str | None:
    """Graph nodes or inputs, given as one text or a list of texts."""
    places = section.values.get(key)
    listed = ", ".join(places) if isinstance(places, list) and all(isinstance(p, str) for p in places) else places
    if listed is None:
        return None
    if not isinstance(listed, str) or not all(is_place(place) for place in listed.split(",")):
        section.refuse(f"{key} must name {demand}, not {shown(places)}", key)
        return None
    return listed


def _is_target(place: str) -> bool:
    if place.strip() == BY_HUB:
        return True
    graph_node_id, _, name = place.strip().partition(".inputs.")
    return bool(graph_node_id and name)


def _is_bypass(place: str) -> bool:
    graph_node_id, separator, name = place.strip().partition(".inputs.")
    return bool(graph_node_id and (name or not separator))


def _check_definition(section: Section, parameter: Parameter) -> None:
    if parameter.kind is ParameterKind.CHOICE and not parameter.choices:
        section.refuse("a parameter of type choice needs choices", "type")
        return
    if parameter.bypass is not None and parameter.kind is not ParameterKind.BOOLEAN:
        section.refuse("only a parameter of type boolean can bypass graph nodes", "bypass")
        return
    low, high, step = parameter.minimum, parameter.maximum, parameter.step
    if low is not None and high is not None and low > high:
        section.refuse(f"min {low} is above max {high}", "min")
    elif step is not None and step <= 0:
        section.refuse(f"step must be above 0, not {step}", "step")
    elif parameter.default is not None and (message := value_problem(parameter, parameter.default)):
        section.refuse(f"the default is wrong: {message}", "default")
