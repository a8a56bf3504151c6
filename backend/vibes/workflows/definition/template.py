"""A workflow's template: a ComfyUI graph in API format whose inputs hold ``{{name}}`` placeholders."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vibes.documents.yaml_document import Path, YamlDocument
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.domain.pictures.graph import Graph, link_of
from vibes.workflows.definition.hints import did_you_mean
from vibes.workflows.definition.json_document import parse_json

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*\}\}")
"""``{{name}}``; group 1 is the parameter's name."""

MAX_NAME = 200
"""Most characters of a graph node's id, its class and an input's name; real ones stay below 100."""
MAX_PLACEHOLDERS = 200
"""Most different placeholders; each becomes a parameter."""

_EXPORT_HINT = "choose Workflow > Export (API) in ComfyUI and save that file"


@dataclass(frozen=True, slots=True)
class Template:
    """A template that is valid by itself; whether its placeholders are parameters is checked with the manifest."""

    graph: Graph
    placeholders: Mapping[str, Path]
    """The first place of each name, in the order of the file."""
    document: YamlDocument

    @property
    def file(self) -> str:
        return self.document.file


def parse_template(text: str, file: str) -> Template:
    """Read a template's JSON; a bare ``{{seed}}`` counts as ``"{{seed}}"``.

    Raises InvalidDocument for text that is no JSON or not in API format, and for links to missing graph nodes.
    """
    document = parse_json(text, file)
    problems = list(_format_problems(document))
    if not problems:
        problems = [*_name_problems(document), *_link_problems(document), *_misplaced_placeholders(document)]
    if problems:
        raise InvalidDocument(problems)
    _name_the_loader_meant(document.value)
    placeholders: dict[str, Path] = {}
    for path, name in placeholders_in(document.value):
        placeholders.setdefault(name, path)
    if len(placeholders) > MAX_PLACEHOLDERS:
        message = f"{len(placeholders)} different placeholders; a template may have {MAX_PLACEHOLDERS}"
        raise InvalidDocument([document.problem((), message)])
    return Template(document.value, placeholders, document)


def _name_the_loader_meant(graph: dict[str, Any]) -> None:
    """Replace CheckpointLoader by CheckpointLoaderSimple where it names no config file, without which it cannot run."""
    for graph_node in graph.values():
        if graph_node["class_type"] == "CheckpointLoader" and "config_name" not in graph_node["inputs"]:
            graph_node["class_type"] = "CheckpointLoaderSimple"


def placeholders_in(graph: Graph) -> Iterator[tuple[Path, str]]:
    """Each placeholder's place and parameter, in the order of the graph."""
    for graph_node_id, graph_node in graph.items():
        yield from _placeholders(graph_node["inputs"], (graph_node_id, "inputs"))


def _placeholders(value: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        for match in PLACEHOLDER.finditer(value):
            yield path, match[1]
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _placeholders(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _placeholders(item, (*path, index))


def _format_problems(document: YamlDocument) -> Iterator[DocumentProblem]:
    value: Any = document.value
    match value:
        case {"nodes": list()}:
            message = "this is ComfyUI's UI format, a node needs API format: import it with vibes workflows import, or"
            yield document.problem((), f"{message} {_EXPORT_HINT}")
        case {"prompt": {**graph}} if "class_type" not in graph:
            yield document.problem(("prompt",), 'this is a whole request: keep only what is inside "prompt"')
        case {**graph} if graph:
            for graph_node_id, graph_node in graph.items():
                yield from _graph_node_problems(document, graph_node_id, graph_node)
        case _:
            yield document.problem((), f"a template is an object of graph nodes in API format: {_EXPORT_HINT}")


def _graph_node_problems(document: YamlDocument, graph_node_id: Any, graph_node: Any) -> Iterator[DocumentProblem]:
    match graph_node:
        case {"class_type": str(), "inputs": dict()}:
            pass
        case {"class_type": str()}:
            message = f"graph node {graph_node_id!r} needs an object named inputs"
            yield document.problem((graph_node_id,), message)
        case _:
            message = f"{graph_node_id!r} is no graph node in API format: it needs class_type and inputs"
            yield document.problem((graph_node_id,), f"{message}; {_EXPORT_HINT}")


def _name_problems(document: YamlDocument) -> Iterator[DocumentProblem]:
    graph: Graph = document.value
    for graph_node_id, graph_node in graph.items():
        names = [graph_node_id, graph_node["class_type"], *graph_node["inputs"]]
        if any(len(name) > MAX_NAME for name in names):
            message = f"an id, class or input name of more than {MAX_NAME} characters"
            yield document.problem((graph_node_id,), message)


def _link_problems(document: YamlDocument) -> Iterator[DocumentProblem]:
    graph: Graph = document.value
    for graph_node_id, graph_node in graph.items():
        for name, value in graph_node["inputs"].items():
            message = _link_problem(value, graph)
            if message:
                place = f"input {name!r} of graph node {graph_node_id!r}"
                yield document.problem((graph_node_id, "inputs", name), f"{place} {message}")


def _link_problem(value: Any, graph: Graph) -> str | None:
    if not isinstance(value, list):
        return None
    link = link_of(value)
    if link is None:
        # ComfyUI takes every list for a link and looks up its first element among the ids, which are strings.
        return 'must be a constant or a link such as ["4", 0]: graph-node id as text, then the output slot'
    if link.graph_node_id not in graph:
        hint = did_you_mean(link.graph_node_id, graph)
        return f"links to graph node {link.graph_node_id!r}, which does not exist{hint}"
    return None if link.slot >= 0 else "links to a negative slot"


def _misplaced_placeholders(document: YamlDocument) -> Iterator[DocumentProblem]:
    for graph_node_id, graph_node in document.value.items():
        if PLACEHOLDER.search(graph_node["class_type"]):
            message = "a placeholder may stand in inputs only, never in class_type"
            yield document.problem((graph_node_id, "class_type"), message)
