"""Draws the wildcards of a prompt: the same seed chooses the same, whenever and wherever it is drawn."""

import hashlib
from bisect import bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from vibes.domain.prompting.wildcard_syntax import (
    MAX_DEPTH,
    Choice,
    Named,
    Option,
    Part,
    WildcardProblem,
    may_choose,
    names_in,
    option_of,
    parse,
)
from vibes.text.near_names import near_name_hint

MOST_DRAWN = 500
"""Choices of one prompt, those within lists included."""
MAX_CHARACTERS = 16_384
"""Of a prompt as it is drawn."""
MOST_KEPT = 50
"""Choices that a picture keeps."""
_KEY = 80
"""Characters by which a choice is called."""


class _Weighted:
    """Options of which one is chosen in the same time however many there are."""

    def __init__(self, options: Sequence[Option]) -> None:
        self.options = options
        self._ends = list(accumulate(option.weight for option in options))

    def one(self, fraction: float) -> Option:
        return self.options[min(bisect_right(self._ends, fraction * self._ends[-1]), len(self.options) - 1)]

    def several(self, fraction: Callable[[], float], most: int) -> Iterator[Option]:
        """Different ones: each is chosen among those that are left, as they stand."""
        taken: list[int] = []
        for _ in range(min(most, len(self.options))):
            at = fraction() * (self._ends[-1] - sum(self.options[each].weight for each in taken))
            for each in taken:
                if self._ends[each] - self.options[each].weight > at:
                    break
                at += self.options[each].weight
            found = self._left(bisect_right(self._ends, at), taken)
            insort(taken, found)
            yield self.options[found]

    def _left(self, place: int, taken: Sequence[int]) -> int:
        """The option there or, where weights of 0 or rounding led to none, the next one, else the last."""
        last = len(self.options) - 1
        gone = set(taken)
        after = next((each for each in range(place, last + 1) if each not in gone), None)
        return next(each for each in range(last, -1, -1) if each not in gone) if after is None else after


class WildcardLists:
    """The lists that a prompt may name; each is read when it is first drawn from."""

    def __init__(self, entries: Mapping[str, Sequence[str]]) -> None:
        self.entries = entries
        self.sound: set[str] = set()
        """Those that were checked."""
        self._options: dict[str, _Weighted] = {}

    def of(self, name: str, way: Sequence[str] = ()) -> Sequence[str]:
        """``way``: the lists that led to it. Raises WildcardProblem where there is nothing to choose from."""
        entries = self.entries.get(name)
        if entries:
            return entries
        where = f", which the list {way[-1]} names" if way else ""
        if entries is not None:
            raise WildcardProblem(f"the wildcard list {name!r}{where} is empty")
        advice = near_name_hint(name, self.entries) or f": make one, wildcards/{name}.txt in the hub's data folder"
        raise WildcardProblem(f"there is no wildcard list {name!r}{where}{advice}")

    def options(self, name: str) -> _Weighted:
        if name not in self._options:
            self._options[name] = _Weighted([option_of(each) for each in self.of(name)])
        return self._options[name]


@dataclass(frozen=True, slots=True)
class Drawn:
    text: str
    chosen: Mapping[str, str]
    """What each ``__name__`` and ``{a|b}`` of the prompt itself became, by how it is written."""


def check(text: str, lists: WildcardLists) -> None:
    """Raises WildcardProblem if any seed could come upon a list that is not there, or upon a circle of lists."""
    _check(parse(text), lists, ())


def draw(text: str, lists: WildcardLists, seed: int, field_name: str) -> Drawn:
    """The text for one picture, for a text that was checked. ``field_name`` keeps prompt and negative prompt from
    choosing alike. Raises WildcardProblem for one that becomes too long."""
    if not may_choose(text):
        return Drawn(text, {})
    drawing = _Drawing(lists, _fractions(seed, field_name))
    drawn: list[str] = []
    chosen: dict[str, str] = {}
    for part in parse(text):
        value = drawing.one(part, 0)
        drawn.append(value)
        if not isinstance(part, str) and len(chosen) < MOST_KEPT:
            key = f"__{part.name}__" if isinstance(part, Named) else _short(part.source)
            chosen[key] = f"{chosen[key]}, {value}" if key in chosen else value
    return Drawn(_limited("".join(drawn)), chosen)


def _check(parts: tuple[Part, ...], lists: WildcardLists, way: tuple[str, ...]) -> None:
    for name in names_in(parts):
        if name in way:
            circle = " → ".join([*way[way.index(name) :], name])
            raise WildcardProblem(f"wildcards name one another in a circle: {circle}")
        if name in lists.sound:
            continue
        if len(way) >= MAX_DEPTH:
            raise WildcardProblem(f"wildcards name one another more than {MAX_DEPTH} deep: {' → '.join(way)}")
        for entry in lists.of(name, way):
            if may_choose(entry):
                _check(option_of(entry).parts, lists, (*way, name))
        lists.sound.add(name)


def _fractions(seed: int, field_name: str) -> Callable[[], float]:
    """Numbers from 0 up to 1 that depend on nothing but seed and field."""
    count = 0

    def fraction() -> float:
        nonlocal count
        count += 1
        digest = hashlib.sha256(f"{seed} {field_name} {count}".encode()).digest()
        return int.from_bytes(digest[:6], "big") / 2**48

    return fraction


@dataclass(slots=True)
class _Drawing:
    """One prompt being drawn."""

    lists: WildcardLists
    fraction: Callable[[], float]
    count: int = field(init=False, default=0)

    def all(self, parts: Sequence[Part], depth: int) -> str:
        return _limited("".join(self.one(part, depth) for part in parts))

    def one(self, part: Part, depth: int) -> str:
        if isinstance(part, str):
            return part
        if isinstance(part, Named):
            self.counted(depth)
            return self.all(self.lists.options(part.name).one(self.fraction()).parts, depth + 1)
        return self.several(part, depth + 1)

    def several(self, choice: Choice, depth: int) -> str:
        options = self.options(choice)
        spread = choice.most - choice.least + 1
        wanted = choice.least + (int(self.fraction() * spread) if spread > 1 else 0)
        drawn: list[str] = []
        for option in options.several(self.fraction, wanted):
            self.counted(depth)
            drawn.append(self.all(option.parts, depth))
        return choice.joiner.join(drawn)

    def counted(self, depth: int) -> None:
        self.count += 1
        if self.count > MOST_DRAWN or depth > 2 * MAX_DEPTH:
            raise WildcardProblem(f"the prompt has more than {MOST_DRAWN} choices, those within lists included")

    def options(self, choice: Choice) -> _Weighted:
        """Of ``{2$$__name__}`` the entries of that list."""
        match choice.options:
            case (Option(parts=(Named(name),)),) if choice.most > 1:
                return self.lists.options(name)
        return _Weighted(choice.options)


def _limited(text: str) -> str:
    if len(text) > MAX_CHARACTERS:
        raise WildcardProblem(f"with its wildcards drawn the prompt is longer than {MAX_CHARACTERS:,} characters")
    return text


def _short(text: str) -> str:
    return text if len(text) <= _KEY else text[: _KEY - 1] + "…"
