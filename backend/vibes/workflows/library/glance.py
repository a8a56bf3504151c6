"""What folders of workflows say at a glance: told by their texts, so that it costs the same beside many others."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from vibes.workflows.definition.manifest import ANY_FAMILY
from vibes.workflows.library.layers import BASE_FILE, TEMPLATE_FOLDER, Layer

_FAMILIES = re.compile(r"""["']?families["']?\s*:\s*(\[[^\]]*\]|(?:\n[ \t]*-[^\n]*)+)""")
_FAMILY = re.compile(r"[a-z0-9][a-z0-9._-]*")
_ESCAPED = re.compile(r"\\[xuU][0-9A-Fa-f]")
"""A name may be written so in YAML, where its text does not show it."""


def families_in(layers: Iterable[Layer]) -> frozenset[str]:
    """The families that manifests name, usable or not."""
    texts = (text for layer in layers for path, text in layer.files.items() if _is_manifest(path))
    lists = (found[1] for text in texts for found in _FAMILIES.finditer(text))
    return frozenset(word[0] for words in lists for word in _FAMILY.finditer(words)) - {ANY_FAMILY}


def near(layers: Sequence[Layer], name: str) -> tuple[Layer, ...]:
    """The layers without what a workflow of this name has nothing to do with: other manifests, and their templates."""
    mentioned = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    kept = [{path: text for path, text in layer.files.items() if _is_near(path, text, mentioned)} for layer in layers]
    named = "\n".join(text for files in kept for path, text in files.items() if path != BASE_FILE)
    return tuple(
        replace(layer, files={**files, **_templates(layer, named, name)})
        for layer, files in zip(layers, kept, strict=True)
    )


def _is_manifest(path: str) -> bool:
    return path.endswith((".yaml", ".yml"))


def _is_near(path: str, text: str, mentioned: re.Pattern[str]) -> bool:
    if path == BASE_FILE:
        return True
    return _is_manifest(path) and bool(mentioned.search(text) or _ESCAPED.search(text))


def _templates(layer: Layer, manifests: str, name: str) -> dict[str, str]:
    own = f"{TEMPLATE_FOLDER}{name}.json"
    return {
        path: text
        for path, text in layer.files.items()
        if path.startswith(TEMPLATE_FOLDER) and (path == own or path.removeprefix(TEMPLATE_FOLDER) in manifests)
    }
