"""A prompt as weighted phrases: what is between two commas or full stops, with the weights of its parts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

LIGHTEST, HEAVIEST = 0.5, 1.5
STEP = 0.15
"""By how much an emphasis changes a weight."""


@dataclass(frozen=True, slots=True)
class Span:
    """Text as it is meant, without any syntax, and its weight."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Phrase:
    spans: tuple[Span, ...]
    ending: str = ""
    """What stands between it and the next one: a comma, a full stop, a line break."""
    fixed: bool = False
    """A LoRA, an embedding or a wildcard: kept to the letter, never searched for words."""

    @property
    def text(self) -> str:
        return "".join(span.text for span in self.spans)

    @property
    def weight(self) -> float:
        """Of its heaviest part."""
        return max((span.weight for span in self.spans), default=1.0)

    def weighing(self, factor: float) -> "Phrase":
        """With each part heavier by this, within the limits."""
        return replace(self, spans=tuple(Span(each.text, limited(each.weight + factor)) for each in self.spans))

    def without(self, start: int, end: int) -> "Phrase":
        """Without the characters from ``start`` to ``end`` of its text."""
        return self.replaced(start, end, "")

    def replaced(self, start: int, end: int, text: str) -> "Phrase":
        """With ``text`` in the place of these characters, weighing what the first of them did."""
        spans: list[Span] = []
        put = text
        for span, (begin, close) in zip(self.spans, self._places(), strict=True):
            left, right = max(start - begin, 0), min(max(end - begin, 0), close - begin)
            if start >= close or end <= begin:
                spans.append(span)
                continue
            spans.append(Span(span.text[:left] + put + span.text[right:], span.weight))
            put = ""
        return replace(self, spans=tuple(span for span in spans if span.text))

    def weighing_between(self, start: int, end: int, factor: float) -> "Phrase":
        """With these characters of its text heavier by ``factor``, within the limits."""
        spans: list[Span] = []
        for span, (begin, close) in zip(self.spans, self._places(), strict=True):
            cut = sorted({begin, close, *(each for each in (start, end) if begin < each < close)})
            for left, right in pairwise(cut):
                inside = left >= start and right <= end
                weight = limited(span.weight + factor) if inside else span.weight
                spans.append(Span(span.text[left - begin : right - begin], weight))
        return replace(self, spans=joined(spans))

    def _places(self) -> Iterator[tuple[int, int]]:
        at = 0
        for span in self.spans:
            yield at, at + len(span.text)
            at += len(span.text)


Prompt = tuple[Phrase, ...]


def limited(weight: float) -> float:
    return round(min(max(weight, LIGHTEST), HEAVIEST), 3)


def joined(spans: list[Span]) -> tuple[Span, ...]:
    """Neighbours of one weight as one."""
    result: list[Span] = []
    for span in spans:
        if result and result[-1].weight == span.weight:
            result[-1] = Span(result[-1].text + span.text, span.weight)
        elif span.text:
            result.append(span)
    return tuple(result)


def plain_text(prompt: Prompt) -> str:
    """All of it as words, without weights and without what is fixed."""
    return "".join(f"{each.text}{each.ending or ' '}" for each in prompt if not each.fixed).strip()
