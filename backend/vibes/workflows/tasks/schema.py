"""Task types and whole jobs as JSON Schema (draft 2020-12), for forms, editors and clients."""

from collections.abc import Mapping
from typing import Any

from vibes.domain.pictures.seed import MAX_DIGITS
from vibes.domain.priority import Priority
from vibes.domain.prompting.style import MOST_APPLIED
from vibes.domain.task_reference import TASK_ID
from vibes.workflows.definition.manifest import Parameter, ParameterKind
from vibes.workflows.filling.parameters import MAX_LORA_STRENGTH
from vibes.workflows.tasks.form_hints import title_of
from vibes.workflows.tasks.json_schema import DIALECT, parameters_schema
from vibes.workflows.tasks.plan import MAX_TASKS
from vibes.workflows.tasks.task_types import (
    COUNT,
    LORAS,
    MODEL_FAMILY,
    PREFERRED_GPU,
    STYLES,
    WILDCARDS,
    JobTaskType,
)

_PICTURE = {
    "type": "string",
    "pattern": rf"^(@{TASK_ID}\.[A-Za-z_][A-Za-z0-9_]*(\[[0-9]+\])?|@?(artifact|generation):.+)$",
}
_DIGITS = {"type": "string", "pattern": rf"^[0-9]{{1,{MAX_DIGITS}}}$"}
_SEED = {"type": "string", "pattern": rf"^@{TASK_ID}\.seeds\[[0-9]+\]$"}
_STRENGTH = {"type": "number", "minimum": -MAX_LORA_STRENGTH, "maximum": MAX_LORA_STRENGTH}


def inputs_schema(task_type: JobTaskType, max_count: int) -> dict[str, Any]:
    """The inputs of a task of this type in the order of a form: pictures come first.

    Inputs that only some of its workflows have are included, not required and, except pictures, ``x-advanced``. A
    picture has ``x-picture`` (``image`` or ``mask``), a seed ``x-seed``, the id of a node ``x-node``; other hints are
    those of `form_hints`.
    """
    pictures: dict[str, Any] = {}
    values: dict[str, Any] = {}
    required: set[str] | None = None
    for family, workflow in task_type.workflows:
        schema = parameters_schema(workflow, family)
        unusual = {} if workflow is task_type.usual else {"x-advanced": True}
        for name, each in schema["properties"].items():
            values.setdefault(name, each | unusual)
        starts = [each for each in workflow.parameters.values() if each.kind.is_picture]
        for parameter in starts:
            pictures.setdefault(parameter.name, _picture_schema(parameter))
        without_default = {name for name in schema["required"] if "default" not in schema["properties"][name]}
        needed = {*without_default, *(each.name for each in starts if each.default is None)}
        required = needed if required is None else required & needed
    if "seed" in values:
        values["seed"] = _seed_schema(values["seed"])
    return {
        "type": "object",
        "properties": pictures | values | _beside(task_type, max_count),
        "required": sorted(required or ()),
        "additionalProperties": False,
    }


def job_schema(types: Mapping[str, JobTaskType], max_count: int) -> dict[str, Any]:
    """The body of ``POST /api/jobs``; the inputs of each type are under ``$defs``."""
    inputs = {name: inputs_schema(task_type, max_count) for name, task_type in types.items()}
    return {
        "$schema": DIALECT,
        "title": "Workflow job",
        "type": "object",
        "properties": {
            "kind": {"const": "workflow"},
            "priority": {"enum": [*map(str, Priority), None]},
            "payload": {
                "type": "object",
                "properties": {
                    "tasks": {"type": "array", "minItems": 1, "maxItems": MAX_TASKS, "items": _task_schema(inputs)},
                    "return": {"description": "JSON with references to outputs; left out: the last task's images."},
                },
                "required": ["tasks"],
                "additionalProperties": False,
            },
        },
        "required": ["kind", "payload"],
        "additionalProperties": False,
        "$defs": inputs,
    }


def _task_schema(inputs: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string", "pattern": f"^{TASK_ID}$"},
            "type": {"anyOf": [{"enum": list(inputs)}, {"type": "string", "pattern": "^workflow\\."}]},
            "inputs": {"type": "object"},
        },
        "required": ["id", "type"],
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"type": {"const": name}}},
                "then": {
                    "properties": {"inputs": {"$ref": f"#/$defs/{name}"}},
                    "required": ["inputs"] if schema["required"] else [],
                },
            }
            for name, schema in inputs.items()
        ],
    }


def _seed_schema(seed: dict[str, Any]) -> dict[str, Any]:
    about = {word: seed.pop(word) for word in ("title", "description") if word in seed}
    return about | {"anyOf": [seed, _DIGITS, _SEED], "default": "random", "x-seed": True}


def _picture_schema(parameter: Parameter) -> dict[str, Any]:
    what = "mask" if parameter.kind is ParameterKind.MASK else "image"
    return {
        "title": title_of(parameter.name),
        "anyOf": [_PICTURE, {"type": "array", "items": _PICTURE, "minItems": 1}],
        "description": parameter.description,
        "x-picture": what,
    }


def _beside(task_type: JobTaskType, max_count: int) -> dict[str, Any]:
    beside: dict[str, Any] = {
        COUNT: {
            "title": "Pictures",
            "type": "integer",
            "minimum": 1,
            "maximum": max_count,
            "default": 1,
            "description": "Pictures for each picture that it starts from.",
        },
        PREFERRED_GPU: {
            "title": "Preferred GPU",
            "type": "string",
            "description": "The node to use where that is possible.",
            "x-node": True,
            "x-advanced": True,
        },
    }
    if len(task_type.families) > 1:
        beside[MODEL_FAMILY] = {
            "title": "Model family",
            "enum": list(task_type.families),
            "default": task_type.families[0],
        }
    if any("prompt" in workflow.parameters for _, workflow in task_type.workflows):
        beside[STYLES] = {
            "title": "Styles",
            "type": "array",
            "maxItems": MOST_APPLIED,
            "items": {"type": "string"},
            "default": [],
            "description": "Saved styles and characters to lay over the prompt, by name.",
            "x-advanced": True,
        }
        beside[WILDCARDS] = {
            "title": "Wildcards",
            "type": "boolean",
            "default": False,
            "description": "Draw __name__ and {a|b} in the prompts by each picture's seed.",
            "x-advanced": True,
        }
    if task_type.max_loras:
        lora = {
            "type": "object",
            "properties": {"name": {"type": "string"}, "strength_model": _STRENGTH, "strength_clip": _STRENGTH},
            "required": ["name"],
            "additionalProperties": False,
        }
        beside[LORAS] = {
            "title": "LoRAs",
            "type": "array",
            "maxItems": task_type.max_loras,
            "items": lora,
            "default": [],
            "x-catalog": "loras",
        }
    return beside
