"""Writes the table of capabilities into docs/generators.md, out of what the generators say of themselves.

python -m tests.generators.capability_table
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.factory import BUILT_IN, GENERATORS
from vibes.generators.generator import ImageGenerator
from vibes.nodes.kinds import node_kinds

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "generators.md"
GUIDE = ROOT / "tests" / "fixtures" / "generators" / "guide.md"
BEGIN, END = "<!-- capabilities: generated -->", "<!-- capabilities: end -->"

COLUMNS = {
    "IMG2IMG": GeneratorCapabilities.IMAGE_TO_IMAGE,
    "ControlNet": GeneratorCapabilities.CONTROLNET,
    "Negative": GeneratorCapabilities.NEGATIVE_PROMPTS,
    "Seeds": GeneratorCapabilities.SEEDS,
    "Schedulers": GeneratorCapabilities.CUSTOM_SCHEDULERS,
    "LoRA": GeneratorCapabilities.LORA,
    "Upscaling": GeneratorCapabilities.UPSCALING,
}
"""By the heads of the guide's table."""

BY_WORKFLOW = [each for each in ("comfyui", "comfyui-managed", "vast") if each in node_kinds().names]
"""Kinds of nodes that are a ComfyUI: what they can do is what a workflow does there."""

GUIDES_NAMES = {
    "Mock": "mock",
    "Local SDXL": "diffusers",
    "VastAI": "vast",
    "FAL ComfyUI": "fal-comfy",
    "FAL Lightning": "fal-lightning",
}

YES, OTHERWISE, NO, WORKFLOW = "✓", "(✓)", "✗", "by workflow"

WHY: Mapping[str, Mapping[str, str]] = {
    "mock": dict.fromkeys(COLUMNS, "it only pretends, and `capabilities` in its settings says to what"),
    "vast": dict.fromkeys(
        COLUMNS, "what is rented is a ComfyUI: it can do whatever the workflow does whose files it has"
    ),
    "diffusers": {
        "ControlNet": "with `controlnet` in its settings: a ControlNet is a file of its own",
        "Negative": "SDXL Lightning draws at guidance 0, where it changes nothing; other checkpoints take one",
        "LoRA": "LoRAs are put on and taken off between pictures",
        "Schedulers": "SDXL Lightning is trained for one scheduler; other checkpoints take any of the list",
    },
    "fal-comfy": dict.fromkeys(
        COLUMNS, "a workflow at fal has the inputs that its owner gave it: `inputs` in the settings names them"
    ),
    "fal-lightning": {
        "Negative": "the endpoint has no such field: it would be dropped without a word, so it is refused with one",
    },
}
"""By generator and head of the table: why it is not as the guide said."""


def with_defaults(name: str) -> ImageGenerator:
    """The generator with nothing said but what must be."""
    registration = GENERATORS[name]
    fields = registration["config_class"].model_fields
    needed = {key: (field.examples or ["x"])[0] for key, field in fields.items() if field.is_required()}
    settings = registration["config_class"].model_validate({**needed, "strategy": name})
    return registration["generator_class"](settings)


def row(name: str) -> dict[str, str]:
    """By the heads of the table."""
    if name in BY_WORKFLOW:
        return dict.fromkeys(COLUMNS, WORKFLOW)
    generator = with_defaults(name)
    return {head: _mark(generator, capability) for head, capability in COLUMNS.items()}


def _mark(generator: ImageGenerator, capability: GeneratorCapabilities) -> str:
    if generator.supports_capability(capability):
        return YES
    return OTHERWISE if capability in generator.supported_capabilities else NO


def rows() -> dict[str, dict[str, str]]:
    return {name: row(name) for name in (*BUILT_IN, *BY_WORKFLOW)}


def guides_rows() -> dict[str, dict[str, str]]:
    """Of the generators that are there."""
    lines = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    heads, *told = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    named = {GUIDES_NAMES[cells[0]]: dict(zip(heads[1:], cells[1:], strict=True)) for cells in told}
    return {name: marks for name, marks in named.items() if name in rows()}


def differences() -> Iterator[tuple[str, str, str, str]]:
    """Generator, head, what the guide said and what is so now."""
    now = rows()
    for name, told in guides_rows().items():
        yield from ((name, head, mark, now[name][head]) for head, mark in told.items() if now[name][head] != mark)


def section() -> str:
    titles = ["generator", *COLUMNS]
    table = [titles, ["---"] * len(titles), *([f"`{name}`", *marks.values()] for name, marks in rows().items())]
    told = [["generator", "capabilities", "the guide said", "now", "because"], ["---"] * 5]
    alike: dict[tuple[str, str, str, str], list[str]] = {}
    for name, head, before, now in differences():
        alike.setdefault((name, before, now, WHY[name][head]), []).append(head)
    told.extend([f"`{name}`", ", ".join(heads), *rest] for (name, *rest), heads in alike.items())
    differs = "What is not as the guide said that programs were written against:"
    return "\n".join((BEGIN, _lines(table), "", differs, "", _lines(told), END))


def _lines(cells: list[list[Any]]) -> str:
    return "\n".join(f"| {' | '.join(each)} |" for each in cells)


def page() -> str:
    """As it should be."""
    text = PAGE.read_text(encoding="utf-8")
    return re.sub(rf"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: section(), text, flags=re.DOTALL)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
