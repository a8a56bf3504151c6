"""A hub whose node stands behind a certificate of its own."""

from pathlib import Path

from tests.certificates import make_certificate, tls_front
from tests.hub import open_hub, settings_for
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import NodeState
from vibes.simulator import NodeOptions, SimulatedNode

ATTIC = NodeId("attic")


def fleet(port: int, tls: str = "") -> str:
    return f"""nodes:
  - {{id: attic, name: RTX 3060, vram_gb: 12, tier: standard, host: localhost, port: {port}, scheme: https{tls},
     capabilities: [sd15], max_resolution: 1024, max_batch: 1}}
"""


async def test_it_is_offline_with_the_key_to_set_and_draws_as_soon_as_that_is_done(tmp_path: Path) -> None:
    own = make_certificate(tmp_path, "own", hosts=("localhost",))
    async with SimulatedNode(NodeOptions(profile="instant")) as machine, tls_front(machine.port, own.server()) as port:
        settings = settings_for(tmp_path, fleet=fleet(port))
        async with open_hub(settings) as hub:
            untrusted = hub.supervisor.get(ATTIC)
            assert untrusted.state is NodeState.OFFLINE
            assert "as tls.ca in gpus.yaml" in str(untrusted.reason)
            settings.config.write_text(fleet(port, ", tls: {ca: own.pem}"), encoding="utf-8")
            await eventually(lambda: hub.supervisor.get(ATTIC).state is NodeState.READY)
            [generation] = await finished(hub, (await hub.generations.submit(request())).batch.id)
    assert generation.status is GenerationStatus.COMPLETE


async def test_a_certificate_that_was_renewed_on_both_sides_is_noticed_without_an_edit(tmp_path: Path) -> None:
    old = make_certificate(tmp_path, "old", hosts=("localhost",))
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(old.path.read_bytes())
    new = make_certificate(tmp_path, "new", hosts=("localhost",))
    async with SimulatedNode(NodeOptions(profile="instant")) as machine, tls_front(machine.port, new.server()) as port:
        settings = settings_for(tmp_path, fleet=fleet(port, ", tls: {ca: trusted.pem}"))
        async with open_hub(settings) as hub:
            assert hub.supervisor.get(ATTIC).state is NodeState.OFFLINE
            trusted.write_text("half of it", encoding="utf-8")
            await eventually(lambda: hub.fleet.config_problems)
            assert "tls.ca" in str(hub.fleet.config_problems[0])
            trusted.write_bytes(new.path.read_bytes())
            await eventually(lambda: hub.supervisor.get(ATTIC).state is NodeState.READY)
            assert not hub.fleet.config_problems
