"""The XMP of a picture, of which two members are read: an XML text, searched and never parsed, so that no entity and
no nesting of a hostile one costs anything."""

import html
import re
from collections.abc import Iterator

from vibes.documents.image_header import jpeg_segments
from vibes.documents.png_texts import starts_like_png, texts
from vibes.documents.riff_chunks import riff_chunks

MAX_BYTES = 2**21
"""Longest XMP that is read."""

_PNG_KEYWORD = "XML:com.adobe.xmp"
_APP1, _START = 0xE1, b"http://ns.adobe.com/xap/1.0/\0"
_OPENING, _CLOSING = "<exif:UserComment", "</exif:UserComment>"
_ITEM = re.compile(r"<rdf:li\b[^<>]*>([^<]*)</rdf:li>")
_TOOL = re.compile(r"xmp:CreatorTool\s*(?:=\s*[\"']|>)([^<\"']*)")


def creator_tool(xmp: str) -> str:
    """The program that wrote it; empty where it does not say so."""
    found = _TOOL.search(xmp)
    return html.unescape(found[1]).strip() if found else ""


def user_comment(xmp: str) -> str | None:
    """The comment of a user, in the first language that it has one in."""
    _, opening, behind = xmp.partition(_OPENING)
    inner, closing, _ = behind.partition(_CLOSING)
    if not opening or not closing:
        return None
    item = _ITEM.search(inner)
    return html.unescape(item[1] if item else inner.partition(">")[2]).strip()


def xmp_of(content: bytes) -> Iterator[str]:
    """Each XMP of a PNG, JPEG or WebP."""
    for text in texts(content, _PNG_KEYWORD) if starts_like_png(content) else map(_decoded, _packets(content)):
        if len(text) <= MAX_BYTES:
            yield text


def _packets(content: bytes) -> Iterator[bytes]:
    if content.startswith(b"\xff\xd8"):
        for marker, body in jpeg_segments(content):
            if marker == _APP1 and body.startswith(_START):
                yield body.removeprefix(_START)
    else:
        yield from riff_chunks(content, b"XMP ")


def _decoded(packet: bytes) -> str:
    return packet[:MAX_BYTES].decode("utf-8", "replace")
