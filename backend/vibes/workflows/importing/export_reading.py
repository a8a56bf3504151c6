"""Reads a workflow in API or UI format, or out of a picture that holds either, into the one form that runs."""

import codecs
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from vibes.documents.picture_texts import GRAPH, UI_FILE, is_picture, picture_texts
from vibes.documents.text_document import NotText, text_of
from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.pictures.graph import Graph
from vibes.text.json_text import without_halves
from vibes.workflows.importing.broken_links import without_broken_links
from vibes.workflows.importing.embedded import embedded
from vibes.workflows.importing.wrappings import graph_alone
from vibes.workflows.meaning.schema import Schema
from vibes.workflows.uiformat.convert import Converted, MissingClass, to_api
from vibes.workflows.uiformat.document import is_ui_format
from vibes.workflows.uiformat.public_inputs import PublicInput

MAX_PICTURE_BYTES = 32 * 1024 * 1024
"""Largest picture out of which a workflow is read."""

_NO_GRAPH_NODES = frozenset({"inputs", "outputs", "widgets_values", "widgets_values_named", "properties", "links"})
"""Members of a graph node in which there is no other."""


_START = 512
"""Bytes in which a file that is no text has a zero."""
_MARKS_OF_WIDE_TEXT = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_BEFORE_JSON = b"\0 \t\r\n"
_NO_TEXT = (
    "{} holds no workflow that can be read: take the JSON that ComfyUI saves or exports, "
    "or a PNG, JPEG or WebP that it made"
)


NO_LIST = (
    '{} holds a list, and a workflow is one object: {{"3": {{"class_type": "KSampler", "inputs": {{…}}}}, …}} as '
    'Workflow > Export (API) of ComfyUI writes it, or {{"nodes": […], "links": […]}} as Save does'
)
_NONE_IN_PICTURE = (
    "the picture holds no workflow: ComfyUI writes it into pictures that it saves, many sites take it out; what it "
    "tells of how it was made, vibes recipe shows"
)
_NONE_IN_SETTINGS = (
    "the picture holds no workflow but settings, as A1111 and others write them: vibes recipe shows them, and so does "
    "the studio when it is dropped there"
)
_SETTINGS = re.compile(r"\bSteps: \d+, ")


class ExportFormat(StrEnum):
    API = "api"
    UI = "ui"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True)
class ReadExport:
    """A workflow in API format."""

    text: str
    """JSON; what was in API format already is as it was."""
    format: ExportFormat
    is_changed: bool = True
    """Whether the text is another than that of the file."""
    notes: tuple[str, ...] = ()
    missing: tuple[MissingClass, ...] = ()
    public: tuple[PublicInput, ...] = ()
    """Inputs that its author chose for people to set."""
    outputs: tuple[str, ...] = ()
    """Graph nodes whose pictures its author chose; empty where none was chosen."""
    corners: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    """Where its author put graph nodes, in the editor's units; empty where the file does not tell."""

    def check(self) -> None:
        """Raise InvalidRequest (``missing_classes``) where settings are lost because a class is not known."""
        lost = [each for each in self.missing if each.nameless]
        if lost:
            sentences = "; ".join(each.sentence() for each in lost)
            advice = "install it on a machine of the hub, or export it with Workflow > Export (API) in ComfyUI"
            problems = [Problem("graph", each.sentence()) for each in lost]
            raise InvalidRequest(f"{sentences}: {advice}", code="missing_classes", problems=problems)


def read_export(content: bytes, file: str, schema: Schema) -> ReadExport:
    """``schema``: the classes that the machines have, over those that come with ComfyUI. ``file``: for messages.

    Raises InvalidRequest for a picture without a workflow (``no_workflow``), a UI file that is too large
    (``graph_too_large``) or in which nothing runs (``no_output``), and what is no text. Text that is not JSON is
    taken for API format, whose reader tells what is wrong with it.
    """
    if is_picture(content):
        return _of_picture(content, schema)
    if _is_no_text(content):
        raise InvalidRequest(_NO_TEXT.format(file or "the file"), code="no_workflow")
    try:
        text = text_of(content)
    except NotText as error:
        raise InvalidRequest(error.in_file(file).message) from error
    value = _json(text)
    if isinstance(value, list):
        raise InvalidRequest(NO_LIST.format(file or "the file"), code="no_workflow")
    if is_ui_format(value):
        return _converted(to_api(value, schema), ExportFormat.UI)
    graph, notes = _sound(text, file or "it", schema)
    inner = value.get(UI_FILE) if isinstance(value, dict) else None
    if graph == text and isinstance(inner, dict) and is_ui_format(inner):
        return _converted(to_api(inner, schema), ExportFormat.UI)
    return ReadExport(graph, ExportFormat.API, graph != text, notes)


def with_missing(read: ReadExport, graph: Graph, schema: Schema) -> ReadExport:
    """With the classes of the graph that ``schema`` does not know; what came in API format lacks nothing else by it."""
    ids: dict[str, list[str]] = {}
    for graph_node_id, graph_node in graph.items():
        if schema.get(graph_node["class_type"]) is None:
            ids.setdefault(graph_node["class_type"], []).append(graph_node_id)
    told = {each.class_type for each in read.missing}
    missing = [MissingClass(name, tuple(found), None) for name, found in ids.items() if name not in told]
    notes = (*read.notes, *(each.sentence() for each in missing))
    return replace(read, missing=(*read.missing, *missing), notes=notes) if missing else read


def _sound(text: str, file: str, schema: Schema) -> tuple[str, tuple[str, ...]]:
    """A graph in API format as it can run, and sentences about what was left out of the text."""
    graph, notes = graph_alone(text, file)
    sound, mended = without_broken_links(graph, schema)
    return sound, (*notes, *mended)


def classes_in(content: bytes) -> frozenset[str]:
    """The classes of the graph nodes in a file of any form; none where it cannot be read."""
    if is_picture(content):
        texts = _texts_by_name(content)
        values: list[Any] = [each for name in (GRAPH, UI_FILE) for each in embedded(texts, name, _json)]
    else:
        try:
            values = [_json(text_of(content))]
        except NotText:
            return frozenset()
    return frozenset(each for value in values for each in classes_of(value))


def classes_of(value: object) -> Iterator[str]:
    """The classes of a graph in API format, or of a document in UI format with all that is inside it."""
    waiting = [value]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            kinds = [
                found.get("class_type"),
                found.get("type") if "inputs" in found or "widgets_values" in found else None,
            ]
            yield from (each for each in kinds if isinstance(each, str))
            waiting += [each for key, each in found.items() if key not in _NO_GRAPH_NODES]
        elif isinstance(found, list):
            waiting += found
        elif isinstance(found, str) and found.lstrip()[:1] == "{":  # a request may hold the graph as a text
            waiting.append(_json(found))


def _is_no_text(content: bytes) -> bool:
    """A photograph of a phone, a video, an archive: not JSON in an encoding with zeros, which can be saved as UTF-8."""
    start = content[:_START]
    begins_like_json = start.startswith(_MARKS_OF_WIDE_TEXT) or start.lstrip(_BEFORE_JSON)[:1] in {b"{", b"["}
    return b"\0" in start and not begins_like_json


def _of_picture(content: bytes, schema: Schema) -> ReadExport:
    """The graph that made the picture, where it is there: it is what ran. What people may set is told by the other."""
    texts = _texts_by_name(content)
    drawn = next(filter(_is_api_format, embedded(texts, GRAPH, _json)), None)
    prompt = None if drawn is None else json.dumps(drawn)
    workflow = next(filter(is_ui_format, embedded(texts, UI_FILE, _json)), None)
    if prompt is None and workflow is None:
        raise InvalidRequest(_NONE_IN_SETTINGS if _tells_settings(texts) else _NONE_IN_PICTURE, code="no_workflow")
    if workflow is None:
        graph, notes = _sound(prompt or "", "the picture", schema)
        return ReadExport(graph, ExportFormat.PICTURE, notes=notes)
    converted = to_api(workflow, schema)
    if prompt is None:
        return _converted(converted, ExportFormat.PICTURE)
    graph, notes = _sound(prompt, "the picture", schema)
    return ReadExport(
        graph,
        ExportFormat.PICTURE,
        notes=notes,
        public=converted.public,
        outputs=converted.outputs,
        corners=converted.corners,
    )


def _converted(converted: Converted, kind: ExportFormat) -> ReadExport:
    if not converted.graph:
        message = "nothing in the workflow runs: all its graph nodes are notes, muted or bypassed"
        raise InvalidRequest(message, code="no_output", problems=[Problem("graph", message)])
    try:
        text = json.dumps(converted.graph, indent=2, ensure_ascii=False) + "\n"
        text.encode()
    except (ValueError, RecursionError) as error:  # half of a surrogate pair, a thousand levels
        message = f"the workflow cannot be written as JSON: {error}"
        raise InvalidRequest(message, code="invalid_workflow", problems=[Problem("graph", message)]) from error
    return ReadExport(
        text,
        kind,
        True,
        converted.notes,
        converted.missing,
        converted.public,
        converted.outputs,
        converted.corners,
    )


def _texts_by_name(picture: bytes) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for name, text in picture_texts(picture):
        found.setdefault(name, []).append(text)
    return found


def _tells_settings(texts: Mapping[str, Sequence[str]]) -> bool:
    return any(_SETTINGS.search(text) for told in texts.values() for text in told)


def _json(text: str) -> Any:
    """None where it is no JSON; NaN, which some programs write, is null, and half a surrogate pair a question mark."""
    try:
        return json.loads(without_halves(text), parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None


def _is_api_format(value: object) -> bool:
    return isinstance(value, dict) and any(isinstance(each, dict) and "class_type" in each for each in value.values())
