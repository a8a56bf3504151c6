"""Reads a large answer in a separate process: parsing it would hold the interpreter, and with it the hub, for seconds.

One process for each answer. It gets the bytes and a function, and sends back what the function picks out of the JSON.
"""

import asyncio
import pickle
import struct
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import BinaryIO, TypeVar

from vibes.domain.errors import NodeMisbehaved, NodeUnreachable
from vibes.nodes.comfyui.reading.foreign_json import parse_json, weight

T = TypeVar("T")

LIGHT_WEIGHT, LIGHT_BYTES = 100_000, 2**20
"""Weight and bytes below which an answer is parsed in the hub itself, in 20 ms at most. A stock ``/object_info`` weighs
4,300."""
HEAVIEST = 2_000_000
"""Weight above which an answer is refused: as much as 20,000 model files in each of a hundred loaders."""

_SECONDS = 30.0
_LENGTH = struct.Struct(">I")
_readers = ThreadPoolExecutor(max_workers=2, thread_name_prefix="large answers")
"""Each thread waits for one process."""


async def read(body: bytes, subject: str, pick: Callable[[object], T]) -> T:
    """The result of ``pick`` on the JSON in ``body``. Raises what ``pick`` raises; NodeMisbehaved when it is no JSON.

    ``pick`` must be a module's function and its result a plain value, since both may be pickled.
    """
    heavy = weight(body)
    if heavy > HEAVIEST:
        raise NodeMisbehaved(f"{subject}: the answer holds more than any ComfyUI has to say ({heavy:,} parts)")
    if heavy <= LIGHT_WEIGHT and len(body) <= LIGHT_BYTES:
        return pick(parse_json(body, subject))
    return await asyncio.get_running_loop().run_in_executor(_readers, partial(_read_apart, body, subject, pick))


def _read_apart(body: bytes, subject: str, pick: Callable[[object], T]) -> T:
    order = pickle.dumps((subject, pick))
    try:
        done = subprocess.run(  # noqa: S603 - our own program, without arguments of anybody
            [sys.executable, "-m", __name__],
            input=b"".join((_LENGTH.pack(len(order)), order, body)),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=True,
            start_new_session=True,  # Ctrl-C goes to the hub alone
        )
    except OSError as error:
        raise NodeUnreachable(f"{subject}: the hub could start no process to read a large answer: {error}") from error
    except subprocess.SubprocessError as error:
        raise NodeMisbehaved(f"{subject}: the answer is too much to be read") from error
    found, answer = pickle.loads(done.stdout)  # noqa: S301 - written by the process that was just started
    if not found:
        raise NodeMisbehaved(answer)
    picked: T = answer
    return picked


def _answer_one(orders: BinaryIO, answers: BinaryIO) -> None:
    """The process that reads: one order in, one answer out."""
    [length] = _LENGTH.unpack(orders.read(_LENGTH.size))
    subject, pick = pickle.loads(orders.read(length))  # noqa: S301 - written by the hub that started this process
    try:
        answer = True, pick(parse_json(orders.read(), subject))
    except NodeMisbehaved as error:
        answer = False, error.message
    answers.write(pickle.dumps(answer))


if __name__ == "__main__":
    _answer_one(sys.stdin.buffer, sys.stdout.buffer)
