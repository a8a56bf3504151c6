"""The LoRA splice: a chain of LoRA loaders put behind whatever loads the diffusion model, on any graph.

No graph-node class and no id is known here. A graph node *samples* when it takes a ``model`` beside a
conditioning. From its ``model`` input the line is followed up, through every graph node that itself takes a
``model`` (other LoRAs, ModelSampling…, IPAdapter…), to the first that does not: that output is where MODEL
enters the graph. ``clip`` lines are followed up the same way. The chain is put right there and everything that
used the two outputs is rewired to the chain's end, so several samplers, CLIPSetLastLayer or a scheduler that
reads the model need no rules of their own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from vibes.domain.errors import InvalidRequest
from vibes.domain.graph import Graph, Link, link_of
from vibes.domain.spec import LoraSpec
from vibes.workflows.graphs.links import relinked

_CONDITIONING_INPUTS = ("positive", "conditioning", "cond1")
"""What samplers and guiders call their (first) conditioning."""

_TRAINED_TEXT_ENCODERS = frozenset({"stable_diffusion", "sdxl"})
"""Types of CLIP loader whose families train LoRAs for the text encoder too; Flux, Qwen-Image and Z-Image do not."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where MODEL enters the graph, and the CLIP that the same LoRAs change (None: the model alone)."""

    model: Link
    clip: Link | None


def splice_loras(graph: Graph, loras: Sequence[LoraSpec]) -> Graph:
    """A graph whose every sampled model has the LoRAs applied, in their order; without LoRAs the same object.

    A base and a refiner get the chain each: ComfyUI ignores LoRA keys that a model does not have. A checkpoint's
    own CLIP goes through its chain; a separate CLIP loader's only where the family trains the text encoder
    (``_TRAINED_TEXT_ENCODERS``), else the chain is of LoraLoaderModelOnly.

    Raises InvalidRequest (``no_lora_target``) when nothing in the graph samples.
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
    """Add the source's chain to ``chains``; answers which output is to be replaced by which."""
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
    """Follow a line of links up to the output where it begins."""
    passed: set[str] = set()
    while link.graph_node_id not in passed:
        passed.add(link.graph_node_id)
        before = link_of(graph[link.graph_node_id]["inputs"].get(line))
        if before is None:
            break
        link = before
    return link


def _trains_text_encoder(graph: Graph, clip: Link) -> bool:
    """A loader that names no type (a checkpoint's, a merge) is taken at its word: LoRAs apply to its CLIP."""
    family = graph[clip.graph_node_id]["inputs"].get("type")
    return family is None or family in _TRAINED_TEXT_ENCODERS
