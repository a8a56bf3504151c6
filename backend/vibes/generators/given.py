"""Pictures that a request brings: as bytes, as a file, or as base64 with or without the head of a data URI."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vibes.generators.errors import InvalidInput

MOST_BYTES = 50 * 2**20
"""Of one picture: more is no picture that any model draws from."""

_HEADS: Mapping[str, tuple[bytes, int, bytes]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n", 0, b""),
    "image/jpeg": (b"\xff\xd8\xff", 0, b""),
    "image/webp": (b"RIFF", 8, b"WEBP"),
}
"""By media type: how it begins, and what else stands where."""


def media_type_of(picture: bytes) -> str:
    """By its first bytes; InvalidInput where it is neither PNG nor JPEG nor WebP."""
    for media_type, (head, offset, further) in _HEADS.items():
        if picture.startswith(head) and picture[offset:].startswith(further):
            return media_type
    raise InvalidInput("a picture must be a PNG, a JPEG or a WebP")


def data_uri(picture: bytes) -> str:
    """The picture as an address that holds it."""
    return f"data:{media_type_of(picture)};base64,{base64.b64encode(picture).decode()}"


async def given_picture(options: Mapping[str, Any], name: str) -> bytes | None:
    """What stands under ``name`` or ``<name>_b64``; None without either. InvalidInput where that is no picture."""
    given, encoded = options.get(name), options.get(f"{name}_b64")
    if given is None and encoded is None:
        return None
    picture = _decoded(name, encoded) if given is None else await _read(name, given)
    if len(picture) > MOST_BYTES:
        raise InvalidInput(f"{name} has {len(picture)} bytes, at most {MOST_BYTES} are taken")
    try:
        media_type_of(picture)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}") from None
    return picture


async def _read(name: str, given: object) -> bytes:
    match given:
        case bytes() | bytearray() | memoryview():
            return bytes(given)
        case str() | Path():
            try:
                return await asyncio.to_thread(_read_file, Path(given))
            except (OSError, ValueError) as error:
                raise InvalidInput(f"{name}: {given!s:.200} cannot be read: {error}") from error
        case _:
            raise InvalidInput(f"{name} must be bytes or the path of a file, not {type(given).__name__}")


def _read_file(path: Path) -> bytes:
    """One byte more than is taken at most, so that a file of any size costs no more memory."""
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _decoded(name: str, encoded: object) -> bytes:
    if not isinstance(encoded, str | bytes):
        raise InvalidInput(f"{name}_b64 must be a text, not {type(encoded).__name__}")
    try:
        text = encoded.decode("ascii") if isinstance(encoded, bytes) else encoded
        head, comma, rest = text.partition(",")
        return base64.b64decode(rest if comma and head.startswith("data:") else text, validate=True)
    except (UnicodeDecodeError, binascii.Error, ValueError) as error:
        raise InvalidInput(f"{name}_b64 is no base64: {error}") from error
