"""What a picture's file tells in texts, under the names by which programs keep them in a PNG."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vibes.documents.exif_texts import USER_COMMENT, exif_texts
from vibes.documents.jpeg_comments import jpeg_comments
from vibes.documents.png_texts import all_texts, starts_like_png
from vibes.documents.text_document import NotText, text_of
from vibes.documents.xmp_texts import xmp_of
from vibes.recipes.members import Members, members_of

PARAMETERS, GRAPH, UI_FILE, COMMENT, XMP = "parameters", "prompt", "workflow", "Comment", "xmp"
_DESCRIPTION, _MAKE, _MODEL, _SOFTWARE, _MAKER_NOTE = 0x010E, 0x010F, 0x0110, 0x0131, 0x927C
_NAMES = {USER_COMMENT: PARAMETERS, _DESCRIPTION: "Description", _SOFTWARE: "Software", _MAKER_NOTE: "fooocus_scheme"}
_OF_GRAPHS = frozenset({GRAPH, UI_FILE})
_MAX_TEXT_BYTES = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Told:
    texts: Mapping[str, Sequence[str]]

    def all(self, name: str) -> Sequence[str]:
        return self.texts.get(name, ())

    def first(self, name: str) -> str:
        """Empty without one."""
        return next(iter(self.all(name)), "")

    def members(self, name: str) -> Iterator[Members]:
        """Each JSON object of that name."""
        for text in self.all(name):
            found = members_of(text) if text.lstrip()[:1] == "{" else None
            if found is not None:
                yield found


def told_by(content: bytes) -> Told:
    """Of a PNG, JPEG, WebP, or of a text that was copied out of one."""
    texts: dict[str, list[str]] = {}
    for name, text in _named_texts(content):
        texts.setdefault(name, []).append(text)
    return Told(texts)


def is_picture(content: bytes) -> bool:
    """Whether it begins as a PNG, JPEG or WebP does."""
    return starts_like_png(content) or content[:2] == b"\xff\xd8" or content[8:12] == b"WEBP"


def _named_texts(content: bytes) -> Iterator[tuple[str, str]]:
    if not is_picture(content):
        yield from _copied(content)
        return
    if starts_like_png(content):
        yield from all_texts(content)
    for text in jpeg_comments(content):
        yield COMMENT, text
    for tag, text in exif_texts(content):
        yield _name_in_exif(tag, text)
    for text in xmp_of(content):
        yield XMP, text


def _name_in_exif(tag: int, text: str) -> tuple[str, str]:
    """ComfyUI and its savers put ``prompt:`` or ``workflow:`` before a graph, under any tag."""
    keyword, colon, _ = text[:20].partition(":")
    if colon and keyword.strip().lower() in _OF_GRAPHS:
        return keyword.strip().lower(), text[len(keyword) + 1 :]
    if tag in {_MAKE, _MODEL, _DESCRIPTION} and text.lstrip()[:1] == "{":
        return PARAMETERS, text
    return _NAMES.get(tag, f"exif {tag}"), text


def _copied(content: bytes) -> Iterator[tuple[str, str]]:
    if len(content) > _MAX_TEXT_BYTES:
        return
    try:
        yield PARAMETERS, text_of(content)
    except NotText:
        return
