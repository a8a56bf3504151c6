"""Writes weighted phrases as a prompt of a family: by its syntax, or in words where it has none."""

from collections.abc import Sequence

from vibes.domain.refinement.families import FamilyStyle, Weights
from vibes.domain.refinement.phrases import Phrase, Prompt, Span

_PROMINENT, _SUBTLE = 1.1, 0.9
"""Weights beyond which an adverb says so, where there is no syntax."""


def render_prompt(prompt: Prompt, style: FamilyStyle) -> str:
    ordered = prompt if style.weights is Weights.SYNTAX else _heaviest_first(prompt)
    last = len(ordered) - 1
    parts = [
        f"{_rendered(phrase, style)}{_ending(phrase, style, last=at == last)}" for at, phrase in enumerate(ordered)
    ]
    return "".join(parts).strip()


def _ending(phrase: Phrase, style: FamilyStyle, *, last: bool) -> str:
    if last:
        return phrase.ending.rstrip(" ,;\n")
    return phrase.ending or (". " if style.sentences and not phrase.fixed else " " if phrase.fixed else ", ")


def _rendered(phrase: Phrase, style: FamilyStyle) -> str:
    if phrase.fixed:
        return _weighed(phrase.spans[0], escaped=False) if style.weights is Weights.SYNTAX else phrase.text
    if style.weights is Weights.SYNTAX:
        return "".join(_weighed(span) for span in phrase.spans)
    return _adverb(phrase)


def _weighed(span: Span, *, escaped: bool = True) -> str:
    """Blanks at its edges stay outside of the parentheses."""
    text = escape(span.text) if escaped else span.text
    if span.weight == 1.0 or not text.strip():
        return text
    inner = text.strip()
    left, right = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return f"{left}({inner}:{span.weight:g}){right}"


def escape(text: str) -> str:
    """Parentheses that are text, not weights."""
    return text.replace("(", "\\(").replace(")", "\\)")


def _adverb(phrase: Phrase) -> str:
    """An adverb before what is heavier or lighter than the rest; said once, however often it is rendered."""
    text = ""
    for span in phrase.spans:
        word = "prominent" if span.weight > _PROMINENT else "subtle" if span.weight < _SUBTLE else ""
        bare = span.text.strip()
        if not word or not bare or bare.lower().startswith((word, "very ", "slightly ")):
            text += span.text
            continue
        left, right = span.text[: len(span.text) - len(span.text.lstrip())], span.text[len(span.text.rstrip()) :]
        text += f"{left}{_with_adverb(word, bare)}{right}"
    return text


def _with_adverb(word: str, text: str) -> str:
    article, blank, rest = text.partition(" ")
    if blank and article.lower() in {"a", "an", "the"}:
        said = article if article.lower() == "the" else "A" if article[0].isupper() else "a"
        return f"{said} {word} {rest}"
    return f"{word} {text}"


def _heaviest_first(prompt: Prompt) -> Sequence[Phrase]:
    """What was made heavier as a whole stands at the front of what is not a sentence; the rest keeps its order."""
    if any(each.ending.strip() in {".", "!", "?"} for each in prompt[:-1]):
        return prompt
    heavy = [each for each in prompt[1:] if not each.fixed and all(span.weight > _PROMINENT for span in each.spans)]
    if not heavy or not prompt:
        return prompt
    first = {id(each) for each in heavy}
    return [prompt[0], *heavy, *(each for each in prompt[1:] if id(each) not in first)]
