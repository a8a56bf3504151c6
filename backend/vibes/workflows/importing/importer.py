"""Makes a manifest entry from a ComfyUI export: finds, names and binds its settings."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import LoraSpec, Operation
from vibes.workflows.definition.hints import did_you_mean
from vibes.workflows.definition.manifest import ANY_FAMILY, DEFAULT_MAX_LORAS, Parameter
from vibes.workflows.definition.template import Template
from vibes.workflows.graphs.loras import splice_loras
from vibes.workflows.graphs.outputs import describe
from vibes.workflows.graphs.walk import Place, upstream, waits_for_itself
from vibes.workflows.importing.family_guess import FamilyGuess, guess_family
from vibes.workflows.importing.parameters import Found, find_parameters
from vibes.workflows.meaning.found import Roles, Unsure
from vibes.workflows.meaning.pictures import guess_operation
from vibes.workflows.meaning.roles import find_roles
from vibes.workflows.meaning.schema import Schema
from vibes.workflows.meaning.values import find_value
from vibes.workflows.meaning.wiring import Wiring

MAX_GRAPH_NODES = 500
MAX_INPUTS = 10_000
"""Most inputs of a graph; following links takes quadratic time at worst. Real graphs have far fewer."""

_DRAWS = frozenset({Operation.TXT2IMG, Operation.HIRES_FIX, Operation.CONTROLNET})


@dataclass(frozen=True, slots=True)
class Draft:
    """A manifest entry for an export; ``notes`` say what was guessed or not found."""

    name: str
    entry: Mapping[str, Any]
    found: tuple[Found, ...]
    notes: tuple[str, ...]
    unsure: tuple[Unsure, ...] = ()
    """What was left open; ``notes`` say so too."""

    def manifest(self) -> str:
        """The manifest with this entry alone, as YAML."""
        text: str = yaml.safe_dump(
            {self.name: self.entry}, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110
        )
        return text


@dataclass(frozen=True, slots=True)
class Known:
    """What an import is read with."""

    base: Mapping[str, Parameter]
    """The parameters shared by manifests; those that are found keep their bounds, widened where the export's value lies
    outside."""
    families: Collection[str]
    """Those that have workflows."""
    schema: Schema | None = None
    """What the fleet says of the graph's classes; the classes that come with ComfyUI are always known."""


def draft_entry(template: Template, name: str, known: Known, *, family: str | None = None, source: str = "") -> Draft:
    """The entry that makes the template a workflow with the export's values as defaults.

    ``source``: named in the description. The template stays as it is. Raises InvalidRequest when the graph is too
    large (``graph_too_large``), saves no picture (``no_output``) or runs in a circle (``invalid_workflow``).
    """
    graph = template.graph
    check_size(graph)
    roles = find_roles(graph, known.schema)
    if not roles.order:
        raise InvalidRequest("nothing in the graph saves a picture: add a SaveImage to it", code="no_output")
    whole = upstream(graph, [*roles.draws, *reversed(roles.order)])  # with what switches leave out
    circle = waits_for_itself(graph, whole)
    if circle is not None:
        message = f"links run in a circle: {describe(graph, circle)} would wait for its own result"
        raise InvalidRequest(message, code="invalid_workflow", problems=[Problem("graph", message)])
    found = tuple(find_parameters(graph, roles, known.base))
    overrides = {each.parameter: dict(each.definition) for each in found}
    overrides |= _literals(template, {*known.base, *overrides})
    operation = guess_operation(graph, known.schema)
    guess = guess_family(graph, roles)
    entry: dict[str, Any] = {
        "file": f"{name}.json",
        "description": f"Imported from ComfyUI{f' ({source})' if source else ''}",
        "families": [family or guess.family or ANY_FAMILY],
        "operation": str(operation),
        **_lora_keys(graph),
        "parameters": list(dict.fromkeys([*overrides, *template.placeholders])),
        "overrides": overrides,
    }
    if roles.saves:
        entry["outputs"] = roles.saves
    notes = [
        *(each.say for each in roles.unsure),
        *roles.notes,
        *_notes(graph, roles, operation),
        *_batch_notes(Wiring.of(graph, known.schema), roles),
        *_placeholder_notes(template, known.base),
    ]
    if family is not None and family not in known.families:
        notes.insert(0, f"no other workflow is for family {family}{did_you_mean(family, sorted(known.families))}")
    elif family is None and (guess.family or roles.samplers):
        notes.insert(0, _family_note(guess))
    return Draft(name, entry, found, tuple(dict.fromkeys(notes)), tuple(roles.unsure))


def check_size(graph: Graph) -> None:
    inputs = sum(len(graph_node["inputs"]) for graph_node in graph.values())
    for count, most, word in ((len(graph), MAX_GRAPH_NODES, "graph nodes"), (inputs, MAX_INPUTS, "inputs")):
        if count > most:
            message = f"the graph has {count} {word}; an import takes up to {most}"
            raise InvalidRequest(message, code="graph_too_large")


def _lora_keys(graph: Graph) -> dict[str, Any]:
    try:
        splice_loras(graph, [LoraSpec("any.safetensors")])
    except InvalidRequest:
        return {"supports_lora": False}
    return {"supports_lora": True, "max_loras": DEFAULT_MAX_LORAS}


def _literals(template: Template, known: Collection[str]) -> dict[str, dict[str, Any]]:
    """Parameters for words in double braces that are no placeholders: each stands for its own text."""
    return {
        name: {"type": "string", "default": f"{{{{{name}}}}}", "description": "Text in double braces in the export."}
        for name in template.placeholders
        if name not in known
    }


def _family_note(guess: FamilyGuess) -> str:
    if guess.family is None:
        return f"the family cannot be told ({guess.reason}): it is offered for any; better name it when you import"
    return f"the family is {guess.family} {guess.reason}; if it is not, name it when you import"


def _notes(graph: Graph, roles: Roles, operation: Operation) -> Iterator[str]:
    if not roles.saves:
        yield "it only previews: put a SaveImage in the place of the preview, or the hub gets no picture"
    if operation in _DRAWS and not roles.sizes:
        yield "the size was not found: every picture gets the size that the graph makes"
    seeds = {each.value for each in roles.settings.get("seed", [])}
    if len(seeds) > 1:
        yield f"its {len(seeds)} different seeds become one: a request's seed goes to all samplers"
    for sampler in roles.samplers:
        if "start_at_step" in graph[sampler]["inputs"]:
            yield f"{describe(graph, sampler)} keeps its start_at_step and end_at_step, whatever steps are asked for"


def _batch_notes(wiring: Wiring, roles: Roles) -> Iterator[str]:
    for graph_node_id in roles.order:
        if "batch_size" not in wiring.inputs(graph_node_id):
            continue
        batch = find_value(wiring, Place(graph_node_id, "batch_size"), int)
        if batch is not None and isinstance(batch.value, int) and batch.value > 1:
            where = describe(wiring.graph, graph_node_id)
            place = f"{batch.place.input} of {describe(wiring.graph, batch.place.graph_node_id)}"
            what = "its batch_size" if batch.place.graph_node_id == graph_node_id else place
            yield f"{where} makes {batch.value} pictures a run and the hub keeps the first: set {what} to 1"


def _placeholder_notes(template: Template, base: Mapping[str, Parameter]) -> Iterator[str]:
    for name in template.placeholders:
        kind = "the parameter of that name" if name in base else "text that stays as it is"
        yield f"{{{{{name}}}}} in the graph is {kind}"
