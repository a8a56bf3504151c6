"""Parameters for the inputs that the author of a workflow chose for people: App Mode's become fields of its form."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import ParameterValue
from vibes.workflows.definition.manifest import Parameter
from vibes.workflows.graphs.outputs import describe
from vibes.workflows.importing.importer import Draft
from vibes.workflows.importing.parameters import RESERVED, Found
from vibes.workflows.uiformat.public_inputs import PublicInput

_ODD = re.compile(r"[^a-z0-9]+")
_OF_THE_HUB = "filename_prefix"
"""The input that the hub sets itself, whatever the template says."""
_MOST_WORDS = 40
"""Longest name that is made of a title, in characters."""


def with_public(
    draft: Draft,
    public: Sequence[PublicInput],
    outputs: Sequence[str],
    graph: Graph,
    base: Mapping[str, Parameter],
) -> Draft:
    """The draft with a parameter for each public input that none of its parameters sets yet.

    ``outputs``: the graph nodes whose pictures the author chose; of those that save, only they count then.
    ``base``: the parameters shared by manifests; one of the same kind may be meant, the name of another is left to it.
    """
    chosen = [each for each in draft.entry.get("outputs", ()) if each in outputs]
    if chosen:
        draft = replace(draft, entry={**draft.entry, "outputs": chosen})
    bound = {target.strip() for each in draft.found for target in each.bind.split(",")}
    unbound = [each for each in public if _target(each) not in bound]
    taken = dict.fromkeys((*draft.entry["parameters"], *RESERVED), "")
    kinds = {name: str(each.kind) for name, each in base.items()} | taken
    found = list(_found(unbound, graph, kinds))
    if not found:
        return draft
    overrides = {**draft.entry["overrides"], **{each.parameter: dict(each.definition) for each in found}}
    names = [*draft.entry["parameters"], *(each.parameter for each in found)]
    entry = {**draft.entry, "parameters": list(dict.fromkeys(names)), "overrides": overrides}
    return replace(draft, entry=entry, found=(*draft.found, *found))


def _found(public: Sequence[PublicInput], graph: Graph, kinds: dict[str, str]) -> Iterator[Found]:
    """``kinds``: of each name the one kind of parameters that may have it; empty for none."""
    for each in public:
        value = graph.get(each.graph_node_id, {}).get("inputs", {}).get(each.input)
        kind = _kind(value)
        if kind is None or "," in _target(each) or each.input == _OF_THE_HUB:
            continue
        name = _name(each.title or each.input, kind, kinds)
        kinds[name] = ""
        where = describe(graph, each.graph_node_id)
        description = f"{each.title or each.input} of {where}, chosen by the author of the workflow."
        definition: Mapping[str, Any] = {
            "type": kind,
            "description": description,
            "default": value,
            "bind": _target(each),
        }
        yield Found(name, _target(each), where, value, definition)


def _kind(value: ParameterValue | None) -> str | None:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case _:
            return None


def _name(title: str, kind: str, kinds: Mapping[str, str]) -> str:
    words = _ODD.sub("_", title.lower()).strip("_")[:_MOST_WORDS] or "setting"
    base = words if words[0].isalpha() else f"setting_{words}"
    name, number = base, 1
    while kinds.get(name, kind) != kind:
        number += 1
        name = f"{base}_{number}"
    return name


def _target(each: PublicInput) -> str:
    return f"{each.graph_node_id}.inputs.{each.input}"
