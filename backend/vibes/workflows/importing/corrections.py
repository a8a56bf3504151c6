"""What a person says of a draft: which input a parameter sets, or that it sets none."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.pictures.graph import Graph, link_of
from vibes.domain.pictures.spec import ParameterValue
from vibes.workflows.definition.hints import did_you_mean, shown
from vibes.workflows.definition.manifest import Parameter
from vibes.workflows.graphs.nested import inside
from vibes.workflows.graphs.outputs import describe
from vibes.workflows.graphs.walk import Place, Setting
from vibes.workflows.importing.importer import Draft
from vibes.workflows.importing.parameters import RESERVED, Found, found_at, known_names

Corrections = Mapping[str, str | None]
"""By parameter: ``6.text`` or ``6.inputs.text``, several with commas between them; None for none."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_FURTHER = re.compile(r"(.+)_\d+")
"""A further parameter of a kind, such as ``prompt_2``."""
_LONGEST = 64
_WHY = "named by the person who imports it"


def corrected(draft: Draft, corrections: Corrections, graph: Graph, base: Mapping[str, Parameter]) -> Draft:
    """The draft with these bindings; an input that gets another parameter loses its former one.

    Raises InvalidRequest (``invalid_bindings``) with every problem at once.
    """
    if not corrections:
        return draft
    problems = [*_unknown(draft, corrections, base)]
    places = {name: [*_places(graph, name, text, problems)] for name, text in corrections.items() if text is not None}
    named: list[Found] = []
    for name, settings in places.items():
        found = found_at(graph, name, settings, base) if settings else None
        if isinstance(found, str):
            problems.append(Problem(f"bindings.{name}", found))
        elif found is not None:
            named.append(replace(found, why=_WHY))
    problems += _given_twice(named)
    if problems:
        message = "; ".join(problem.message for problem in problems)
        raise InvalidRequest(message, code="invalid_bindings", problems=problems)
    moved = {target for each in named for target in _targets(each)}
    kept = [each for each in draft.found if each.parameter not in corrections]
    return _with(draft, [*filter(None, (_without(each, moved) for each in kept)), *named], corrections)


def _unknown(draft: Draft, corrections: Corrections, base: Mapping[str, Parameter]) -> Iterator[Problem]:
    """Names that no parameter has: a misspelt one would take its input from the one that is meant."""
    known = dict.fromkeys([*(each.parameter for each in draft.found), *draft.entry["parameters"], *known_names(base)])
    for name in corrections:
        further = _FURTHER.fullmatch(name[:_LONGEST])
        stem = further[1] if further else name
        if name not in known and stem not in known and stem not in RESERVED and _NAME.fullmatch(name):
            message = f"there is no parameter {shown(name)}{did_you_mean(name, known)}"
            yield Problem(f"bindings.{name}", f"{message} A further one has a number behind its name: prompt_2")


def _places(graph: Graph, name: str, text: str, problems: list[Problem]) -> Iterator[Setting]:
    if not _NAME.fullmatch(name):
        problems.append(Problem(f"bindings.{name}"[:80], f"{shown(name)} is no name of a parameter: a-z, 0-9 and _"))
        return
    if name in RESERVED:
        message = f"{name} means something else in a request: choose another name, such as {name}_2"
        problems.append(Problem(f"bindings.{name}", message))
        return
    for part in text.split(","):
        setting = _place(graph, part.strip())
        if isinstance(setting, str):
            problems.append(Problem(f"bindings.{name}", f"{name}: {setting}"))
        else:
            yield setting


def _given_twice(named: Sequence[Found]) -> Iterator[Problem]:
    """An input holds one value, so that only one parameter can set it."""
    owners: dict[str, str] = {}
    for each in named:
        for target in _targets(each):
            owner = owners.setdefault(target, each.parameter)
            if owner != each.parameter:
                message = f"{each.parameter}: {owner} sets {target} already, and an input takes one parameter"
                yield Problem(f"bindings.{each.parameter}", message)


def _place(graph: Graph, text: str) -> Setting | str:
    graph_node_id, dot, rest = text.partition(".")
    if not dot or graph_node_id not in graph:
        return f"there is no graph node {shown(graph_node_id)}{did_you_mean(graph_node_id, graph)}"
    inputs = graph[graph_node_id]["inputs"]
    found = inside(inputs, rest)
    if found is None and rest.startswith("inputs."):
        rest = rest.removeprefix("inputs.")
        found = inside(inputs, rest)
    where = describe(graph, graph_node_id)
    if found is None:
        return f"{where} has no input {shown(rest)}{did_you_mean(rest, inputs)}"
    link = link_of(found.value)
    if link is not None:
        source = describe(graph, link.graph_node_id)
        return f"input {rest!r} of {where} comes from {source}: choose the input there that holds the value"
    if not isinstance(found.value, str | int | float | bool):
        return f"input {rest!r} of {where} holds no text and no number"
    value: ParameterValue = found.value
    return Setting(Place(graph_node_id, rest), value)


def _targets(found: Found) -> list[str]:
    return [each.strip() for each in found.bind.split(",")]


def _without(found: Found, moved: set[str]) -> Found | None:
    left = [each for each in _targets(found) if each not in moved]
    if not left:
        return None
    bind = ", ".join(left)
    return replace(found, bind=bind, definition={**found.definition, "bind": bind})


def _with(draft: Draft, found: list[Found], corrections: Corrections) -> Draft:
    before = {each.parameter: number for number, each in enumerate(draft.found)}
    found = sorted(found, key=lambda each: before.get(each.parameter, len(before)))
    names = {each.parameter for each in found}
    gone = {name for name in {*before, *corrections} if name not in names}
    overrides = {name: value for name, value in draft.entry["overrides"].items() if name not in before}
    overrides = {**{each.parameter: dict(each.definition) for each in found}, **overrides}
    listed = [name for name in draft.entry["parameters"] if name not in gone]
    entry = {
        **draft.entry,
        "parameters": list(dict.fromkeys([*(each.parameter for each in found), *listed])),
        "overrides": overrides,
    }
    unsure = tuple(each for each in draft.unsure if each.parameter not in corrections)
    answered = {each.say for each in draft.unsure if each.parameter in corrections}
    notes = tuple(note for note in draft.notes if note not in answered)
    return replace(draft, entry=entry, found=tuple(found), unsure=unsure, notes=notes)
