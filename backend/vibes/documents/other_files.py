"""What a file is that was taken for a picture, and what to do with it: told by its first bytes, never by its name."""

import codecs
import re
import struct

from vibes.documents.still_headers import brands_of, first_page, is_avif

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_HEAD = 1024
"""Bytes by which a text is told from others."""
_DRAWING = re.compile(rb"<svg[\s>]", re.IGNORECASE)
_WEB_PAGE = re.compile(rb"<(!doctype html|html|head|body)[\s>]", re.IGNORECASE)
_NOT_WRITTEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")

_STARTS = {
    b"\0\0\0\x0cJXL ": "a JPEG XL picture; save it as PNG or JPEG",
    b"\xff\x0a": "a JPEG XL picture; save it as PNG or JPEG",
    b"\0\0\0\x0cjP  ": "a JPEG 2000 picture; save it as PNG or JPEG",
    b"8BPS": "a Photoshop file; export it as PNG",
    b"gimp xcf": "a file of GIMP; export it as PNG",
    b"%PDF": "a PDF; export the page or the picture in it as PNG",
    b"\x76\x2f\x31\x01": "an OpenEXR picture; export it as PNG",
    b"\0\0\1\0": "an icon; save it as PNG",
    b"\x1aE\xdf\xa3": "a video; save one picture of it as PNG",
    b"PK\3\4": "an archive; take the picture out of it (a Krita file is exported as PNG)",
}
HEIF = (
    "a HEIC photograph, which is not read here; export it as JPEG (an iPhone takes JPEGs with Settings, Camera, "
    "Formats, Most Compatible)"
)
DAMAGED = "its end is missing, or it was changed on its way; copy or download it again"
_OF_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")
CAMERA_RAW = "a camera's raw file; develop it and save it as JPEG or PNG"


def told(content: bytes) -> str | None:
    """What it is and what to do, to be put behind "it is"; None when nobody knows it."""
    if not content:
        return "empty: the file has no bytes; copy or download it again"
    if content[4:8] == b"ftyp" and not is_avif(content):
        heif = not _HEIF_BRANDS.isdisjoint(brands_of(content))
        return HEIF if heif else "a video; save one picture of it as PNG"
    for start, what in _STARTS.items():
        if content.startswith(start):
            return what
    if is_avif(content) or content.startswith(_OF_PICTURES) or content[8:12] == b"WEBP":
        return f"damaged: {DAMAGED}"
    return _told_of_text(content[:_HEAD])


def is_camera_raw(content: bytes) -> bool:
    """Whether it is a camera's file that a reader of TIFFs would take for its small preview."""
    try:
        page = first_page(content)
    except struct.error:
        return False
    return page is not None and page.of_a_camera


def _told_of_text(head: bytes) -> str | None:
    if _DRAWING.search(head):
        return "a drawing (SVG), not pixels; export it as PNG"
    if _WEB_PAGE.search(head):
        return "a web page, not a picture; open the picture itself and save that"
    return "a text, not a picture" if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    try:
        written = codecs.getincrementaldecoder("utf-8")().decode(head)  # its last character may be cut
    except UnicodeDecodeError:
        return False
    return not _NOT_WRITTEN.search(written)
