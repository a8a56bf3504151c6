"""Runs several simulated nodes in one process, until it is terminated or its parent is gone."""

import asyncio
import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence

from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

OnReady = Callable[[Sequence[SimulatedNode]], None]

_NO_SIGNALS_HERE = (NotImplementedError, RuntimeError, ValueError)
"""Raised, in this order: on Windows, whose loops take no signal handlers; outside the main thread when setting one; and
when removing one."""


async def run_nodes(options: Sequence[NodeOptions], on_ready: OnReady, *, exit_with_parent: bool = False) -> None:
    """Serve all these nodes until cancelled or terminated, or with ``exit_with_parent`` until standard input ends.

    ``on_ready`` gets the started nodes, with their ports, once. OSError when a port is taken; then none keeps running.
    """
    async with contextlib.AsyncExitStack() as stack:
        terminated = stack.enter_context(_terminated())
        nodes = [await stack.enter_async_context(SimulatedNode(one)) for one in options]
        on_ready(nodes)
        if exit_with_parent:
            _when_input_ends(terminated)
        await terminated.wait()


@contextlib.contextmanager
def _terminated() -> Iterator[asyncio.Event]:
    """An event that SIGTERM sets, so that temporary folders are removed; outside the main thread it is never set."""
    loop, event = asyncio.get_running_loop(), asyncio.Event()
    with contextlib.suppress(*_NO_SIGNALS_HERE):
        loop.add_signal_handler(signal.SIGTERM, event.set)
    try:
        yield event
    finally:
        with contextlib.suppress(*_NO_SIGNALS_HERE):
            loop.remove_signal_handler(signal.SIGTERM)


def _when_input_ends(event: asyncio.Event) -> None:
    """Set an event when standard input reaches its end, as it does when the process at its other end dies."""
    loop = asyncio.get_running_loop()

    def watch() -> None:
        for _line in sys.stdin:
            pass
        with contextlib.suppress(RuntimeError):  # the loop may have ended already
            loop.call_soon_threadsafe(event.set)

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
