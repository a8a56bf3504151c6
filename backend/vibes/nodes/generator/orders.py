"""Orders as requests to a generator: what it is told of one, as JSON that is kept with the attempt."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vibes.domain.attempt import Wire
from vibes.domain.pictures.spec import GenerationSpec, Operation
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.offers import ModelOffer
from vibes.ports.orders import Order, Outline
from vibes.workflows.definition.manifest import ParameterKind, Workflow
from vibes.workflows.filling.compile import compile_graph
from vibes.workflows.filling.wanted import prompts_of, wanted_of
from vibes.workflows.graphs.requirements import NOT_UPLOADED

DRAWING = "drawing"
"""The only part of a generator's work that reports progress."""
UNKNOWN_STEPS = 10
"""Shown of a picture whose number of steps nobody knows: tenths."""

_KEYWORDS: Mapping[ParameterKind, str] = {ParameterKind.IMAGE: "image", ParameterKind.MASK: "mask"}


def request_of(order: Order, offer: ModelOffer | None) -> dict[str, Any]:
    """``prompt``, ``options`` (keywords of `ImageGenerator.generate_image`), ``images`` (keyword → SHA-256 of the
    picture) and ``steps`` (for progress). Raises InvalidRequest when the spec does not fit the workflow."""
    workflow, spec = order.workflow, order.spec
    stand_ins = {name: NOT_UPLOADED for name, each in workflow.parameters.items() if each.kind.is_picture}
    graph = compile_graph(workflow, spec, stand_ins)
    prompt, negative = prompts_of(graph, spec)
    wanted = wanted_of(workflow, spec, graph)
    capabilities = frozenset() if offer is None else offer.capabilities
    options: dict[str, Any] = {
        "model": None if offer is None else offer.name,
        "negative_prompt": negative if wanted.negative_prompt else None,
        "seed": spec.seed if GeneratorCapabilities.SEEDS in capabilities else None,
        "width": spec.width,
        "height": spec.height,
        "steps": wanted.steps,
        "guidance_scale": wanted.guidance_scale,
        "sampler": wanted.sampler,
        "scheduler": wanted.scheduler,
        "strength": wanted.strength,
        "controlnet_strength": spec.parameters.get("controlnet_strength"),
        "loras": [{"name": lora.name, "strength": lora.strength_model} for lora in spec.loras] or None,
        "operation": str(spec.operation) if spec.operation is Operation.UPSCALE else None,
    }
    return {
        "prompt": prompt,
        "options": {name: value for name, value in options.items() if value is not None},
        "images": {_keyword(workflow, spec, name): image.digest for name, image in order.images.items()},
        "steps": spec.steps or UNKNOWN_STEPS,
    }


def outline_of(sent: Wire) -> Outline:
    return Outline(steps={DRAWING: int(sent.get("steps", UNKNOWN_STEPS))})


def keywords(sent: Wire, picture: Mapping[str, Path]) -> dict[str, Any]:
    """The keywords of `ImageGenerator.generate_image`. ``picture``: where the pictures lie, by their SHA-256."""
    return {**sent["options"], **{keyword: picture[digest] for keyword, digest in sent["images"].items()}}


def _keyword(workflow: Workflow, spec: GenerationSpec, parameter: str) -> str:
    kind = workflow.parameters[parameter].kind
    follows = spec.operation is Operation.CONTROLNET and kind is ParameterKind.IMAGE
    return "depth_map" if follows else _KEYWORDS[kind]
