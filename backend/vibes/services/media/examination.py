"""Examines a file from a node as a whole before it is kept: its type, whether it is complete and harmless.

Only by its own bytes, since its name and the node's answer may be wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass

from vibes.documents.image_header import MAX_PIXELS, UnreadableHeader, whole_gif
from vibes.documents.png_chunks import without_tail
from vibes.domain.errors import OTHER_TYPE, NodeMisbehaved, OutputRefused
from vibes.domain.pictures.media_type import MediaType, media_type_of
from vibes.services.media.image_codec import THUMBNAIL_SIDE, BrokenPicture, TooManyPixels, look_at, other_format
from vibes.services.media.plain_tile import plain_tile
from vibes.services.media.video_header import BrokenVideo, size_of_mp4, size_of_webm

_PNG_END = b"IEND\xaeB`\x82"
_RIFF_HEADER = 8


@dataclass(frozen=True, slots=True)
class Examined:
    """A complete and harmless file, with what is kept beside it. Its size is the visible one."""

    content: bytes
    media_type: MediaType
    width: int
    height: int
    thumbnail: bytes


def examine(content: bytes) -> Examined:
    """Examine a file: every pixel of a still picture is decoded, the first picture of an animation, nothing of a video.

    Bytes after the end of a PNG or WebP are dropped, all others stay. Raises NodeMisbehaved when it is cut off or
    broken, OutputRefused when it is of a type that the hub does not keep, or too large.
    """
    media_type = media_type_of(content)
    if media_type is None:
        raise _not_kept(content)
    kind = "video" if media_type.is_video else "image"
    try:
        return _examined(content, media_type)
    except TooManyPixels as error:
        raise OutputRefused(f"the {kind} is too large: {error}") from error
    except CutOff as error:
        raise NodeMisbehaved(f"the node sent a truncated {kind}") from error
    except BrokenPicture as error:
        raise NodeMisbehaved(f"the node sent a broken {kind}: {error}") from error


def examine_kept(content: bytes) -> Examined:
    """The same for a file that was complete before. Raises BrokenPicture when it is damaged."""
    media_type = media_type_of(content)
    if media_type is None:
        raise BrokenPicture("it is no picture any more")
    return _examined(content, media_type)


class CutOff(BrokenPicture):
    """Its end is missing."""


def _examined(content: bytes, media_type: MediaType) -> Examined:
    whole = _ENDED[media_type](content) if media_type in _ENDED else content
    if whole is None:
        raise CutOff("it is cut off")
    if media_type.is_video:
        return _video(whole, media_type)
    looked = look_at(whole)
    return Examined(whole, media_type, looked.width, looked.height, looked.thumbnail)


def _video(content: bytes, media_type: MediaType) -> Examined:
    try:
        width, height = size_of_mp4(content) if media_type is MediaType.MP4 else size_of_webm(content)
    except BrokenVideo as error:
        raise BrokenPicture(str(error)) from error
    if width * height > MAX_PIXELS:
        raise TooManyPixels(f"it has {width}x{height} pixels, more than {MAX_PIXELS:,}")
    return Examined(content, media_type, width, height, plain_tile(media_type, (width, height), THUMBNAIL_SIDE))


def _not_kept(content: bytes) -> OutputRefused | NodeMisbehaved:
    other = other_format(content) or _other_kind(content)
    if other is None:
        return NodeMisbehaved("the node sent a truncated image, or something that is none")
    return not_kept(other)


def not_kept(what: str) -> OutputRefused:
    """The error for a file of a type that the hub does not keep."""
    return OutputRefused(
        f"the workflow saves {what} files; the hub keeps PNG, JPEG, WebP, GIF, MP4 and WebM: give it a SaveImage",
        code=OTHER_TYPE,
    )


def _other_kind(content: bytes) -> str | None:
    """The name of another kind of film, sound or shape that ComfyUI's savers make."""
    if content[4:8] == b"ftyp":
        return f"{content[8:12].decode('ascii', 'replace').strip()} (ISO media)"
    if content[:4] == b"RIFF":
        return content[8:12].decode("ascii", "replace").strip()
    return next((name for start, name in _OTHER_KINDS.items() if content.startswith(start)), None)


def _png(content: bytes) -> bytes | None:
    png = without_tail(content)
    return png if png.endswith(_PNG_END) else None


def _webp(content: bytes) -> bytes | None:
    end = _RIFF_HEADER + int.from_bytes(content[4:8], "little")
    return content[:end] if end <= len(content) else None


def _gif(content: bytes) -> bytes | None:
    try:
        return content if whole_gif(content) else None
    except UnreadableHeader as error:
        raise BrokenPicture(str(error)) from error


_OTHER_KINDS = {
    b"\x1aE\xdf\xa3": "Matroska",
    b"OggS": "Ogg",
    b"fLaC": "FLAC",
    b"ID3": "MP3",
    b"glTF": "glTF",
    b"\0\0\0\x0cJXL ": "JPEG XL",
    b"\x76\x2f\x31\x01": "OpenEXR",
}

_ENDED: dict[MediaType, Callable[[bytes], bytes | None]] = {
    MediaType.PNG: _png,
    MediaType.WEBP: _webp,
    MediaType.GIF: _gif,
}
"""The file up to its end; None when the end is missing. JPEGs and videos tell by themselves."""
