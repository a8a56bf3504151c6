"""Pictures from a provider: told by their first bytes, fetched within limits and never with a key, kept for sure."""

import asyncio
import base64
import binascii
import logging
from collections.abc import Callable
from http import HTTPStatus
from itertools import chain, repeat
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from vibes.generators.errors import InvalidInput
from vibes.generators.given import media_type_of
from vibes.generators.hosted.http import Connections, Limits, NoAnswer, NotSent, Reply, TooLarge, bounded, lower
from vibes.generators.journal import write_at_once

logger = logging.getLogger(__name__)

WRITE_AGAIN_SECONDS = (1.0, 2.0, 5.0, 10.0, 30.0)
"""Between tries to write a picture that the disk refuses; the last one repeats."""
_SUFFIXES = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_HOPS = 3
_TRIES = 3
_FIRST_PAUSE = 0.2


class NoPicture(Exception):
    """What should be a picture is none, or could not be fetched."""


def suffix_of(picture: bytes) -> str:
    """Of its file, by its first bytes; NoPicture where it is none. Whether it is whole is not looked at."""
    try:
        return _SUFFIXES[media_type_of(picture)]
    except InvalidInput:
        raise NoPicture("it is no PNG, JPEG or WebP") from None


async def written(picture: bytes, new_path: Callable[[str], str]) -> str:
    """The path of its file, which ``new_path`` makes of the suffix. A picture that is paid for is not dropped because
    a disk is full: it stays in memory until it can be written. NoPicture where it is none."""
    suffix = suffix_of(picture)
    for pause in chain(WRITE_AGAIN_SECONDS, repeat(WRITE_AGAIN_SECONDS[-1])):
        try:
            return await asyncio.to_thread(_write, picture, suffix, new_path)
        except OSError as error:
            logger.error("a picture that is paid for cannot be written, and is tried again in %g s: %s", pause, error)
        await asyncio.sleep(pause)
    raise AssertionError("it is tried for ever")


def _write(picture: bytes, suffix: str, new_path: Callable[[str], str]) -> str:
    path = new_path(suffix)
    write_at_once(Path(path), picture)
    return path


async def decoded(text: str, most_bytes: int) -> bytes:
    """A picture in base64, as a data URI or bare; a long one is decoded in a thread. Raises NoPicture."""
    encoded = text.partition(",")[2] if text.startswith("data:") else text
    if len(encoded) * 3 // 4 > most_bytes + 2:
        raise NoPicture(f"it has more than {most_bytes} bytes")
    try:
        picture = await asyncio.to_thread(base64.b64decode, encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NoPicture("it is no base64") from None
    suffix_of(picture)
    return picture


async def fetched(connections: Connections, url: str, limits: Limits, *, plain: bool = False) -> bytes:
    """The picture at an address, tried again where a line breaks: asking twice costs nothing. No key goes along, to
    wherever it leads. ``plain``: http will do, and not https alone. Raises NoPicture."""
    if url.startswith("data:"):
        return await decoded(url, limits.most_bytes)
    for number in range(_TRIES - 1):
        try:
            return await _fetched_once(connections, url, limits, plain=plain)
        except TooLarge as error:
            raise NoPicture(str(error)) from error
        except (NotSent, NoAnswer):
            await asyncio.sleep(_FIRST_PAUSE * 2**number)
    try:
        return await _fetched_once(connections, url, limits, plain=plain)
    except (NotSent, NoAnswer) as error:
        raise NoPicture(f"it could not be fetched: {error}") from error


async def _fetched_once(connections: Connections, url: str, limits: Limits, *, plain: bool) -> bytes:
    for _ in range(_MOST_HOPS + 1):
        _require_web(url, plain=plain)
        reply = await _asked(connections, url, limits)
        if reply.status not in _REDIRECTS:
            return _picture_in(reply)
        url = _next_address(url, reply.headers.get("location", ""))
    raise NoPicture("its address leads from one to the next")


async def _asked(connections: Connections, url: str, limits: Limits) -> Reply:
    """The body of a refusal is of no interest."""
    async with connections.begin("GET", url, limits) as response:
        if response.is_server_error:
            raise NoAnswer(f"answered {response.status_code}")
        there = response.status_code == HTTPStatus.OK
        body = b"".join([chunk async for chunk in bounded(response, limits.most_bytes)]) if there else b""
        return Reply(response.status_code, lower(response.headers), body)


def _require_web(url: str, *, plain: bool) -> None:
    if not is_web(url, plain=plain):
        raise NoPicture(f"its address begins with {url[:8]!r}, which is not fetched")


def is_web(url: str, *, plain: bool = False) -> bool:
    """Whether it is an address that a provider may name: https, and with ``plain`` also http."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return False
    return scheme == "https" or (plain and scheme == "http")


def _next_address(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError:
        raise NoPicture("its address leads to none") from None


def _picture_in(reply: Reply) -> bytes:
    if reply.status != HTTPStatus.OK:
        raise NoPicture(f"its address answered {reply.status}")
    suffix_of(reply.body)
    return reply.body
