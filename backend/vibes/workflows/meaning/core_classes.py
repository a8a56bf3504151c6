"""The graph-node classes that come with ComfyUI, for when no node can be asked; what a node tells is better."""

import json
from functools import cache
from importlib import resources

from vibes.workflows.meaning.schema import Schema, read_schema


@cache
def core_schema() -> Schema:
    """Out of ``core_classes.jsonl``: some 500 classes, read when first asked for."""
    text = (resources.files("vibes.workflows.meaning") / "core_classes.jsonl").read_text("utf-8")
    _, *lines = text.splitlines()
    return read_schema({name: told for line in lines for name, told in json.loads(line).items()})
