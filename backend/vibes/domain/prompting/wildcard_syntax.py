"""The syntax of wildcards: ``{a|b|c}`` with weights and counts, ``__name__``, and escapes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vibes.domain.errors import InvalidRequest

MAX_DEPTH = 20
"""Choices within choices, and lists that name lists."""
MAX_NAME = 200

_NAME = r"[^\W_](?:[\w./-]{0,198}?[^\W_])?"
_TOKEN = re.compile(rf"\\[{{}}|]|\\__|__(?P<name>{_NAME})__|[{{}}|]")
"""Whatever means something; everything else is text, the backslash before a parenthesis too."""
_WHOLE_NAME = re.compile(_NAME)
_COUNT = re.compile(r"\s*(\d{1,3})(?:-(\d{1,3}))?\$\$(?:([^{}|$]{0,20})\$\$)?")
"""``2$$``, ``1-3$$`` and, with what stands between the chosen, ``2$$ and $$``."""
_WEIGHT = re.compile(r"\s*(\d{1,6}(?:\.\d{1,6})?)::")


class WildcardProblem(InvalidRequest):
    """A prompt whose wildcards cannot be drawn; says why."""

    code = "invalid_wildcards"


@dataclass(frozen=True, slots=True)
class Named:
    """One entry of a list."""

    name: str


@dataclass(frozen=True, slots=True)
class Option:
    weight: float
    parts: "tuple[Part, ...]"


@dataclass(frozen=True, slots=True)
class Choice:
    """Between ``least`` and ``most`` different ones of the options."""

    options: tuple[Option, ...]
    least: int
    most: int
    joiner: str
    source: str
    """As it is written."""


Part = str | Named | Choice


def parse(text: str) -> tuple[Part, ...]:
    """Raises WildcardProblem where a brace stays open, or choices are nested too deeply."""
    if not may_choose(text):
        return (text,)
    parts, _ = _Reader(text).parts(0, 0, within=False)
    return parts


def option_of(text: str) -> Option:
    """A line of a list: ``3::red fox`` is drawn three times as often as others."""
    weight, begin = _weight(text, 0)
    return Option(weight, parse(text[begin:].strip()))


def may_choose(text: str) -> bool:
    """Whether the text holds anything that could mean more than itself."""
    return "{" in text or "__" in text or "\\}" in text or "\\|" in text


def is_name(text: str) -> bool:
    """Whether a list can be called so: words with ``-``, ``_``, ``.`` and ``/`` between them."""
    return _WHOLE_NAME.fullmatch(text) is not None and ".." not in text and "__" not in text and "//" not in text


def names_in(parts: tuple[Part, ...]) -> Iterator[str]:
    """Every list that may be asked for."""
    for part in parts:
        if isinstance(part, Named):
            yield part.name
        elif isinstance(part, Choice):
            for option in part.options:
                yield from names_in(option.parts)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text

    def parts(self, begin: int, depth: int, *, within: bool) -> tuple[tuple[Part, ...], int]:
        """What stands up to the end or, within a choice, up to its next ``|`` or ``}``; and where that is."""
        found: list[Part] = []
        while (token := _TOKEN.search(self._text, begin)) is not None:
            if token.start() > begin:
                found.append(self._text[begin : token.start()])
            mark, begin = token.group(), token.end()
            if token["name"] is not None:
                found.append(Named(token["name"]))
            elif mark == "{":
                choice, begin = self._choice(token.start(), depth + 1)
                found.append(choice)
            elif within and mark in {"|", "}"}:
                return tuple(found), token.start()
            else:
                found.append(mark.removeprefix("\\"))
        if begin < len(self._text):
            found.append(self._text[begin:])
        return tuple(found), len(self._text)

    def _choice(self, begin: int, depth: int) -> tuple[Choice, int]:
        if depth > MAX_DEPTH:
            raise WildcardProblem(f"choices are nested more than {MAX_DEPTH} deep")
        least, most, joiner, at = self._count(begin + 1)
        options: list[Option] = []
        while True:
            weight, at = _weight(self._text, at)
            parts, at = self.parts(at, depth, within=True)
            options.append(Option(weight, parts))
            if at >= len(self._text):
                message = f"the {{ at character {begin + 1} has no }}; a brace that is meant as text is written \\{{"
                raise WildcardProblem(message)
            at += 1
            if self._text[at - 1] == "}":
                return Choice(tuple(options), least, most, joiner, self._text[begin:at]), at

    def _count(self, begin: int) -> tuple[int, int, str, int]:
        count = _COUNT.match(self._text, begin)
        if count is None:
            return 1, 1, ", ", begin
        least = int(count[1])
        most = least if count[2] is None else int(count[2])
        joiner = ", " if count[3] is None else count[3]
        return min(least, most), max(least, most), joiner, count.end()


def _weight(text: str, begin: int) -> tuple[float, int]:
    found = _WEIGHT.match(text, begin)
    return (1.0, begin) if found is None else (float(found[1]), found.end())
