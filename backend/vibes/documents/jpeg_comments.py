"""The comments of a JPEG (ITU T.81, B.2.4.5): texts before its pixels that belong to no program."""

from collections.abc import Iterator
from itertools import islice

from vibes.documents.image_header import jpeg_segments

_COM = 0xFE
_MOST = 16


def jpeg_comments(content: bytes) -> Iterator[str]:
    """The first of them; nothing where it is no JPEG, or damaged before them."""
    if content.startswith(b"\xff\xd8"):
        bodies = (body for marker, body in jpeg_segments(content) if marker == _COM)
        yield from (body.decode("utf-8", "replace") for body in islice(bodies, _MOST))
