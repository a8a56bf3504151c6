"""Reads a prompt as ComfyUI does: weights in parentheses, escaped ones as text, LoRAs and embeddings to the letter."""

import math
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import accumulate

from vibes.domain.refinement.families import FamilyStyle, Weights
from vibes.domain.refinement.phrases import Phrase, Prompt, Span, joined

MAX_DEPTH = 20
"""Parentheses deeper than that are taken as text."""
MAX_WEIGHT = 100.0
"""A larger number after a colon is no weight."""

_FIXED = re.compile(
    r"<[\w-]+:[^<>]*>|\bembedding:[\w./\\-]+(?:\.(?:pt|safetensors|bin))?|__[\w/*-]+__|\{[^{}]*\}", re.IGNORECASE
)
_ESCAPED = {"\\(": "\x01", "\\)": "\x02"}
_MEANT = str.maketrans({"\x01": "(", "\x02": ")"})
_ENDING = re.compile(r"[,;]\s*|(?<![.!?])[.!?]++(?=\s|$)\s*|\n\s*")
_LONGEST_ABBREVIATION = 8
_ABBREVIATED = re.compile(r"(?:^|\s)(?:\w|st|mr|mrs|dr|vs|ca|no|approx)$", re.IGNORECASE)


def read_prompt(text: str, style: FamilyStyle) -> Prompt:
    """Its phrases. Where the family has no syntax, parentheses with a number are weights all the same, since nobody
    means them to be drawn; bare ones are text."""
    return tuple(_phrases(_spans(text, bare=style.weights is Weights.SYNTAX)))


def _spans(text: str, *, bare: bool) -> Sequence[Span]:
    for written, sign in _ESCAPED.items():
        text = text.replace(written, sign)
    return joined([Span(part.translate(_MEANT), weight) for part, weight in _weighed(text, 1.0, 0, bare=bare)])


def _weighed(text: str, weight: float, depth: int, *, bare: bool) -> Iterator[tuple[str, float]]:
    """A number sets the weight; bare parentheses multiply it by 1.1, as in ComfyUI."""
    for part in _parts(text):
        if part.startswith("(") and part.endswith(")") and depth < MAX_DEPTH:
            inner, said = _said_weight(part[1:-1])
            if said is None and not bare:
                yield "(", weight
                yield from _weighed(inner, weight, depth + 1, bare=bare)
                yield ")", weight
            else:
                yield from _weighed(inner, weight * 1.1 if said is None else said, depth + 1, bare=bare)
        else:
            yield part, weight


def _said_weight(inner: str) -> tuple[str, float | None]:
    before, colon, number = inner.rpartition(":")
    if not colon or not before:
        return inner, None
    try:
        weight = float(number)
    except ValueError:
        return inner, None
    return (before, weight) if math.isfinite(weight) and abs(weight) <= MAX_WEIGHT else (inner, None)


def _parts(text: str) -> Iterator[str]:
    """What is in outer parentheses, with these, and what is between them. A parenthesis without its other half is
    text."""
    depth, start, opened = 0, 0, 0
    for at, sign in enumerate(text):
        if sign == "(":
            if depth == 0:
                opened = at
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            if depth == 0:
                if start < opened:
                    yield text[start:opened]
                yield text[opened : at + 1]
                start = at + 1
    if start < len(text):
        yield text[start:]


def _phrases(spans: Sequence[Span]) -> Iterator[Phrase]:
    text = "".join(span.text for span in spans)
    starts = [0, *accumulate(len(span.text) for span in spans)]
    at = 0
    for start, end, fixed in _cuts(text):
        if text[at:start].strip():
            yield _phrase(spans, starts, at, start, text[start:end] if not fixed else "")
        elif not fixed and text[start:end].strip() and at == 0:
            at = end
            continue
        if fixed:
            follows = _ENDING.match(text, end)
            at = follows.end() if follows else end
            yield Phrase(_between(spans, starts, start, end), follows.group() if follows else "", fixed=True)
        else:
            at = end
    if text[at:].strip():
        yield _phrase(spans, starts, at, len(text), "")


def _cuts(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where phrases end, and what is fixed, in order. Each is looked for once, however long the text is."""
    found = [(each.start(), each.end(), True) for each in _FIXED.finditer(text)]
    found += [(each.start(), each.end(), False) for each in _ENDING.finditer(text) if not _is_abbreviation(text, each)]
    at = 0
    for start, end, fixed in sorted(found):
        if start < at:
            continue
        yield start, end, fixed
        follows = _ENDING.match(text, end) if fixed else None
        at = follows.end() if follows else end


def _is_abbreviation(text: str, ending: re.Match[str]) -> bool:
    before = text[max(ending.start() - _LONGEST_ABBREVIATION, 0) : ending.start()]
    return ending.group().strip() == "." and _ABBREVIATED.search(before) is not None


def _phrase(spans: Sequence[Span], starts: Sequence[int], start: int, end: int, ending: str) -> Phrase:
    inside = _between(spans, starts, start, end)
    text = "".join(span.text for span in inside)
    left, right = len(text) - len(text.lstrip()), len(text.rstrip())
    places = [0, *accumulate(len(span.text) for span in inside)]
    return Phrase(_between(inside, places, left, right), ending)


def _between(spans: Sequence[Span], starts: Sequence[int], start: int, end: int) -> tuple[Span, ...]:
    """``starts``: where each span begins, and the end."""
    found: list[Span] = []
    for number in range(max(bisect_right(starts, start) - 1, 0), len(spans)):
        at = starts[number]
        if at >= end:
            break
        found.append(Span(spans[number].text[max(start - at, 0) : end - at], spans[number].weight))
    return joined(found)
