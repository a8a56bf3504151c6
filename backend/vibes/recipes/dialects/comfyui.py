"""ComfyUI: the graph that drew the picture, and the file of the editor that it came from."""

import json
import math
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from vibes.domain.errors import InvalidDocument, InvalidRequest
from vibes.domain.pictures.file_kind import FileKind
from vibes.domain.pictures.graph import Graph, link_of
from vibes.recipes.members import name_of, number_of, seed_in, side_of, steps_of, text_of
from vibes.recipes.recipe import EmbeddedWorkflow, Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import SAMPLERS, sampling_of
from vibes.recipes.told import GRAPH, UI_FILE, Told
from vibes.workflows.definition.template import parse_template
from vibes.workflows.graphs.walk import Setting
from vibes.workflows.importing.embedded import embedded
from vibes.workflows.importing.export_reading import classes_of
from vibes.workflows.importing.importer import check_size
from vibes.workflows.meaning.core_classes import core_schema
from vibes.workflows.meaning.found import Roles
from vibes.workflows.meaning.roles import find_roles
from vibes.workflows.meaning.schema import Schema
from vibes.workflows.uiformat.convert import to_api

NAME = "ComfyUI"
_KINDS = {
    **dict.fromkeys(("checkpoint", "diffusion_model"), FileKind.MODEL),
    **dict.fromkeys(
        ("text_encoder", "second_text_encoder", "third_text_encoder", "fourth_text_encoder"), FileKind.TEXT_ENCODER
    ),
    "vae": FileKind.VAE,
    "controlnet": FileKind.CONTROLNET,
    "upscale_model": FileKind.UPSCALER,
}
_LISTS = ("nodes", "links")
_MOST_WORDS = 400
"""Characters that are told of why a graph cannot be read."""
_NOT_READ = "its graph cannot be read: {}"
_ONLY_UI = "only the editor's file is there, without the graph that was run: what chance drew is not told"


def read_comfyui(told: Told, schema: Schema | None = None) -> Recipe | None:
    """``schema``: the classes that the machines have, over those that come with ComfyUI."""
    api = next(_documents(told, GRAPH, _is_graph), None)
    ui = next(_documents(told, UI_FILE, _is_ui_file), None)
    if api is not None:
        graph = {key: each for key, each in api.items() if isinstance(each, dict) and "class_type" in each}
        return _of_graph(graph, EmbeddedWorkflow("api", _written(graph)), schema)
    if ui is not None:
        return _of_ui_file(ui, schema)
    return None


def foreign_classes(told: Told) -> frozenset[str]:
    """The graph-node classes in it that do not come with ComfyUI, so that only a machine can tell of them."""
    document = next(chain(_documents(told, GRAPH, _is_graph), _documents(told, UI_FILE, _is_ui_file)), None)
    known = core_schema().classes
    return frozenset(each for each in classes_of(document) if each not in known)


def _documents(told: Told, name: str, wanted: Callable[[dict[str, Any]], bool]) -> Iterator[dict[str, Any]]:
    return filter(wanted, embedded(told.texts, name, told.json))


def _is_graph(document: dict[str, Any]) -> bool:
    return any(isinstance(each, dict) and isinstance(each.get("class_type"), str) for each in document.values())


def _is_ui_file(document: dict[str, Any]) -> bool:
    return all(isinstance(document.get(each), list) for each in _LISTS)


def _of_ui_file(document: Mapping[str, Any], schema: Schema | None) -> Recipe:
    """Without a machine that tells of them, settings of custom graph nodes stay unknown."""
    workflow = EmbeddedWorkflow("ui", _written(document))
    try:
        graph = to_api(document, (schema or Schema()).over(core_schema())).graph
    except InvalidRequest as error:
        return Recipe(made_with=NAME, workflow=workflow, notes=(_not_read(error),))
    return _of_graph(graph, workflow, schema, (_ONLY_UI,))


def _of_graph(
    graph: Mapping[str, Any], workflow: EmbeddedWorkflow, schema: Schema | None, notes: tuple[str, ...] = ()
) -> Recipe:
    try:
        read = parse_template(_written(_without_lost_links(graph)), GRAPH).graph
        check_size(read)
    except (InvalidDocument, InvalidRequest) as error:
        return Recipe(made_with=NAME, workflow=workflow, notes=(*notes, _not_read(error)))
    roles = find_roles(read, schema)
    files = tuple(_files(roles))
    return Recipe(made_with=NAME, settings=_settings(roles, read), files=files, workflow=workflow, notes=notes)


def _without_lost_links(graph: Mapping[str, Any]) -> dict[str, Any]:
    """Without inputs that link to what the graph does not have, as savers of some packs leave them."""
    return {key: _without_lost(graph, each) for key, each in graph.items()}


def _without_lost(graph: Mapping[str, Any], graph_node: Mapping[str, Any]) -> Mapping[str, Any]:
    inputs = graph_node.get("inputs")
    if not isinstance(inputs, dict):
        return graph_node
    links = {name: link for name, value in inputs.items() if (link := link_of(value))}
    lost = {name for name, link in links.items() if link.graph_node_id not in graph}
    return {**graph_node, "inputs": {name: each for name, each in inputs.items() if name not in lost}}


def _not_read(error: InvalidDocument | InvalidRequest) -> str:
    """It names the graph node, whose name may be of any length."""
    why = str(error)
    return _NOT_READ.format(why if len(why) <= _MOST_WORDS else f"{why[:_MOST_WORDS]}…")


def _settings(roles: Roles, graph: Graph) -> RecipeSettings:
    def first(role: str) -> object:
        found: Setting | None = next(iter(roles.settings.get(role, ())), None)
        return None if found is None else found.value

    width, height = (each.value for each in roles.sizes[0]) if roles.sizes else (None, None)
    return RecipeSettings(
        prompt=text_of(first("prompt")),
        negative_prompt=text_of(first("negative_prompt")),
        seed=seed_in(first("seed")),
        width=side_of(width),
        height=side_of(height),
        steps=steps_of(first("steps")),
        cfg_scale=number_of(first("cfg_scale")),
        guidance=number_of(first("guidance")),
        denoise_strength=_less_than_one(number_of(first("denoise_strength"))),
        sampler=_own_class(roles, graph) or _sampler(text_of(first("sampler"))),
        scheduler=text_of(first("scheduler")),
    )


def _own_class(roles: Roles, graph: Graph) -> str | None:
    """The sampler of the first pass where a class of its own stands for it: ``SamplerDPMPP_3M_SDE``."""
    first = next(iter(roles.samplers), None)
    link = None if first is None else link_of(graph[first]["inputs"].get("sampler"))
    name = "" if link is None else graph[link.graph_node_id]["class_type"]
    return sampling_of(name.removeprefix("Sampler")).sampler if name.startswith("Sampler") else None


def _sampler(name: str | None) -> str | None:
    """Early versions said ``sample_dpmpp_2m``; custom samplers have names of their own."""
    return name if name is None or name in SAMPLERS else sampling_of(name).sampler or name


def _less_than_one(strength: float | None) -> float | None:
    """A graph that begins with noise says 1, which a picture to start from would have to be there for."""
    return strength if strength is not None and strength < 1 else None


def _files(roles: Roles) -> Iterator[RecipeFile]:
    for role, kind in _KINDS.items():
        for found in roles.settings.get(role, ()):
            if (name := name_of(found.value)) is not None:
                yield RecipeFile(kind, name)
    for lora in roles.loras:
        if (name := name_of(lora.file.value)) is not None:
            yield RecipeFile(
                FileKind.LORA, name, strength=next((number_of(each.value) for each in lora.strengths), None)
            )


def _written(document: Mapping[str, Any]) -> str:
    """As JSON without what only the node that ran it knew, and without NaN, which is none."""
    return json.dumps(_plain(document), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """The nesting was limited before."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items() if key != "is_changed"}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
