"""The fake server as a process, until it is ended: ``python -m tests.fakes.llm TEXT …`` says each text once.

``HANG`` in the place of a text: nothing comes until the asker goes away; ``CUT``: the line dies in the middle.
After the last text whatever fits is said."""

import asyncio
import sys
from collections.abc import Sequence

from tests.fakes.llm.brain import Turn
from tests.fakes.llm.server import FakeLlm

_BROKEN = {"HANG": Turn(hangs=True), "CUT": Turn(text='{"keep": ["dusk"], "remove": []', cut=True)}


async def serve(texts: Sequence[str]) -> None:
    async with FakeLlm() as server:
        server.brain.plays(*(_BROKEN.get(each, Turn(text=each)) for each in texts))
        sys.stdout.write(f"ready {server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
