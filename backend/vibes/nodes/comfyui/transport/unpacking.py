"""Unpacks answers that a proxy compresses although nobody asked for it: piece by piece, never beyond a limit."""

import zlib
from collections.abc import Iterator

from vibes.domain.errors import NodeMisbehaved

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB, _RAW = zlib.MAX_WBITS, -zlib.MAX_WBITS
_ENCODINGS = frozenset({"gzip", "x-gzip", "deflate"})
_PLAIN = frozenset({"", "identity"})
_METHOD_MASK, _DEFLATE_METHOD = 0x0F, 8
"""The low bits of zlib's first header byte, which say "deflate"; some servers send deflate without this header."""


def body_of(encoding: str, subject: str) -> "Body":
    """The unpacker for this ``Content-Encoding``. Raises NodeMisbehaved for an unknown one.

    ``subject`` names node and request, for error messages.
    """
    name = encoding.strip().lower()
    if name in _PLAIN:
        return Body()
    if name in _ENCODINGS:
        return PackedBody(subject, gzip=name != "deflate")
    raise NodeMisbehaved(f"{subject}: answered in the encoding {encoding[:40]!r} although it was asked for none")


class Body:
    """A body that is not compressed."""

    def unpacked(self, piece: bytes, most: int) -> bytes:
        """The piece's content; compressed content is cut one byte beyond ``most``."""
        return piece

    def check_whole(self) -> None:
        """Call after the last piece; raises NodeMisbehaved when the end is missing."""


class PackedBody(Body):
    def __init__(self, subject: str, *, gzip: bool) -> None:
        self._subject = subject
        self._gzip = gzip
        self._stream: zlib._Decompress | None = None

    def unpacked(self, piece: bytes, most: int) -> bytes:
        try:
            return b"".join(self._parts(piece, most))
        except zlib.error as error:
            raise NodeMisbehaved(f"{self._subject}: the compressed answer cannot be unpacked: {error}") from error

    def check_whole(self) -> None:
        if self._stream is not None and not self._stream.eof:
            raise NodeMisbehaved(f"{self._subject}: the compressed answer ends too early")

    def _parts(self, piece: bytes, most: int) -> Iterator[bytes]:
        """A body may be several gzip members, one behind the other."""
        room = most + 1
        while piece and room > 0:
            if self._stream is None or self._stream.eof:
                self._stream = zlib.decompressobj(self._window_bits(piece))
            part = self._stream.decompress(piece, room)
            room -= len(part)
            yield part
            piece = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def _window_bits(self, piece: bytes) -> int:
        if self._gzip:
            return _GZIP
        return _ZLIB if piece[0] & _METHOD_MASK == _DEFLATE_METHOD else _RAW
