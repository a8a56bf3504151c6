"""Where pictures go in and come out: loaders by any name, masks, savers, and what a graph does with them."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.domain.pictures.spec import Operation
from vibes.workflows.graphs.outputs import PICTURE_INPUTS, PREVIEWS, is_output
from vibes.workflows.graphs.walk import upstream
from vibes.workflows.meaning.samplers import find_samplers, find_services, is_detailer
from vibes.workflows.meaning.schema import Schema
from vibes.workflows.meaning.switches import as_switched
from vibes.workflows.meaning.wiring import CONDITIONING, IMAGE, LATENT, MASK, Wiring
from vibes.workflows.meaning.words import says, words_of

PICTURE_FILE = re.compile(
    r"\.(?:png|jpe?g|webp|bmp|gif|tiff?|avif|jfif)(?: \[(?:input|output|temp)\])?$", re.IGNORECASE
)

_VIDEO = re.compile(r"video|webm|webp.*anim|anim.*(?:webp|png)|gif|mp4|mov\b|avi\b", re.IGNORECASE)
_FRAMES = frozenset({"frame_rate", "fps"})
_LONGEST_NAME = 80
_LOADS = "LoadImage"
_IN = frozenset({"image", "img", "picture", "photo"})
_WRITTEN_PICTURE = re.compile(r"data:image/|[A-Za-z0-9+/]{64}")
_MASKED = frozenset({"latent", "samples", "latent_image", "vae", "latents"})
"""Inputs beside a mask that show that it decides where is painted, and not what is cut out."""
_CONTROLS = frozenset({"controlnet", "cnet", "controlnets"})
_PLACES_ELSEWHERE = re.compile(r"^(?:[A-Za-z]:)?[\\/]|://")


def outputs_of(wiring: Wiring) -> list[str]:
    """Whatever saves or shows pictures; where nothing is named so, whatever takes one and gives nothing on."""
    found = [each for each in wiring.graph if is_output(wiring.graph, each) or _ends(wiring, each)]
    return found or [each for each in wiring.graph if each not in wiring.used_slots and _takes_picture(wiring, each)]


def saves(wiring: Wiring, graph_node_id: str) -> bool:
    return not PREVIEWS.search(wiring.class_name(graph_node_id))


def makes_video(wiring: Wiring, graph_node_id: str) -> bool:
    inputs = wiring.inputs(graph_node_id)
    return bool(_VIDEO.search(wiring.class_name(graph_node_id)) or not _FRAMES.isdisjoint(inputs))


def _ends(wiring: Wiring, graph_node_id: str) -> bool:
    """What is declared as an output of pictures, and a sampler that saves by itself."""
    if graph_node_id in wiring.used_slots:
        return False
    known = wiring.known(graph_node_id)
    saves_itself = str(wiring.inputs(graph_node_id).get("image_output", "")).lower().startswith("save")
    return saves_itself or bool(known and known.is_output and _takes_picture(wiring, graph_node_id))


def _takes_picture(wiring: Wiring, graph_node_id: str) -> bool:
    """By declared types; where nobody declares one, by the name of the input."""
    kinds = {name: wiring.type_of(link) for name, link in wiring.links(graph_node_id)}
    return any(kind in {IMAGE, "VIDEO"} or (kind is None and name in PICTURE_INPUTS) for name, kind in kinds.items())


def picture_input(wiring: Wiring, graph_node_id: str) -> str | None:
    """The input that names an uploaded picture; None for what loads none, or from elsewhere than the uploads."""
    inputs = wiring.inputs(graph_node_id)
    known = wiring.known(graph_node_id)
    declared = [each.name for each in known.inputs if each.uploads == "image_upload"] if known else []
    for name in (*declared, *inputs):
        value = inputs.get(name)
        if not isinstance(value, str):
            continue
        if name in declared or (name == "image" and wiring.class_name(graph_node_id).startswith(_LOADS)):
            return name
        if known is None and _names_picture(name, value) and not _takes_images(wiring, graph_node_id):
            return name
    return None


def picture_by_path(wiring: Wiring, graph_node_id: str) -> str | None:
    """A picture that a loader takes from elsewhere than the uploads."""
    if _takes_images(wiring, graph_node_id) or graph_node_id not in wiring.used_slots:
        return None
    named = (value for value in wiring.inputs(graph_node_id).values() if isinstance(value, str))
    return next((value[-_LONGEST_NAME:] for value in named if PICTURE_FILE.search(value) and "\n" not in value), None)


def holds_picture(wiring: Wiring, graph_node_id: str) -> bool:
    """Whether a loader has a picture written into it, as base64."""
    named = ((name, value) for name, value in wiring.inputs(graph_node_id).items() if isinstance(value, str))
    return graph_node_id in wiring.used_slots and any(
        not _IN.isdisjoint(words_of(name)) and _WRITTEN_PICTURE.match(value) for name, value in named
    )


def control_pictures(wiring: Wiring, ends: Sequence[str], loaders: Collection[str]) -> set[str]:
    """Those of the loaders whose pictures reach the ends through a ControlNet alone."""
    plain = {each: _without_control(wiring, each) for each in wiring.graph}
    return {*loaders} - {*upstream(plain, ends)}


def _without_control(wiring: Wiring, graph_node_id: str) -> Mapping[str, Any]:
    graph_node: Mapping[str, Any] = wiring.graph[graph_node_id]
    inputs = wiring.inputs(graph_node_id)
    if not any(map(names_control, inputs)):
        return graph_node
    drawn = {
        name
        for name, link in wiring.links(graph_node_id)
        if wiring.type_of(link) == IMAGE or "image" in words_of(name) or names_control(name)
    }
    return {**graph_node, "inputs": {name: value for name, value in inputs.items() if name not in drawn}}


def _names_picture(name: str, value: str) -> bool:
    is_file = PICTURE_FILE.search(value) and not _PLACES_ELSEWHERE.search(value)
    return bool(is_file) and not _IN.isdisjoint(words_of(name)) and not {"path", "url"} & set(words_of(name))


def _takes_images(wiring: Wiring, graph_node_id: str) -> bool:
    return any(wiring.type_of(link) == IMAGE for _, link in wiring.links(graph_node_id))


def gives_only_masks(wiring: Wiring, graph_node_id: str) -> bool:
    used = wiring.outputs(graph_node_id)
    return bool(used) and all(is_mask(wiring, link) for link in used)


def is_mask(wiring: Wiring, link: Link) -> bool:
    kind = wiring.type_of(link)
    return kind == MASK if kind else any("mask" in place.input.lower() for place in wiring.users.get(link, ()))


def mask_paints(wiring: Wiring, graph_node_id: str) -> bool:
    """Whether it takes a mask for the latent or the conditioning of an inpainting model, not to cut out a picture or
    to put a prompt into a region."""
    inputs = wiring.inputs(graph_node_id)
    if not any(link_of(inputs.get(name)) for name in ("mask", "noise_mask", "masks")):
        return False
    known = wiring.known(graph_node_id)
    gives = {each.type for each in known.outputs} if known else set()
    linked = {name for name, _ in wiring.links(graph_node_id)}
    return LATENT in gives or bool(linked & _MASKED) or (CONDITIONING in gives and "pixels" in linked)


def guess_operation(graph: Graph, schema: Schema | None = None) -> Operation:
    """The most specific feature decides: a sampler, a ControlNet, a mask, a picture, a second sampler."""
    wiring = as_switched(Wiring.of(graph, schema))
    outputs = outputs_of(wiring)
    order = upstream(wiring.graph, outputs) if outputs else [*graph]
    linked = {name for each in order for name, _ in wiring.links(each)}
    pictures = [each for each in order if picture_input(wiring, each)]
    samplers = find_samplers(wiring, order)
    if not samplers:
        return _without_sampler(wiring, order, linked, pictures)
    if any(map(names_control, linked)):
        return Operation.CONTROLNET
    if any(mask_paints(wiring, each) for each in order):
        return Operation.INPAINT
    if pictures:
        return Operation.IMG2IMG
    passes = [each for each in samplers if not is_detailer(wiring, each)]
    return Operation.HIRES_FIX if len(passes) > 1 else Operation.TXT2IMG


def names_control(name: str) -> bool:
    """Whether an input takes a ControlNet, or several."""
    return name == "control_net" or says(name, _CONTROLS)


def _without_sampler(wiring: Wiring, order: Sequence[str], linked: set[str], pictures: Sequence[str]) -> Operation:
    if find_services(wiring, order):
        return Operation.IMG2IMG if pictures else Operation.TXT2IMG
    return Operation.UPSCALE if "upscale_model" in linked else Operation.PREPROCESS
