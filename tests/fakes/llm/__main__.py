"""The fake server as a process, until it is ended: ``python -m tests.fakes.llm TEXT …`` says each text once.

``HANG`` in the place of a text: nothing comes until the asker goes away. After the last text whatever fits is said."""

import asyncio
import sys
from collections.abc import Sequence

from tests.fakes.llm.brain import Turn
from tests.fakes.llm.server import FakeLlm


async def serve(texts: Sequence[str]) -> None:
    async with FakeLlm() as server:
        server.brain.plays(*(Turn(hangs=True) if each == "HANG" else Turn(text=each) for each in texts))
        sys.stdout.write(f"ready {server.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1:]))
