"""The parameters of an imported workflow: groups and names the settings, with the export's values as defaults."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import ParameterValue
from vibes.workflows.definition.hints import shown
from vibes.workflows.definition.manifest import Parameter, ParameterKind
from vibes.workflows.definition.template import PLACEHOLDER
from vibes.workflows.filling.parameters import value_problem
from vibes.workflows.graphs.outputs import describe
from vibes.workflows.graphs.walk import Place, Setting
from vibes.workflows.meaning.files import LORA
from vibes.workflows.meaning.found import Roles

_KINDS = {
    **dict.fromkeys(("steps", "width", "height"), ParameterKind.INTEGER),
    **dict.fromkeys(("cfg_scale", "denoise_strength", "guidance", "controlnet_strength"), ParameterKind.NUMBER),
    "built_in_lora_strength": ParameterKind.NUMBER,
    "seed": ParameterKind.SEED,
    "image": ParameterKind.IMAGE,
    "mask": ParameterKind.MASK,
}
"""Kinds by role; all others are text."""

_BEFORE_SIZES = ("prompt", "negative_prompt", "image", "mask")
_AFTER_SIZES = (
    *("seed", "steps", "cfg_scale", "guidance", "sampler", "scheduler", "denoise_strength", "controlnet_strength"),
    *("checkpoint", "diffusion_model", "text_encoder", "second_text_encoder", "third_text_encoder"),
    *("fourth_text_encoder", "vae", "controlnet", "upscale_model", "built_in_lora"),
)
"""Order in a form."""

_PASSES = 2
_DETAIL = "detailer"
"""Begins the names of what belongs to a graph node that draws parts anew."""
FOREIGN = re.compile(r"__\w+__|%{1,2}[^%]+%{1,2}|\$\{[^{}]*\}|\$\w+|<\w+>|\{%?\s*\w+\s*%?\}|\[\[?\w+\]?\]|#\w+#|@\w+@")
"""Placeholders of other tools, such as ``__PROMPT__`` and ``%seed%``."""
RESERVED = frozenset({"loras", "lora", "lora_strength", "model", "model_family", "workflow", "count", "styles"})
"""Names that mean something else in a request."""
_NUMBERS = (ParameterKind.INTEGER, ParameterKind.NUMBER)
_SECOND_PASS = {"steps_2": "hires_steps", "denoise_strength_2": "hires_denoise"}
"""Names of the second pass's parameters, where a graph has two passes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A parameter of an export, and the places of its value."""

    parameter: str
    bind: str
    where: str
    default: ParameterValue | None
    """The export's value; None where every request has its own."""
    definition: Mapping[str, Any]
    """What the manifest entry says about it."""
    why: str = ""
    """What it was recognised by."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    name: str
    role: str
    settings: tuple[Setting, ...]

    @property
    def value(self) -> ParameterValue:
        return self.settings[0].value


def find_parameters(graph: Graph, roles: Roles, base: Mapping[str, Parameter]) -> Iterator[Found]:
    """The parameters in a form's order. What cannot be one is noted in ``roles``."""
    two_passes = len(set(roles.samplers) - roles.details) == _PASSES
    for each in _candidates(roles, base):
        candidate = replace(each, name=_SECOND_PASS.get(each.name, each.name)) if two_passes else each
        settings = [found for found in candidate.settings if not _has_placeholder(found.value, base)]
        found = _found(graph, candidate, settings, base) if settings else None
        if isinstance(found, str):
            roles.notes.append(found)
        elif found is not None:
            place = next(each.place for each in settings if _can_be_bound(each.place))
            told = {"description": f"The control picture of {found.where}."} if place in roles.controls else {}
            yield replace(found, definition={**found.definition, **told}, why=roles.why.get(place, ""))


def known_names(base: Mapping[str, Parameter]) -> dict[str, None]:
    """Of the parameters that an import may find, and of those that manifests share, in a form's order."""
    hires = _SECOND_PASS.values()
    return dict.fromkeys([*_BEFORE_SIZES, "width", "height", *_AFTER_SIZES, "built_in_lora_strength", *hires, *base])


def found_at(graph: Graph, name: str, settings: Sequence[Setting], base: Mapping[str, Parameter]) -> Found | str:
    """The parameter of this name for inputs that somebody named; or why it cannot be, as a sentence."""
    role = re.sub(r"_\d+$", "", name)
    return _found(graph, _Candidate(name, role, tuple(settings)), settings, base)


def _found(
    graph: Graph, candidate: _Candidate, settings: Sequence[Setting], base: Mapping[str, Parameter]
) -> Found | str:
    places = [found.place for found in settings if _can_be_bound(found.place)]
    if not places:
        where = f"input {settings[0].place.input!r} of graph node {settings[0].place.graph_node_id!r}"
        return f"{candidate.name} cannot be bound: {where} has an odd name"
    definition = _definition(graph, candidate, base)
    bind = ", ".join(_target(place) for place in places)
    where = describe(graph, places[0].graph_node_id)
    if isinstance(definition, str):
        return f"{candidate.name} of {where} stays as it is: {definition}"
    return Found(candidate.name, bind, where, definition.get("default"), {**definition, "bind": bind})


def _candidates(roles: Roles, base: Mapping[str, Parameter]) -> Iterator[_Candidate]:
    yield from _of_roles(_BEFORE_SIZES[:2], roles)
    yield from _of_parts(roles, base)
    yield from _of_roles(_BEFORE_SIZES[2:], roles)
    for number, group in enumerate(_groups(roles.sizes), start=1):
        for side, role in enumerate(("width", "height")):
            places = dict.fromkeys(pair[side] for pair in group)
            yield _Candidate(_numbered(role, number), role, tuple(places))
    yield from _of_roles(_AFTER_SIZES, roles)


def _of_roles(names: Sequence[str], roles: Roles) -> Iterator[_Candidate]:
    for role in names:
        found = roles.settings.get(role, [])
        details = [each for each in found if each.place.graph_node_id in roles.details and role != "seed"]
        yield from _numbered_candidates(role, role, [each for each in found if each not in details], roles)
        yield from _numbered_candidates(f"{_DETAIL}_{role}", role, details, roles)


def _numbered_candidates(name: str, role: str, found: Sequence[Setting], roles: Roles) -> Iterator[_Candidate]:
    groups = [list(found)] if role == "seed" and found else _groups(found)
    for number, group in enumerate(groups, start=1):
        candidate = _Candidate(_numbered(name, number), role, tuple(group))
        yield candidate
        if role == LORA:
            yield from _strength(roles, candidate)


def _of_parts(roles: Roles, base: Mapping[str, Parameter]) -> Iterator[_Candidate]:
    """Texts that are joined with a prompt, by their titles or as further prompts."""
    numbers = {role: len(_groups(roles.settings.get(role, []))) for role in _BEFORE_SIZES[:2]}
    taken = {*base, *_KINDS, *_BEFORE_SIZES, *_AFTER_SIZES, *RESERVED}
    for part in roles.parts:
        numbers[part.role] += 1
        name = part.name if part.name and part.name not in taken else _numbered(part.role, numbers[part.role])
        yield _Candidate(name, part.role, (part.setting,))


def _strength(roles: Roles, lora: _Candidate) -> Iterator[_Candidate]:
    """The strength of a built-in LoRA, for model and text encoder together where both are equal."""
    files = {each.place for each in lora.settings}
    found = [strength for each in roles.loras if each.file.place in files for strength in each.strengths]
    alike = tuple(each for each in found if each.value == found[0].value)
    if alike:
        yield _Candidate(f"{lora.name}_strength", "built_in_lora_strength", alike)


def _groups(found: Sequence[Any]) -> list[list[Any]]:
    """Group settings (or pairs of them) with equal values."""
    groups: dict[Any, list[Any]] = {}
    for each in found:
        value = each.value if isinstance(each, Setting) else tuple(side.value for side in each)
        groups.setdefault(value, []).append(each)
    return list(groups.values())


def _numbered(role: str, number: int) -> str:
    return role if number == 1 else f"{role}_{number}"


def _has_placeholder(value: ParameterValue, base: Mapping[str, Parameter]) -> bool:
    """Whether the value contains a placeholder already."""
    return isinstance(value, str) and any(match[1] in base for match in PLACEHOLDER.finditer(value))


def _can_be_bound(place: Place) -> bool:
    graph_node_id, separator, name = _target(place).strip().partition(".inputs.")
    return "," not in _target(place) and bool(separator) and Place(graph_node_id, name) == place and all(place)


def _target(place: Place) -> str:
    return f"{place.graph_node_id}.inputs.{place.input}"


def _definition(graph: Graph, candidate: _Candidate, base: Mapping[str, Parameter]) -> dict[str, Any] | str:
    """What the manifest must say beyond base.yaml; or, as a sentence, why the export's value cannot be a default."""
    shared = base.get(candidate.name)
    kind = _KINDS.get(candidate.role) or (shared.kind if shared else _kind_of(candidate.value))
    definition: dict[str, Any] = {}
    if shared is None or shared.kind is not kind:
        definition["type"] = str(kind)
        where = describe(graph, candidate.settings[0].place.graph_node_id)
        definition["description"] = f"The {candidate.role.replace('_', ' ')} of {where}."
        model = base.get(candidate.role)
        shared = replace(model, name=candidate.name) if model and model.kind is kind else None
        definition |= _bounds(shared)
    parameter = shared or Parameter(name=candidate.name, kind=kind)
    if kind is ParameterKind.SEED or kind.is_picture:
        return definition
    value = _number(kind, candidate.value)
    if value is None:  # the graph cannot run until something else stands there
        usual = parameter.default is not None and _is_placeholder(str(candidate.value))
        return definition if usual else f"{shown(candidate.value)} stands where a number must be"
    if isinstance(value, str) and FOREIGN.fullmatch(value.strip()):
        return {**definition, "default": ""} if candidate.name == "negative_prompt" else definition
    wider = _widened(parameter, value)
    problem = value_problem(replace(parameter, **wider), value)
    if problem:
        return problem
    words = {"minimum": "min", "maximum": "max", "step": "step", "choices": "choices"}
    return {**definition, **{words[name]: value for name, value in wider.items()}, "default": value}


def _is_placeholder(text: str) -> bool:
    """Another tool's; some are a bare word."""
    return bool(FOREIGN.fullmatch(text.strip())) or text.strip().isidentifier()


def _kind_of(value: ParameterValue) -> ParameterKind:
    match value:
        case bool():
            return ParameterKind.BOOLEAN
        case int():
            return ParameterKind.INTEGER
        case float():
            return ParameterKind.NUMBER
        case _:
            return ParameterKind.STRING


def _number(kind: ParameterKind, value: ParameterValue) -> ParameterValue | None:
    """A number in quotation marks as a number; None for any other text in a number's place."""
    if kind not in _NUMBERS or not isinstance(value, str):
        return value
    try:
        return int(value) if kind is ParameterKind.INTEGER else float(value)
    except ValueError:
        return None


def _bounds(shared: Parameter | None) -> dict[str, Any]:
    if shared is None:
        return {}
    bounds = {"min": shared.minimum, "max": shared.maximum, "step": shared.step}
    return {word: value for word, value in bounds.items() if value is not None}


def _widened(parameter: Parameter, value: ParameterValue) -> dict[str, Any]:
    """The bounds that must change so that the export's value fits."""
    if isinstance(value, str) and parameter.choices and value not in parameter.choices:
        return {"choices": [*parameter.choices, value]} if value_problem(parameter, value) else {}
    if isinstance(value, str | bool):
        return {}
    wider: dict[str, Any] = {}
    if parameter.minimum is not None and value < parameter.minimum:
        wider["minimum"] = value
    if parameter.maximum is not None and value > parameter.maximum:
        wider["maximum"] = value
    if parameter.kind is ParameterKind.INTEGER and parameter.step and value % parameter.step:
        wider["step"] = 1
    return wider
