"""The child's ends of the pipes, kept from whatever libraries write to stdout or read from stdin."""

import os
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO

from vibes.generators.local.frames import HEAD, Message, decoded, encoded, lengths


class Channel:
    """Takes stdin and stdout for itself: from then on stdout is stderr, and stdin is empty."""

    def __init__(self) -> None:
        self._in: BinaryIO = os.fdopen(os.dup(0), "rb")
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        self._one_at_a_time = threading.Lock()

    def tell(self, kind: str, said: Mapping[str, Any], **parts: bytes) -> None:
        with self._one_at_a_time:
            self._out.write(encoded(Message(kind, said, parts)))
            self._out.flush()

    def heard(self) -> Message | None:
        """Waits for the next one; None when the parent has closed the pipe, or is dead."""
        head = self._in.read(HEAD.size)
        if len(head) < HEAD.size:
            return None
        text, attached = lengths(head)
        return decoded(self._in.read(text), self._in.read(attached))
