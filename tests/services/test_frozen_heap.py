"""A hub that is not alone in its process leaves the garbage collector to whoever was there first."""

import asyncio
import gc
from pathlib import Path

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for


async def test_what_others_have_frozen_stays_frozen_when_a_hub_ends(tmp_path: Path) -> None:
    gc.freeze()
    frozen = gc.get_freeze_count()
    async with open_hub(settings_for(tmp_path), FakeFleet()):
        await asyncio.sleep(0)  # so that all which runs until it ends has begun
    assert gc.get_freeze_count() >= 0.9 * frozen, "but for what its owners let go of"
