"""Where tests get workflows from: the shipped folder, the ComfyUI fixtures, or a few lines of text."""

import json
from dataclasses import fields
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import Any

from vibes.domain.pictures.graph import Graph
from vibes.domain.pictures.spec import GenerationSpec, TaskType
from vibes.simulator.setup.packs import PACKS
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.filling.parameters import resolve
from vibes.workflows.library.library import Library, build_library

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"

_NAMED_FIELDS = {field.name for field in fields(GenerationSpec)} - {"parameters", "loras"}

SMALL_BASE = """
    prompt: {type: string, required: true}
    seed: {type: seed, default: random}
    steps: {type: integer, default: 20, min: 1, max: 150}
    image: {type: image}
"""

SMALL_TEMPLATE = """{
  "1": {"class_type": "Encode", "inputs": {"text": "{{prompt}}"}},
  "2": {"class_type": "KSampler", "inputs": {"positive": ["1", 0], "seed": "{{seed}}", "steps": "{{steps}}"}}
}"""


@cache
def shipped_sources() -> dict[str, str]:
    folder = ROOT / "templates"
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


@cache
def shipped_library() -> Library:
    return build_library(shipped_sources())


def library_of(manifest: str, base: str = SMALL_BASE, **templates: str) -> Library:
    """A library out of YAML text and templates by name; without templates there is one called ``small``."""
    return build_library(
        {
            "manifests/base.yaml": dedent(base),
            "manifests/workflows.yaml": dedent(manifest),
            **{f"workflows/{name}.json": text for name, text in (templates or {"small": SMALL_TEMPLATE}).items()},
        }
    )


@cache
def comfyui_graphs() -> dict[str, Graph]:
    """The example graphs, each accepted by a real ComfyUI."""
    graphs = json.loads((FIXTURES / "comfyui" / "graphs.json").read_text(encoding="utf-8"))
    return {name: entry["graph"] for name, entry in graphs.items()}


@cache
def object_info(version: str) -> dict[str, Any]:
    path = FIXTURES / "comfyui" / "object_info" / f"{version}.json"
    info: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return info


def object_info_with_packs(version: str) -> dict[str, Any]:
    """What a node of this version lists once every pack that a shipped workflow needs is installed."""
    packs = {name: info for pack in PACKS.values() for name, info in pack.classes.items()}
    return {**object_info(version), **packs}


def spec_for(workflow: Workflow, family: str = "", **given: Any) -> GenerationSpec:
    """A spec as the hub makes it: given values checked and completed by the workflow's defaults, seed 7."""
    family = family or min(workflow.families)
    loras = given.pop("loras", ())
    values: dict[str, Any] = {"seed": 7, **resolve(workflow, family, given)}
    named = {name: values.pop(name) for name in _NAMED_FIELDS & values.keys()}
    return GenerationSpec(
        workflow=workflow.name,
        operation=workflow.operation,
        model_family=family,
        task_type=TaskType.STANDARD,
        loras=loras,
        parameters=values,
        **named,
    )
