"""The types of files that the hub keeps and serves: none that a browser could run, each with its own suffix."""

import re
from enum import StrEnum


class MediaType(StrEnum):
    """As HTTP names it."""

    PNG = "image/png"
    """Animated ones too: programs without animation show the first picture."""
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    GIF = "image/gif"
    MP4 = "video/mp4"
    WEBM = "video/webm"

    @property
    def suffix(self) -> str:
        """The suffix of a file's name, with its dot."""
        return _SUFFIXES[self]

    @property
    def is_video(self) -> bool:
        """Whether showing it needs a video player."""
        return self.value.startswith("video/")


_SUFFIXES = {
    MediaType.PNG: ".png",
    MediaType.JPEG: ".jpg",
    MediaType.WEBP: ".webp",
    MediaType.GIF: ".gif",
    MediaType.MP4: ".mp4",
    MediaType.WEBM: ".webm",
}

_KEPT_SUFFIXES = {*_SUFFIXES.values(), ".apng", ".jpeg", ".jpe", ".jfif", ".m4v"}
_SUFFIX = re.compile(r"\.[a-z0-9]{1,10}")

_PNG, _JPEG, _GIF, _EBML = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", (b"GIF87a", b"GIF89a"), b"\x1aE\xdf\xa3"
_MP4_BRANDS = frozenset(
    {b"isom", b"iso2", b"iso3", b"iso4", b"iso5", b"iso6", b"iso7", b"iso8", b"iso9", b"mp41", b"mp42"}
    | {b"avc1", b"M4V ", b"dash", b"cmfc"}
)
"""Brands of MP4. HEIC and AVIF pictures and QuickTime films have the same structure with other brands."""
_WEBM_TYPE = b"\x42\x82\x84webm"
"""The element of an EBML header that tells WebM from other Matroska (RFC 8794, 11.2.4)."""
_EBML_HEADER_BYTES = 64


def media_type_of(content: bytes) -> MediaType | None:
    """The type by the file's first bytes, whatever its name; None for a type that the hub does not keep."""
    begins = {
        MediaType.PNG: content.startswith(_PNG),
        MediaType.JPEG: content.startswith(_JPEG),
        MediaType.WEBP: content[:4] == b"RIFF" and content[8:12] == b"WEBP",
        MediaType.GIF: content.startswith(_GIF),
        MediaType.MP4: content[4:8] == b"ftyp" and content[8:12] in _MP4_BRANDS,
        MediaType.WEBM: content.startswith(_EBML) and _WEBM_TYPE in content[:_EBML_HEADER_BYTES],
    }
    return next((media_type for media_type, so in begins.items() if so), None)


def other_suffix(filename: str) -> str | None:
    """The suffix of a name that says that the file is of a type which the hub does not keep; None where it does not."""
    suffix = filename[filename.rfind(".") :].lower() if "." in filename else ""
    return suffix if _SUFFIX.fullmatch(suffix) and suffix not in _KEPT_SUFFIXES else None
