"""Reads the sentences of feedback with the operations that they must give."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.families import TAGS
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.words import folded, key_of

FOLDER = Path(__file__).resolve().parents[1] / "fixtures" / "refinement"
_NAMES = {"keep": "keep", "remove": "remove", "add": "add", "up": "emphasis_up", "down": "emphasis_down"}
_ARTICLES = {"a", "an", "the"}


@dataclass(frozen=True, slots=True)
class Sentence:
    prompt: str
    feedback: str
    expected: tuple[Changes, ...]
    """Each of them is right."""

    @property
    def phrases(self) -> tuple[str, ...]:
        return tuple(each.text for each in read_prompt(self.prompt, TAGS) if not each.fixed)


def sentences(name: str) -> Iterator[Sentence]:
    prompt = ""
    for line in (FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("prompt: "):
            prompt = line.removeprefix("prompt: ")
        elif "=>" in line and not line.startswith("#"):
            feedback, _, operations = line.partition("=>")
            yield Sentence(prompt, feedback.strip(), tuple(_changes(each.strip()) for each in operations.split("||")))


def normal(changes: Changes) -> dict[str, frozenset[str]]:
    """Sets of terms in small letters without articles, those that are only looked for in the prompt without endings;
    operations that ask for nothing are left out."""
    lists = {name: frozenset(_term(each) for each in getattr(changes, name)) for name in _NAMES.values()}
    lists |= {name: frozenset(map(_keys, lists[name])) for name in lists if name != "add"}
    lists["modify"] = frozenset(f"{_term(each.old)} -> {_term(each.new)}" for each in changes.modify)
    return {name: terms for name, terms in lists.items() if terms}


def _term(text: str) -> str:
    return " ".join(word for word in folded(text).split() if word not in _ARTICLES)


def _keys(term: str) -> str:
    return " ".join(map(key_of, term.split()))


def right(understood: Changes, sentence: Sentence) -> bool:
    return normal(understood) in [normal(each) for each in sentence.expected]


def _changes(text: str) -> Changes:
    lists: dict[str, tuple[str, ...]] = {}
    swaps: list[Swap] = []
    for part in filter(None, (each.strip() for each in text.split(";"))):
        name, _, terms = part.partition(":")
        found = [each.strip() for each in terms.split("|")]
        if name.strip() == "modify":
            swaps += [Swap(*(half.strip() for half in each.split("->"))) for each in found]
        else:
            lists[_NAMES[name.strip()]] = tuple(found)
    return Changes(**lists, modify=tuple(swaps))  # type: ignore[arg-type]  # names come from the table above
