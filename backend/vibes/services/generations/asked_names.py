"""Checks the names in a spec (files, samplers, other choices) against what the fleet has."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.nodes.requirements import choice_word, file_word
from vibes.domain.pictures.spec import GenerationSpec, ParameterValue
from vibes.services.fleet.file_names import FleetNames
from vibes.text.near_names import near_names
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.places import Place, whole_places
from vibes.workflows.graphs.model_inputs import MODEL_FILE_INPUTS

_SHOWN_NAMES = 5


class UnknownName(InvalidRequest):
    """No node has what the request names."""


def with_fleet_names(
    workflow: Workflow, specs: Sequence[GenerationSpec], inventories: Iterable[NodeInventory]
) -> list[GenerationSpec]:
    """Specs of one request with every model file under the fleet's name; a file that no node has keeps its name."""
    fleet = FleetNames(inventories)
    first = specs[0]
    named = {name: fleet.canonical(folder, value) or value for name, value, folder in _files(workflow, first)}
    changes: dict[str, Any] = {}
    if first.checkpoint is not None and "checkpoint" in named:
        changes["checkpoint"] = named.pop("checkpoint")
    if first.loras:
        loras = ((each, fleet.canonical(ModelFolder.LORAS, each.name) or each.name) for each in first.loras)
        changes["loras"] = tuple(replace(lora, name=name) for lora, name in loras)
    shared: dict[int, Mapping[str, ParameterValue]] = {}
    """Parameters by the identity of those that they replace: the pictures of a batch share them, a queue is long."""
    for spec in specs:
        if id(spec.parameters) not in shared:
            shared[id(spec.parameters)] = {**spec.parameters, **named}
    return [replace(spec, **changes, parameters=shared[id(spec.parameters)]) for spec in specs]


def check_names(workflow: Workflow, spec: GenerationSpec, inventories: Sequence[NodeInventory]) -> None:
    """Every name must be in some node's list, as far as lists exist; not checked while no node has answered.

    Raises UnknownName with the nearest names. The code is ``unknown_`` and the kind: ``unknown_checkpoint``,
    ``unknown_lora``, ``unknown_sampler``, ``unknown_upscale_model``, or ``unknown_value`` for other lists.
    """
    if not inventories:
        return
    fleet = FleetNames(inventories)
    for name, value, folder in _files(workflow, spec):
        _check_file(fleet, folder, value, name)
    for index, lora in enumerate(() if any(each.takes_any_lora for each in inventories) else spec.loras):
        _check_file(fleet, ModelFolder.LORAS, lora.name, f"loras.{index}.name")
    for name, value, place in _choices(workflow, spec):
        _check_choice(inventories, place, value, name)


def _check_choice(inventories: Sequence[NodeInventory], place: Place, value: str, field: str) -> None:
    verdicts = [(each, each.takes(*place, value)) for each in inventories]
    having = [inventory for inventory, takes in verdicts if takes is not None]
    if not having or any(takes for _, takes in verdicts):
        return
    word = choice_word(*place)
    offered = sorted({each for inventory in having for each in inventory.offers(*place)})
    raise _unknown(word, word if word.isalpha() else "value", field, value, offered)


def _check_file(fleet: FleetNames, folder: ModelFolder, value: str, field: str) -> None:
    if fleet.canonical(folder, value) is None:
        word = file_word(folder)
        raise _unknown(word, word.lower().replace(" ", "_"), field, value, fleet.all(folder))


def _unknown(word: str, code: str, field: str, value: str, known: list[str]) -> UnknownName:
    nearest = near_names(value, known) or known[:_SHOWN_NAMES]
    there_is = f"there is {', '.join(nearest)}" if nearest else "no node has any"
    return UnknownName(
        f"no node has the {word} {value!r}; {there_is}",
        code=f"unknown_{code}",
        problems=[Problem(field, f"no node has {value!r}; {there_is}")],
    )


def _files(workflow: Workflow, spec: GenerationSpec) -> Iterator[tuple[str, str, ModelFolder]]:
    """Each parameter that names a model file, its value and the folder."""
    for name, value, place in _named(workflow, spec):
        folder = MODEL_FILE_INPUTS.get(place)
        if folder is not None:
            yield name, value, folder


def _choices(workflow: Workflow, spec: GenerationSpec) -> Iterator[tuple[str, str, Place]]:
    return (each for each in _named(workflow, spec) if each[2] not in MODEL_FILE_INPUTS)


def _named(workflow: Workflow, spec: GenerationSpec) -> Iterator[tuple[str, str, Place]]:
    """Parameter, value and place of every text of the spec that fills an input alone."""
    values = spec.values()
    for name, places in whole_places(workflow).items():
        value = values.get(name)
        if isinstance(value, str) and not workflow.parameters[name].kind.is_picture:
            for place in sorted(places):
                yield name, value, place
