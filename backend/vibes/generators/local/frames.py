"""What parent and child say to each other over pipes, as bytes: a head of fixed size, JSON, and attached bytes.

    magic "VIC1" | length of the JSON, 4 bytes | length of the attachments, 4 bytes (big-endian) | JSON | attachments

The JSON is an object with ``kind`` and ``parts``, the names and lengths of the attachments in their order. Needs
nothing but the standard library: the child may run on another Python, without the hub's packages.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

VERSION = 1
"""Version of what is said; a child that says hello with another one is not used."""
MAGIC = b"VIC1"
HEAD = struct.Struct(">4sII")
MOST_JSON = 2**20
"""Bytes of the JSON of one message."""
MOST_ATTACHED = 200 * 2**20
"""Bytes attached to one message: three pictures of the size that a request may bring, or one that was drawn."""


class BrokenFrame(ValueError):
    """What arrived is no message of this protocol."""


@dataclass(frozen=True, slots=True)
class Message:
    """``kind``: hello, load, loaded, draw, cancel, progress, preview, done or error."""

    kind: str
    said: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, bytes] = field(default_factory=dict, repr=False)


def encoded(message: Message) -> bytes:
    """ValueError where it is larger than a message may be."""
    sizes = [[name, len(content)] for name, content in message.parts.items()]
    text = json.dumps({**message.said, "kind": message.kind, "parts": sizes}).encode("ascii")
    attached = b"".join(message.parts.values())
    _check(len(text), len(attached))
    return HEAD.pack(MAGIC, len(text), len(attached)) + text + attached


def lengths(head: bytes) -> tuple[int, int]:
    """Of the JSON and of the attachments that follow. BrokenFrame where that is no head, or more than is taken."""
    magic, text, attached = HEAD.unpack(head)
    if magic != MAGIC:
        raise BrokenFrame(f"a message begins with {magic!r}")
    _check(text, attached)
    return text, attached


def decoded(text: bytes, attached: bytes) -> Message:
    """BrokenFrame where it says nothing that can be understood."""
    try:
        said = json.loads(text)
        kind, sizes = said.pop("kind"), said.pop("parts")
        parts = dict(_parts(sizes, attached))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BrokenFrame(f"a message cannot be understood: {error}") from error
    if not isinstance(kind, str) or sum(map(len, parts.values())) != len(attached):
        raise BrokenFrame("a message does not say what it brings")
    return Message(kind, said, parts)


def _parts(sizes: list[tuple[object, object]], attached: bytes) -> Iterator[tuple[str, bytes]]:
    begin = 0
    for name, size in sizes:
        if not isinstance(name, str) or not isinstance(size, int) or size < 0:
            raise ValueError("an attachment without name or size")
        yield name, attached[begin : begin + size]
        begin += size


def _check(text: int, attached: int) -> None:
    if text > MOST_JSON or attached > MOST_ATTACHED:
        raise BrokenFrame(f"a message of {text} and {attached} bytes is larger than any may be")
