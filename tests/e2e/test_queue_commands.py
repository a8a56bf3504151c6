"""``vibes queue`` as a person types it, against a running hub."""

from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.e2e.test_whole_system import serve, start_simulators, write_fleet
from tests.processes import run_vibes

pytestmark = pytest.mark.processes


async def test_a_paused_queue_is_shown_moved_in_and_let_go_on(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        [simulator] = await start_simulators(stack, tmp_path, 1, time_scale=0.0)
        write_fleet(tmp_path, [simulator.url])
        hub = await stack.enter_async_context(serve(tmp_path))
        empty = await run_vibes("queue", "--url", hub.url, cwd=tmp_path)
        paused = await run_vibes("queue", "pause", "--url", hub.url, cwd=tmp_path)
        wrong = await run_vibes("queue", "move", "front", "nobody", "--url", hub.url, cwd=tmp_path)
        nowhere = await run_vibes("queue", "move", "middle", "nobody", "--url", hub.url, cwd=tmp_path)
        resumed = await run_vibes("queue", "resume", "--url", hub.url, cwd=tmp_path)
    assert "nothing waits and nothing runs" in empty.stdout
    assert "vibes queue resume" in paused.stdout
    assert (wrong.status, "there is no generation nobody" in wrong.stderr) == (1, True)
    assert nowhere.status != 0
    assert "front" in nowhere.stderr
    assert "paused" not in resumed.stdout
