"""Workers as real processes that die, freeze, are cut off and end, while a hub gives them work."""

from pathlib import Path

import pytest

from tests.workers.processes import worker_world

pytestmark = pytest.mark.processes


async def test_two_workers_draw_for_a_hub_that_lists_none(tmp_path: Path) -> None:
    async with worker_world(tmp_path) as there:
        finished = await there.finished(await there.ask(6))
        assert {each["status"] for each in finished["generations"]} == {"complete"}
        gpus = {gpu["id"]: gpu for gpu in (await there.get("/api/gpus"))["gpus"]}
        assert {gpu["kind"] for gpu in gpus.values()} == {"worker"}
        assert await there.end_worker("w1") == 0
        await there.reason_of("w1", "its worker has ended")
