"""What a picture's file tells in texts, under the names by which programs keep them in a PNG."""

from collections.abc import Iterator

from vibes.documents.exif_texts import USER_COMMENT, exif_texts
from vibes.documents.jpeg_comments import jpeg_comments
from vibes.documents.png_texts import all_texts, starts_like_png
from vibes.documents.xmp_texts import xmp_of

PARAMETERS = "parameters"
"""Of A1111, and of programs that took over the name."""
COMMENT = "Comment"
GRAPH, UI_FILE = "prompt", "workflow"
"""Of ComfyUI: the graph that drew the picture, and the file of the editor that it came from."""
XMP = "xmp"

_DESCRIPTION, _MAKE, _MODEL, _SOFTWARE, _MAKER_NOTE = 0x010E, 0x010F, 0x0110, 0x0131, 0x927C
_NAMES = {USER_COMMENT: PARAMETERS, _DESCRIPTION: "Description", _SOFTWARE: "Software", _MAKER_NOTE: "fooocus_scheme"}
_OF_GRAPHS = frozenset({GRAPH, UI_FILE})


def is_picture(content: bytes) -> bool:
    """A PNG, JPEG or WebP, by its first bytes."""
    return starts_like_png(content) or content[:2] == b"\xff\xd8" or (content[:4], content[8:12]) == (b"RIFF", b"WEBP")


def picture_texts(content: bytes) -> Iterator[tuple[str, str]]:
    """Name and text of each text in a PNG, JPEG or WebP; none of anything else."""
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
    if colon and keyword.strip().lower() in _OF_GRAPHS and text[len(keyword) + 1 :].lstrip()[:1] == "{":
        return keyword.strip().lower(), text[len(keyword) + 1 :]
    if tag in {_MAKE, _MODEL, _DESCRIPTION} and text.lstrip()[:1] == "{":
        return PARAMETERS, text
    return _NAMES.get(tag, f"exif {tag}"), text
