"""Draws one picture in a process of its own, which a test may kill: ``python -m tests.generators.drawing_process``.

Arguments: the generator's settings as JSON, its folder, and a picture to start from, or ``-``. The request is ``r1``.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from vibes.generators.factory import create_generator


async def draw(settings: Mapping[str, Any], folder: Path, start: str) -> str:
    generator = create_generator(settings, folder, state_folder=folder / "state")
    await generator.start()
    more = {} if start == "-" else {"image": start, "width": 64, "height": 64}
    path = await generator.generate_image("a lighthouse", request_id="r1", **more)
    await generator.stop()
    return path


@asynccontextmanager
async def drawing(
    settings: Mapping[str, Any], folder: Path, start: str = "-"
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Such a process; it is killed at the end, if not before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.generators.drawing_process",
        *(json.dumps(settings), str(folder), start),
        stdout=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        await killed(process)


async def killed(process: asyncio.subprocess.Process) -> None:
    """As by a power cut: without a chance to write anything down."""
    if process.returncode is None:
        process.kill()
    await process.wait()


if __name__ == "__main__":
    asyncio.run(draw(json.loads(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]))
