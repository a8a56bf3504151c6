"""Reads one mapping of a manifest key by key; mistakes are collected with their places, and reading goes on."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

from vibes.documents.yaml_document import Path, YamlDocument
from vibes.domain.errors import DocumentProblem
from vibes.workflows.definition.hints import did_you_mean, shown


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping at ``path`` of a document; a failed read reports the problem and answers None, like an absent key."""

    document: YamlDocument
    path: Path
    values: dict[str, Any]
    problems: list[DocumentProblem]
    """Shared by all sections of one reading."""

    @classmethod
    def root(cls, document: YamlDocument, problems: list[DocumentProblem]) -> "Section":
        """The whole document; an empty section when it is no mapping."""
        return _section(document, (), document.value, problems) or cls(document, (), {}, problems)

    def refuse(self, message: str, *below: str | int) -> None:
        """Report a problem with this section, or with a part below it."""
        self.problems.append(self.document.problem((*self.path, *below), message))

    def allow_only(self, known: Collection[str]) -> None:
        for key in self.values:
            if key not in known:
                self.refuse(f"unknown key {shown(key)}{did_you_mean(key, known)}", key)

    def section(self, *below: str | int) -> "Section | None":
        """The mapping at a key (or deeper); None, with a problem reported, when something else is there."""
        value: Any = self.values
        for step in below:
            value = value[step]
        return _section(self.document, (*self.path, *below), value, self.problems)

    def sections(self, key: str) -> "Iterator[tuple[str, Section]]":
        """The mappings within the mapping at ``key``, by name; none when the key is absent."""
        outer = self.section(key) if key in self.values else None
        for name in outer.values if outer else ():
            inner = self.section(key, name)
            if inner:
                yield name, inner

    def text(self, key: str) -> str | None:
        value = self.values.get(key)
        if key not in self.values or (isinstance(value, str) and value.strip()):
            return value
        self.refuse(f"{key} must be text, not {shown(value)}", key)
        return None

    def flag(self, key: str) -> bool | None:
        value = self.values.get(key)
        if key not in self.values or isinstance(value, bool):
            return value
        self.refuse(f"{key} must be true or false, not {shown(value)}", key)
        return None

    def number(self, key: str) -> int | float | None:
        value = self.values.get(key)
        if key not in self.values:
            return None
        if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < inf:
            return value
        self.refuse(f"{key} must be a number, not {shown(value)}", key)
        return None

    def count(self, key: str) -> int | None:
        value = self.number(key)
        if value is None or (isinstance(value, int) and value >= 0):
            return value
        self.refuse(f"{key} must be a whole number from 0 up, not {shown(value)}", key)
        return None

    def names(self, key: str) -> tuple[str, ...] | None:
        value = self.values.get(key)
        if key not in self.values:
            return None
        if isinstance(value, list) and all(isinstance(name, str) and name.strip() for name in value):
            return tuple(value)
        self.refuse(f'{key} must be a list of names, such as [a, "7"], not {shown(value)}', key)
        return None


def _section(document: YamlDocument, path: Path, value: object, problems: list[DocumentProblem]) -> Section | None:
    if not isinstance(value, dict):
        problems.append(document.problem(path, f"must be a mapping of names to values, not {shown(value)}"))
        return None
    problems.extend(
        document.problem((*path, str(key)), f"the key {shown(key)} must be text: quote it")
        for key in value
        if not isinstance(key, str)
    )
    return Section(document, path, {key: item for key, item in value.items() if isinstance(key, str)}, problems)
