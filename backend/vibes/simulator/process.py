"""Runs several simulated nodes in one process, until it is told to end or its parent is gone."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable, Sequence

from vibes.simulator.options import NodeOptions
from vibes.simulator.server import SimulatedNode

OnReady = Callable[[Sequence[SimulatedNode]], None]


async def run_nodes(options: Sequence[NodeOptions], on_ready: OnReady, *, exit_with_parent: bool = False) -> None:
    """Serve all these nodes until cancelled, or with ``exit_with_parent`` until standard input ends.

    ``on_ready`` gets the started nodes, with their ports, once. OSError when a port is taken; then none keeps running.
    """
    async with contextlib.AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(SimulatedNode(one)) for one in options]
        on_ready(nodes)
        if exit_with_parent:
            await until_input_ends()
        else:
            await asyncio.Event().wait()


async def until_input_ends() -> None:
    """Return when standard input reaches its end, as it does when the process at its other end dies."""
    loop, ended = asyncio.get_running_loop(), asyncio.Event()

    def watch() -> None:
        for _line in sys.stdin:
            pass
        with contextlib.suppress(RuntimeError):  # the loop may have ended first
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
    await ended.wait()
