"""Checks an entry of ``gpus.yaml`` against its kind: known name, address if needed, known options."""

from collections.abc import Iterator, Mapping
from typing import Any

from vibes.documents.yaml_document import YamlDocument
from vibes.domain.errors import DocumentProblem
from vibes.domain.nodes.node import DEFAULT_KIND
from vibes.ports.kinds import NodeKind, NodeKinds
from vibes.text.near_names import near_name_hint


def kind_problems(document: YamlDocument, kinds: NodeKinds) -> Iterator[DocumentProblem]:
    """What is wrong with the entries according to their kinds; entries of a wrong shape are reported elsewhere."""
    nodes = document.value.get("nodes") if isinstance(document.value, dict) else None
    for index, entry in enumerate(nodes if isinstance(nodes, list) else ()):
        name = entry.get("kind", DEFAULT_KIND) if isinstance(entry, dict) else None
        if not isinstance(name, str):
            continue
        kind = kinds.get(name)
        if kind is None:
            hint = near_name_hint(name, kinds.names) or f": there is {', '.join(kinds.names)}"
            yield document.problem(("nodes", index, "kind"), f"unknown kind {name!r}{hint}")
        else:
            yield from _of_entry(document, index, entry, kind)


def with_defaults(fleet: Mapping[str, Any], kinds: NodeKinds) -> dict[str, Any]:
    """The content of such a file with what the kinds of its entries know for themselves and the entries do not say."""
    nodes = fleet.get("nodes")
    if not isinstance(nodes, list):
        return dict(fleet)
    return {**fleet, "nodes": [_with_defaults(each, kinds) for each in nodes]}


def _with_defaults(entry: object, kinds: NodeKinds) -> object:
    if not isinstance(entry, dict) or not isinstance(name := entry.get("kind", DEFAULT_KIND), str):
        return entry
    kind, options = kinds.get(name), entry.get("options", {})
    if kind is None or not isinstance(options, dict) or not all(isinstance(key, str) for key in options):
        return entry
    return {**kind.defaults_of(options), **entry}


def _of_entry(
    document: YamlDocument, index: int, entry: Mapping[str, Any], kind: NodeKind
) -> Iterator[DocumentProblem]:
    if kind.needs_address:
        for key in ("host", "port"):
            if entry.get(key) is None:
                yield document.problem(("nodes", index, key), f"{key} is required")
    options = entry.get("options", {})
    if not isinstance(options, dict) or not all(isinstance(key, str) for key in options):
        return
    for problem in kind.check_options(options):
        place: tuple[str | int, ...] = ("nodes", index, "options")
        yield document.problem(
            (*place, problem.key) if problem.key else place, f"options of kind {kind.name}: {problem.message}"
        )
