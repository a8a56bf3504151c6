"""Appends entries to the text of a gpus.yaml: what is there stays as it is, to the last comment. Pure."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from vibes.documents.yaml_document import parse_yaml
from vibes.domain.errors import InvalidRequest
from vibes.domain.nodes.machines import Place
from vibes.services.discovery.guesses import Guess

_HEAD = "# Your fleet: one entry a machine that runs ComfyUI. The hub notices every change of this file by itself.\n"


@dataclass(frozen=True, slots=True)
class NewEntry:
    place: Place
    guess: Guess


def with_entries(text: str, entries: Sequence[NewEntry], on: date) -> str:
    """Raises InvalidDocument for what is no YAML, and InvalidRequest, with the entries to paste, where the list is
    written in brackets."""
    if not entries:
        return text
    ending = "\r\n" if "\r\n" in text else "\n"
    value = parse_yaml(text, "gpus.yaml").value
    if value is None:
        return _joined(text or _HEAD, f"nodes:\n{_lines(entries, 2, on)}", ending)
    key, nodes = _key_and_nodes(text)
    if nodes is None:
        raise InvalidRequest("gpus.yaml has no list `nodes:`, so nothing can be added to it", code="fleet_file")
    lines = text.splitlines(keepends=True)
    if isinstance(nodes, yaml.ScalarNode):  # nothing stands behind ``nodes:``
        return _inserted(lines, key, _lines(entries, 2, on), ending)
    if nodes.flow_style and nodes.value:
        message = (
            "the list of gpus.yaml is written in brackets: write each entry after a '-' of its own, or paste this: "
        )
        raise InvalidRequest(message + _lines(entries, 2, on), code="fleet_file")
    if nodes.flow_style:
        return _in_place_of_brackets(text, nodes, _lines(entries, 2, on), ending)
    return _inserted(lines, _last_line(nodes, lines), _lines(entries, nodes.start_mark.column, on), ending)


def _lines(entries: Sequence[NewEntry], indent: int, on: date) -> str:
    space = " " * indent
    return "".join(f"{space}{line}\n" for entry in entries for line in _entry(entry, on))


def _entry(entry: NewEntry, on: date) -> Iterator[str]:
    guess = entry.guess
    yield f"# found on {on.isoformat()}: tier ({guess.why}), capabilities and limits are guessed, put them right"
    yield f"- id: {_quoted(guess.id)}"
    yield f"  name: {_quoted(guess.name)}"
    yield f"  vram_gb: {guess.vram_gb}"
    yield f"  tier: {guess.tier}"
    yield f"  host: {_quoted(entry.place.host)}"
    yield f"  port: {entry.place.port}"
    yield f"  capabilities: [{', '.join(guess.capabilities)}]"
    yield f"  max_resolution: {guess.max_resolution}"
    yield f"  max_batch: {guess.max_batch}"


def _quoted(text: str) -> str:
    """JSON's strings are YAML's, but for pairs of surrogates."""
    return json.dumps(text, ensure_ascii=False)


def _key_and_nodes(text: str) -> tuple[int, Any]:
    """The line of the key ``nodes``, and the YAML node behind it: a sequence, or the empty scalar; else None."""
    root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for key, value in root.value if isinstance(root, yaml.MappingNode) else ():
        if key.value == "nodes":
            empty = isinstance(value, yaml.ScalarNode) and not value.value
            return key.start_mark.line, value if empty or isinstance(value, yaml.SequenceNode) else None
    return 0, None


def _last_line(nodes: yaml.SequenceNode, lines: Sequence[str]) -> int:
    """The last one of the last entry, with the comments that are indented like its content."""
    last = max(_ends(nodes))
    dash = nodes.start_mark.column
    while last + 1 < len(lines):
        below = lines[last + 1]
        stripped = below.lstrip(" ")
        if not stripped.startswith("#") or len(below) - len(stripped) <= dash:
            break
        last += 1
    return last


def _ends(node: Any) -> Iterator[int]:
    """The last lines of all that has an exact end: of a block it is where the next thing begins."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        end = node.end_mark
        yield end.line if end.column else max(node.start_mark.line, end.line - 1)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _ends(key)
            yield from _ends(value)
    else:
        for item in node.value:
            yield from _ends(item)


def _inserted(lines: Sequence[str], after: int, entries: str, ending: str) -> str:
    return _joined("".join(lines[: after + 1]), entries, ending) + "".join(lines[after + 1 :])


def _in_place_of_brackets(text: str, nodes: yaml.SequenceNode, entries: str, ending: str) -> str:
    before, behind = text[: nodes.start_mark.index], text[nodes.end_mark.index :]
    comment, _, rest = behind.partition("\n")
    return _joined(before.rstrip(" ") + comment.rstrip("\r"), entries, ending) + rest


def _joined(before: str, entries: str, ending: str) -> str:
    gap = "" if not before or before.endswith("\n") else ending
    return before + gap + entries.replace("\n", ending)
