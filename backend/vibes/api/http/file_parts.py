"""A stored file as an answer: whole or the part that a player asks for (RFC 9110, section 14)."""

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

WHOLE_BYTES = 2 * 2**20
"""An answer of at most so many bytes is read at once, which takes one way to a thread; a larger one is streamed."""

_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Read(Protocol):
    """Reads a part of the file, in pieces."""

    def __call__(self, *, start: int, length: int) -> AsyncIterator[bytes]: ...


@dataclass(frozen=True, slots=True)
class Part:
    start: int
    length: int


def part_asked_for(asked: str | None, size: int) -> Part | None:
    """The part of a file of that size that a ``Range`` header means; None when it means all of it.

    More than one part at a time, and what is no range at all, are answered with the whole file, as the RFC allows.
    Raises ValueError for a range of which nothing is there.
    """
    match = _RANGE.fullmatch((asked or "").strip())
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:  # the last so many bytes
        start, end = max(size - int(last), 0), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return None
    if start >= end:
        raise ValueError(f"nothing of bytes {match[0].removeprefix('bytes=')} is in a file of {size}")
    return Part(start, end - start)


def last_modified(at: float | None) -> dict[str, str]:
    """The header for a file written at that time, in seconds since 1970; none where it is not known."""
    return {} if at is None else {"Last-Modified": formatdate(at, usegmt=True)}


async def in_one_piece(content: bytes, *, start: int, length: int) -> AsyncIterator[bytes]:
    """Implements `Read` for a file that is in memory."""
    yield content[start : start + length]


async def file_answer(request: Request, read: Read, size: int, media_type: str, headers: Mapping[str, str]) -> Response:
    """The file, or the part of it that the request asks for: 200, 206, or 416 where there is no such part.

    ``headers``: with its ETag or `last_modified`; an ``If-Range`` must name one of them for a part to be given.
    """
    headers = {**headers, "Accept-Ranges": "bytes"}
    known = request.headers.get("if-range")
    same = known is None or known in (headers.get("ETag"), headers.get("Last-Modified"))
    try:
        part = part_asked_for(request.headers.get("range"), size) if same else None
    except ValueError:
        return Response(status_code=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    start, length, status = (0, size, 200) if part is None else (part.start, part.length, 206)
    if part is not None:
        headers["Content-Range"] = f"bytes {start}-{start + length - 1}/{size}"
    pieces = read(start=start, length=length)
    if length <= WHOLE_BYTES:
        content = b"".join([piece async for piece in pieces])
        return Response(content, status_code=status, media_type=media_type, headers=headers)
    headers["Content-Length"] = str(length)
    return StreamingResponse(pieces, status_code=status, media_type=media_type, headers=headers)
