"""The prompt that a picture's file itself tells, as ComfyUI, A1111 and its successors and this hub write it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vibes.documents.exif_texts import exif_texts, user_comment
from vibes.documents.png_texts import starts_like_png, texts
from vibes.domain.errors import InvalidDocument, InvalidRequest
from vibes.workflows.definition.template import parse_template
from vibes.workflows.importing.importer import check_size
from vibes.workflows.meaning.roles import find_roles
from vibes.workflows.meaning.words import NEGATIVE, PROMPT

MAX_PROMPT = 10_000
"""Most characters of each text that are told."""
MAX_GRAPH_TEXT = 2_000_000
"""Longest text of a graph that is read; that of a large workflow has some 100,000 characters."""

_KEYWORDS = ("parameters", "prompt", "invokeai_metadata", "Comment")
"""Of texts in a PNG, the best told first: A1111 and others; ComfyUI; InvokeAI; NovelAI."""
_SETTINGS = re.compile(r"^Steps: \d+\b")
_NEGATIVE = "Negative prompt:"
_PROMPT_NAMES = ("prompt", "positive_prompt")
_NEGATIVE_NAMES = ("negative_prompt", "negativeprompt", "uc")
_INNER = "sui_image_params"


@dataclass(frozen=True, slots=True)
class WrittenPrompt:
    prompt: str
    negative_prompt: str


def written_prompt(content: bytes) -> WrittenPrompt | None:
    """What a PNG, JPEG or WebP tells; None without a prompt, or where it is told in no known way."""
    found = (_read(text) for text in _candidates(content))
    return next((each for each in found if each is not None and each.prompt), None)


def _candidates(content: bytes) -> Iterator[str]:
    if starts_like_png(content):
        for keyword in _KEYWORDS:
            yield from texts(content, keyword)
        return
    yield from user_comment(content)
    for text in exif_texts(content):
        keyword, colon, rest = text.partition(":")
        yield rest if colon and keyword.strip().lower() == PROMPT else text


def _read(text: str) -> WrittenPrompt | None:
    if not text.lstrip().startswith("{"):
        return _of_lines(text)
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return (_of_members(told) or _of_graph(text)) if isinstance(told, dict) else None


def _of_lines(text: str) -> WrittenPrompt | None:
    """A1111's layout: the prompt, then a negative prompt, then a line of settings."""
    lines = text.strip().splitlines()
    end = next((index for index in range(len(lines) - 1, -1, -1) if _SETTINGS.match(lines[index])), None)
    if end is None:
        return None
    negative = next((index for index in range(end) if lines[index].startswith(_NEGATIVE)), end)
    unwanted = "\n".join(lines[negative:end]).removeprefix(_NEGATIVE)
    return _told("\n".join(lines[:negative]), unwanted)


def _of_members(told: Mapping[str, Any]) -> WrittenPrompt | None:
    inner = told.get(_INNER)
    members = inner if isinstance(inner, dict) else told
    prompt = next((members[name] for name in _PROMPT_NAMES if isinstance(members.get(name), str)), None)
    negative = next((members[name] for name in _NEGATIVE_NAMES if isinstance(members.get(name), str)), "")
    return None if prompt is None else _told(prompt, negative)


def _of_graph(text: str) -> WrittenPrompt | None:
    if len(text) > MAX_GRAPH_TEXT:
        return None
    try:
        graph = parse_template(text, PROMPT).graph
        check_size(graph)
    except (InvalidDocument, InvalidRequest):
        return None
    found = find_roles(graph).settings
    prompt, negative = (next(iter(found.get(role, ())), None) for role in (PROMPT, NEGATIVE))
    return None if prompt is None else _told(str(prompt.value), "" if negative is None else str(negative.value))


def _told(prompt: str, negative: str) -> WrittenPrompt:
    return WrittenPrompt(prompt.strip()[:MAX_PROMPT], negative.strip()[:MAX_PROMPT])
