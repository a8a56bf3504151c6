"""Exports for the importer's tests, as people really have them."""

import json
from functools import cache
from typing import Any

from tests.unit.workflow_sources import shipped_sources
from vibes.domain.pictures.graph import Graph
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.definition.template import parse_template
from vibes.workflows.filling.compile import OUTPUT_PREFIX
from vibes.workflows.importing.importer import Draft, Known, draft_entry
from vibes.workflows.library.layers import Layer, Reading, read_layers, shared_parameters

SHIPPED = Layer("ships", shipped_sources())
FAMILIES = ("sd15", "sdxl", "pony")


@cache
def base() -> dict[str, Any]:
    return dict(shared_parameters([SHIPPED]))


def drafted(graph: Graph, family: str | None = None) -> Draft:
    return draft_entry(parse_template(json.dumps(graph), "mine.json"), "mine", Known(base(), FAMILIES), family=family)


def reading_of(graph: Graph, draft: Draft) -> Reading:
    """What a hub makes of the export and the drafted manifest."""
    files = {"workflows/mine.json": json.dumps(graph), "manifests/mine.yaml": draft.manifest()}
    return read_layers([SHIPPED, Layer("own", files)])


def imported(graph: Graph, family: str | None = None) -> Workflow:
    reading = reading_of(graph, drafted(graph, family))
    assert reading.problems == []
    return reading.workflows["mine"]


def binds(graph: Graph) -> dict[str, str]:
    return {found.parameter: found.bind for found in drafted(graph).found}


def defaults(graph: Graph) -> dict[str, object]:
    return {found.parameter: found.default for found in drafted(graph).found}


def graph_node(class_type: str, title: str | None = None, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs, **({"_meta": {"title": title}} if title else {})}


def sampled(**changed: Any) -> dict[str, Any]:
    """A plain SD 1.5 graph, with graph nodes (named ``n6`` for ``6``) changed, added or left out (None)."""
    graph: dict[str, Any] = {
        "4": graph_node("CheckpointLoaderSimple", ckpt_name="dreamshaper_8.safetensors"),
        "5": graph_node("EmptyLatentImage", width=512, height=768, batch_size=1),
        "6": graph_node("CLIPTextEncode", text="a cat", clip=["4", 1]),
        "7": graph_node("CLIPTextEncode", text="blurry", clip=["4", 1]),
        "3": graph_node(
            "KSampler",
            model=["4", 0],
            positive=["6", 0],
            negative=["7", 0],
            latent_image=["5", 0],
            seed=1,
            steps=20,
            cfg=7,
            sampler_name="euler",
            scheduler="normal",
            denoise=1,
        ),
        "8": graph_node("VAEDecode", samples=["3", 0], vae=["4", 2]),
        "9": graph_node("SaveImage", images=["8", 0], filename_prefix="ComfyUI"),
    }
    for name, node in changed.items():
        graph[name.removeprefix("n")] = node
    return {graph_node_id: node for graph_node_id, node in graph.items() if node is not None}


def with_inputs(graph: dict[str, Any], graph_node_id: str, **inputs: Any) -> dict[str, Any]:
    node = graph[graph_node_id]
    return {**graph, graph_node_id: {**node, "inputs": {**node["inputs"], **inputs}}}


def as_exported(graph: Graph, seed: int = 7) -> dict[str, Any]:
    """The export with the hub's file names, and its own seed in place of the export's."""
    expected: dict[str, Any] = json.loads(json.dumps(graph))
    for node in expected.values():
        inputs = node["inputs"]
        if "filename_prefix" in inputs or node["class_type"] == "SaveImage":
            inputs["filename_prefix"] = OUTPUT_PREFIX
        inputs.update({name: seed for name in ("seed", "noise_seed") if isinstance(inputs.get(name), int)})
    return expected
