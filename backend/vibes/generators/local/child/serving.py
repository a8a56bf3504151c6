"""The child's loop: load once, draw one picture after the other, and end with the parent. Loads no library."""

import os
import queue
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from vibes.generators.local.child.channel import Channel
from vibes.generators.local.frames import VERSION, Message


class Refused(Exception):
    """What cannot be done, with the code of an error that the parent knows."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Interrupted(Exception):
    """Nobody wants the picture any more: raised by `Watch.step`, it comes out of a pipeline cleanly."""


class Watch:
    """Of one picture: tells its steps, and interrupts it."""

    def __init__(self, channel: Channel, request_id: str, cancelled: set[str]) -> None:
        self._channel = channel
        self._id = request_id
        self._cancelled = cancelled

    def step(self, done: int, steps: int) -> None:
        """Raises Interrupted."""
        if self._id in self._cancelled:
            raise Interrupted
        self._channel.tell("progress", {"id": self._id, "step": done, "steps": steps})

    def preview(self, picture: bytes) -> None:
        """A JPEG."""
        self._channel.tell("preview", {"id": self._id, "media_type": "image/jpeg"}, picture=picture)


class Painter(Protocol):
    """What draws. Both raise `Refused` for what they can tell in words."""

    def load(self, settings: Mapping[str, Any]) -> Mapping[str, Any]:
        """What it loaded: device and versions."""
        ...

    def draw(self, order: Message, watch: Watch) -> bytes:
        """A PNG."""
        ...


def serve(channel: Channel, painter: Callable[[], Painter]) -> None:
    """Until the parent closes the pipe. ``painter`` is made when there is something to load: what it imports may take
    long, and may be missing."""
    orders: queue.SimpleQueue[Message] = queue.SimpleQueue()
    cancelled: set[str] = set()
    threading.Thread(target=_listen, args=(channel, orders, cancelled), daemon=True).start()
    channel.tell("hello", {"protocol": VERSION, "pid": os.getpid()})
    loaded: list[Painter] = []
    while True:
        order = orders.get()
        try:
            if order.kind == "load":
                loaded = [painter()]
                channel.tell("loaded", loaded[0].load(order.said))
            else:
                _draw(channel, order, loaded, cancelled)
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is told to the parent, which decides
            traceback.print_exc()
            code, message = told_as(error, loading=order.kind == "load")
            channel.tell("error", {"id": order.said.get("id"), "code": code, "message": message})


def _draw(channel: Channel, order: Message, loaded: list[Painter], cancelled: set[str]) -> None:
    if order.kind != "draw" or not loaded:
        raise Refused("crashed", f"nothing is done with {order.kind!r} now")
    request_id = str(order.said["id"])
    picture = loaded[0].draw(order, Watch(channel, request_id, cancelled))
    channel.tell("done", {"id": request_id}, picture=picture)


def told_as(error: Exception, *, loading: bool) -> tuple[str, str]:
    """Code and sentence."""
    text = f"{type(error).__name__}: {error}"[:2000]
    match error:
        case Refused():
            return error.code, str(error)
        case Interrupted():
            return "cancelled", "cancelled while it was drawn"
        case ImportError() if loading:
            return "misconfigured", (
                f"{error}: install them with make diffusers, or into another environment with "
                "pip install 'vibes-imgen[diffusers]' and name its Python as `python` among the options"
            )
        case _ if _out_of_memory(error):
            return "out_of_memory", f"not enough memory is free: {text}"
    if loading:
        return "misconfigured", f"the model cannot be loaded: {text}"
    return "crashed", f"drawing failed: {text}"


def _out_of_memory(error: Exception) -> bool:
    """torch has a class of its own for GPUs, and none for the CPU."""
    said = str(error).lower()
    return (
        isinstance(error, MemoryError)
        or type(error).__name__ == "OutOfMemoryError"
        or (isinstance(error, RuntimeError) and ("out of memory" in said or "can't allocate memory" in said))
    )


def _listen(channel: Channel, orders: "queue.SimpleQueue[Message]", cancelled: set[str]) -> None:
    """In a thread of its own, so that a picture is cancelled while it is drawn, and a dead parent noticed."""
    while True:
        try:
            message = channel.heard()
        except ValueError:
            traceback.print_exc()
            message = None
        if message is None:
            os._exit(0)
        if message.kind == "cancel":
            cancelled.add(str(message.said.get("id")))
        else:
            cancelled.clear()  # they were about earlier pictures, which have ended: the parent asks for one at a time
            orders.put(message)
