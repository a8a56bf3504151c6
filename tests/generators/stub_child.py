"""Stands in for the child that draws: the real protocol and loop, a painter without torch, and every trouble on demand.

Started as ``stub_child.py [trouble [file]]``; a trouble of a single picture stands in its prompt.
"""

import io
import os
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from vibes.generators.local.child.channel import Channel
from vibes.generators.local.child.serving import Refused, Watch, serve
from vibes.generators.local.frames import Message

TROUBLE = sys.argv[1] if len(sys.argv) > 1 else ""
GATE = Path(sys.argv[2]) if len(sys.argv) > 2 else None
FLOOD = 4 * 2**20
"""Bytes, many times what fits into a pipe."""
for_ever = threading.Event()


class StubPainter:
    def load(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        print("loading, says a library on stdout")
        match TROUBLE:
            case "bad model":
                raise ValueError("not a checkpoint")
            case "memory at load":
                raise RuntimeError("CUDA out of memory. Tried to allocate 5.00 GiB")
            case "crash at load":
                os._exit(137)
            case "slow":
                while GATE is None or not GATE.exists():
                    for_ever.wait(0.01)
            case "no torch":
                raise ModuleNotFoundError("No module named 'torch'")
        return {"device": "stub", "model": settings["model"]}

    def draw(self, order: Message, watch: Watch) -> bytes:
        asked = order.said
        for step in range(int(asked["steps"])):
            watch.step(step + 1, int(asked["steps"]))
            watch.preview(b"preview %d" % step)
            if step == 0:
                trouble(str(asked["prompt"]), watch)
        file = io.BytesIO()
        colour = (int(asked["seed"]) % 256, len(order.parts), len(asked["loras"]))
        Image.new("RGB", (asked["width"], asked["height"]), colour).save(file, "PNG")
        return file.getvalue()


def exit_with_a_word() -> None:
    print("a last word", file=sys.stderr, flush=True)
    os._exit(3)


def fail(error: Exception) -> None:
    raise error


def flood() -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.write("50%|#####\r" * (FLOOD // 10))
        stream.flush()
    os.write(1, b"written to the bare descriptor")


def trouble(prompt: str, watch: Watch) -> None:
    def endless() -> None:
        while True:
            watch.step(1, 4)
            for_ever.wait(0.01)

    def start_another() -> None:
        """In a session of its own, as libraries start theirs."""
        pid = os.posix_spawn("/bin/sleep", ["sleep", "600"], os.environ, setsid=True)
        (GATE or Path()).with_name("grandchild").write_text(str(pid), encoding="ascii")
        os.kill(os.getpid(), signal.SIGSTOP)

    known: Mapping[str, Callable[[], object]] = {
        "crash": lambda: os._exit(137),
        "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "segfault": lambda: os.kill(os.getpid(), signal.SIGSEGV),
        "exit": exit_with_a_word,
        "hang": for_ever.wait,
        "memory": lambda: fail(MemoryError()),
        "bug": lambda: fail(ZeroDivisionError("in a library")),
        "refused": lambda: fail(Refused("invalid_input", "there is no LoRA ink")),
        "nonsense": lambda: os.write(OUT, b"Loading: 100%|####| this is no message at all"),
        "flood": flood,
        "endless": endless,
        "start another and stop": start_another,
    }
    if prompt in known:
        known[prompt]()


if __name__ == "__main__":
    OUT = os.dup(1)
    if TROUBLE == "mute":
        for_ever.wait()
    if TROUBLE == "nonsense":
        print("hello?", "x" * 100, flush=True)
        for_ever.wait()
    channel = Channel()
    if TROUBLE == "old":
        channel.tell("hello", {"protocol": 0})
    serve(channel, StubPainter)
