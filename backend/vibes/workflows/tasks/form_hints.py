"""What a form needs to know about a parameter beyond JSON Schema, read from the graph inputs that it fills."""

from collections.abc import Mapping
from typing import Any

from vibes.workflows.definition.manifest import Parameter, ParameterKind, Workflow
from vibes.workflows.filling.places import places_of
from vibes.workflows.graphs.model_inputs import MODEL_FILE_INPUTS
from vibes.workflows.graphs.text_inputs import TEXT_INPUTS

_SAMPLING_INPUTS: Mapping[str, str] = {"sampler_name": "samplers", "scheduler": "schedulers"}
"""Inputs with names of samplers and schedulers, and where ``GET /api/workflow/catalog`` lists those."""

_ACRONYMS = frozenset({"cfg", "vae", "lora", "gpu", "clip"})
_PLURAL_LORA = ("loras", "LoRAs")


def form_hints(workflow: Workflow, parameter: Parameter) -> dict[str, Any]:
    """``title``; ``x-catalog``: where the catalog lists the valid names; ``x-multiline`` for long text; ``x-advanced``
    for parameters that few people change."""
    hints: dict[str, Any] = {"title": title_of(parameter.name)}
    places = set(places_of(workflow, parameter))
    catalogs = sorted(filter(None, (_catalog(class_type, name) for class_type, name in places)))
    if parameter.kind is ParameterKind.STRING and catalogs:
        hints["x-catalog"] = catalogs[0]
    elif parameter.kind is ParameterKind.STRING and any(name in TEXT_INPUTS for _, name in places):
        hints["x-multiline"] = True
    if parameter.advanced:
        hints["x-advanced"] = True
    return hints


def title_of(name: str) -> str:
    """A name for people: ``cfg_scale`` is "CFG scale"."""
    words = [word.upper() if word in _ACRONYMS else word for word in name.split("_") if word]
    text = " ".join(words).replace("LORA", "LoRA").replace(*_PLURAL_LORA)
    return text[:1].upper() + text[1:]


def _catalog(class_type: str, name: str) -> str | None:
    folder = MODEL_FILE_INPUTS.get((class_type, name))
    return str(folder) if folder is not None else _SAMPLING_INPUTS.get(name)
