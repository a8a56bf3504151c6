"""What a picture, or a text that was copied out of one, tells by the names of its texts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vibes.documents.picture_texts import COMMENT, GRAPH, PARAMETERS, UI_FILE, XMP, is_picture, picture_texts
from vibes.documents.text_document import NotText, text_of
from vibes.recipes.members import Members, members_of

__all__ = ["COMMENT", "GRAPH", "PARAMETERS", "UI_FILE", "XMP", "Told", "told_by"]

_MAX_TEXT_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Told:
    texts: Mapping[str, Sequence[str]]
    _read: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """What JSON each text is, so that it is read once, whoever asks for it."""

    def all(self, name: str) -> Sequence[str]:
        return self.texts.get(name, ())

    def first(self, name: str) -> str:
        """Empty without one."""
        return next(iter(self.all(name)), "")

    def json(self, text: str) -> Members | None:
        """The JSON object that one of the texts is; None for anything else, and beyond the limits."""
        if text not in self._read:
            self._read[text] = members_of(text) if text.lstrip()[:1] == "{" else None
        found: Members | None = self._read[text]
        return found

    def members(self, name: str) -> Iterator[Members]:
        """Each JSON object of that name."""
        return (found for text in self.all(name) if (found := self.json(text)) is not None)


def told_by(content: bytes) -> Told:
    """Of a PNG, JPEG, WebP, or of a text that was copied out of one."""
    texts: dict[str, list[str]] = {}
    for name, text in picture_texts(content) if is_picture(content) else _copied(content):
        texts.setdefault(name, []).append(text)
    return Told(texts)


def _copied(content: bytes) -> Iterator[tuple[str, str]]:
    if len(content) > _MAX_TEXT_BYTES:
        return
    try:
        yield PARAMETERS, text_of(content)
    except NotText:
        return
