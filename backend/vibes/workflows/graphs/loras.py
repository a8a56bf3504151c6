"""The LoRA splice: inserts a chain of LoRA loaders behind whatever loads the diffusion model, in any graph.

It uses no class names and no ids. A graph node *samples* when it has a ``model`` and a conditioning input. From that
``model`` input the links are followed up through every graph node with a ``model`` input of its own (other LoRAs,
ModelSampling…, IPAdapter…) to the first without one, whose output is the source of MODEL. ``clip`` links are followed
in the same way. The chain is inserted at the source, and all users of the two outputs are rewired to its end, so that
several samplers, CLIPSetLastLayer or a scheduler that reads the model need no special rules.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from vibes.domain.errors import InvalidRequest
from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.domain.pictures.spec import LoraSpec
from vibes.workflows.graphs.links import relinked

_CONDITIONING_INPUTS = ("positive", "conditioning", "cond1")
"""Names of the (first) conditioning input of samplers and guiders."""

_TRAINED_TEXT_ENCODERS = frozenset({"stable_diffusion", "sdxl"})
"""Types of CLIP loaders whose families train LoRAs for the text encoder too; Flux, Qwen-Image and Z-Image do not."""


@dataclass(frozen=True, slots=True)
class _Source:
    """An output that loads MODEL, and the CLIP that the same LoRAs change (None: only the model)."""

    model: Link
    clip: Link | None


def splice_loras(graph: Graph, loras: Sequence[LoraSpec]) -> Graph:
    """A graph with the LoRAs applied, in their order, to every model that is sampled; without LoRAs the same object.

    A base and a refiner get a chain each: ComfyUI ignores LoRA keys that a model does not have. A checkpoint's own CLIP
    goes through the chain; that of a separate CLIP loader only if the family trains the text encoder
    (``_TRAINED_TEXT_ENCODERS``), else the chain consists of LoraLoaderModelOnly. Raises InvalidRequest
    (``no_lora_target``) when nothing in the graph samples.
    """
    if not loras:
        return graph
    sources = _sources(graph)
    if not sources:
        message = "LoRAs were asked for, but no diffusion model is sampled in this workflow"
        raise InvalidRequest(message, code="no_lora_target")
    free_ids = (str(number) for number in count(1) if str(number) not in graph)
    chains: dict[str, dict[str, Any]] = {}
    ends: dict[Link, Link] = {}
    for source in sources:
        ends.update(_chain(source, loras, free_ids, chains))
    rewired = {graph_node_id: relinked(graph_node, ends) for graph_node_id, graph_node in graph.items()}
    return {**rewired, **chains}


def _chain(
    source: _Source, loras: Sequence[LoraSpec], free_ids: Iterator[str], chains: dict[str, dict[str, Any]]
) -> Mapping[Link, Link]:
    """Add the source's chain to ``chains``; answers which output replaces which."""
    model, clip = source.model, source.clip
    for lora in loras:
        inputs: dict[str, Any] = {"model": list(model)}
        if clip is not None:
            inputs["clip"] = list(clip)
        inputs |= {"lora_name": lora.name, "strength_model": lora.strength_model}
        if clip is not None:
            inputs["strength_clip"] = lora.strength_clip
        graph_node_id = next(free_ids)
        chains[graph_node_id] = {
            "class_type": "LoraLoaderModelOnly" if clip is None else "LoraLoader",
            "inputs": inputs,
        }
        model, clip = Link(graph_node_id, 0), None if clip is None else Link(graph_node_id, 1)
    ends = {source.model: model}
    if source.clip is not None and clip is not None:
        ends[source.clip] = clip
    return ends


def _sources(graph: Graph) -> list[_Source]:
    models = dict.fromkeys(
        _origin(graph, link, "model")
        for graph_node in graph.values()
        if (link := link_of(graph_node["inputs"].get("model")))
        and any(link_of(graph_node["inputs"].get(name)) for name in _CONDITIONING_INPUTS)
    )
    clips = dict.fromkeys(
        _origin(graph, link, "clip")
        for graph_node in graph.values()
        if (link := link_of(graph_node["inputs"].get("clip")))
    )
    own = {clip.graph_node_id: clip for clip in clips}
    loaders = {model.graph_node_id for model in models}
    separate = iter(clip for clip in clips if clip.graph_node_id not in loaders and _trains_text_encoder(graph, clip))
    return [_Source(model, own.get(model.graph_node_id) or next(separate, None)) for model in models]


def _origin(graph: Graph, link: Link, line: str) -> Link:
    """Follow links up to the output at their beginning."""
    passed: set[str] = set()
    while link.graph_node_id not in passed:
        passed.add(link.graph_node_id)
        before = link_of(graph[link.graph_node_id]["inputs"].get(line))
        if before is None:
            break
        link = before
    return link


def _trains_text_encoder(graph: Graph, clip: Link) -> bool:
    """Whether LoRAs apply to this CLIP; yes for a loader without a type, such as a checkpoint's or a merge."""
    family = graph[clip.graph_node_id]["inputs"].get("type")
    return family is None or family in _TRAINED_TEXT_ENCODERS
