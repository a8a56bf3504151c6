"""A submission resolves its workflow and its pictures at the door; whoever carries it out is handed them."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fakes import FakeFleet, FakeNode
from tests.hub import FLEET, open_hub, settings_for
from tests.services.asking import finished, request
from vibes.domain.generation import GenerationStatus
from vibes.services.library.versions import WorkflowVersions
from vibes.services.media.input_images import InputImages


def counting(called: Counter[str], name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    def counted(*given: Any) -> Any:
        called[name] += 1
        return method(*given)

    return counted


async def test_each_is_looked_up_once_at_the_door_and_once_on_the_way_to_the_node(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_hub(
        settings_for(tmp_path, fleet=FLEET.replace("id: slow", "id: slow, enabled: false")), FakeFleet()
    ) as hub:
        [parent] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        called: Counter[str] = Counter()
        for owner, names in ((WorkflowVersions, ("version_of", "of", "kept")), (InputImages, ("size", "load"))):
            for name in names:
                monkeypatch.setattr(owner, name, counting(called, name, getattr(owner, name)))
        picture = f"generation:{parent.id}"
        asked = request(workflow="upscale_esrgan", model_family=None, values={"image": picture})
        [generation] = await finished(hub, (await hub.generations.submit(asked)).batch.id)
    assert generation.status is GenerationStatus.COMPLETE
    assert called == {"version_of": 1, "size": 1, "of": 1, "kept": 1, "load": 1}, "`of` asks for what is `kept`"


async def test_an_order_is_outlined_once_on_a_node_that_reads_all_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: Counter[str] = Counter()
    monkeypatch.setattr(FakeNode, "outline", counting(called, "outline", FakeNode.outline))
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        await finished(hub, (await hub.generations.submit(request(count=3))).batch.id)
    assert called == {"outline": 3}
