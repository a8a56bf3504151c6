"""A node whose machine is rented while there is work, through the whole hub: no work without money, no rest of it."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from math import inf
from pathlib import Path
from typing import Any, cast

import pytest

from tests.certificates import Certificate, make_certificate
from tests.fakes.vast import KEY, Life
from tests.fakes.vast.faults import AtCreate
from tests.fakes.vast.server import FakeVast
from tests.hub import http_client, open_hub, served, settings_for
from tests.processes import run_vibes
from tests.services.asking import finished, request
from tests.simulated_fleet import ENTRY
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.client import AsyncHubClient
from vibes.domain.attempt import AttemptState
from vibes.domain.errors import InvalidDocument, NoCapableNode, NotFound
from vibes.domain.events import NodeChanged
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import NodeId
from vibes.domain.money import MicroUsd
from vibes.domain.nodes.node import NodeState, NodeTls
from vibes.domain.nodes.outcome import TurnedDown
from vibes.domain.reason import ReasonCode
from vibes.domain.rental import Rental, RentalState
from vibes.environment.settings import Settings
from vibes.nodes.comfyui.transport.tls import tls_context
from vibes.nodes.vast.pinning import pinned
from vibes.ports.rentals import Rentals
from vibes.services.fleet.rentals import RentalService
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

CLOUD = NodeId("cloud")
OPTIONS = {"image": "vastai/comfy:v1", "max_price": 0.6, "https": "false", "boot_minutes": 1, "idle_minutes": 0.02}
RICH = MicroUsd(2_000_000)


def fleet(**options: Any) -> str:
    given = ", ".join(f"{name}: {value}" for name, value in {**OPTIONS, **options}.items())
    return (
        "nodes:\n  - {id: cloud, kind: vast, name: A rented card, vram_gb: 24, tier: premium, capabilities: [sd15],\n"
        f"     max_resolution: 1536, max_batch: 4, options: {{{given}}}}}\n"
    )


@asynccontextmanager
async def renting(folder: Path, vast: FakeVast, **options: Any) -> AsyncIterator[Hub]:
    async with open_hub(settings_of(folder, vast, **options)) as hub:
        yield hub


def settings_of(folder: Path, vast: FakeVast, text: str | None = None, **options: Any) -> Settings:
    (folder / ".env").write_text(f"VAST_API_KEY={KEY}\n", encoding="ascii")
    listed = fleet(**options) if text is None else text
    return settings_for(folder, fleet=listed, rental_url=vast.url, rental_pace=0.01, health_interval=0.1)


async def asked(hub: Hub, max_cost: MicroUsd = RICH, count: int = 1) -> Any:
    values = {"prompt": "a cat", "checkpoint": "v1-5-pruned-emaonly.safetensors"}
    return await hub.generations.submit(request(values=values, max_cost=max_cost, count=count))


def reason_of(hub: Hub) -> str:
    reason = hub.fleet.node(CLOUD).reason
    return "" if reason is None else reason.sentence


async def test_it_rents_when_a_picture_waits_that_may_cost_money_draws_it_and_gives_the_machine_back(
    tmp_path: Path,
) -> None:
    async with FakeVast() as vast, renting(tmp_path, vast) as hub:
        await eventually(lambda: "nothing is rented" in reason_of(hub))
        assert hub.fleet.node(CLOUD).state is NodeState.OFFLINE
        submission = await asked(hub)
        [generation] = await finished(hub, submission.batch.id)
        assert (generation.status, generation.node_id) == (GenerationStatus.COMPLETE, CLOUD)
        [rental] = hub.rentals.listed()
        assert (rental.node_id, rental.machine, rental.contract) == (CLOUD, "RTX 4090", "501")
        await eventually(lambda: not vast.cloud.alive(), what="it was given back")
        ended = await eventually(lambda: [each for each in hub.rentals.listed() if not each.open])
        await eventually(lambda: "nothing is rented" in reason_of(hub))
    assert (ended[0].state, ended[0].reason) == (RentalState.ENDED, "there is no work for it")
    assert ended[0].cost > 0
    assert vast.cloud.instances[501].heard_at > 0, "it was told that the hub is alive"
    assert not vast.cloud.too_soon


async def test_a_batch_that_may_spend_nothing_or_too_little_rents_nothing(tmp_path: Path) -> None:
    async with FakeVast() as vast, renting(tmp_path, vast) as hub:
        with pytest.raises(NoCapableNode, match="this batch may spend nothing"):
            await asked(hub, max_cost=MicroUsd(0))
        await asked(hub, max_cost=MicroUsd(30_000))
        await eventually(lambda: "what waits may cost $0.03, a start alone may take $0.04" in reason_of(hub))
    assert not vast.cloud.creates


async def test_its_proxy_is_spoken_to_by_https_with_the_certificate_of_the_first_contact(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path, "caddy")
    async with FakeVast(trust=certificate.server()) as vast, renting(tmp_path, vast, https="true") as hub:
        submission = await asked(hub)
        [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE
    assert (tmp_path / "data" / "generators" / "cloud" / "instance.pem").read_bytes() == certificate.path.read_bytes()


async def test_a_machine_may_make_itself_another_certificate_while_it_boots(tmp_path: Path) -> None:
    certificates = [make_certificate(tmp_path, name) for name in ("first", "second")]
    trust = certificates[0].server()
    pin = tmp_path / "data" / "generators" / "cloud" / "instance.pem"
    async with FakeVast(trust=trust) as vast:
        vast.cloud.life = lambda: Life(created=0, loading=0, running=0.1, comfyui=inf)
        async with renting(tmp_path, vast, https="true") as hub:
            submission = await asked(hub)
            await eventually(pin.exists)
            trust.load_cert_chain(certificates[1].path, certificates[1].key)
            await eventually(lambda: pin.read_bytes() == certificates[1].path.read_bytes())
            for instance in vast.cloud.instances.values():
                instance.life = Life(created=0, loading=0, running=0.1, comfyui=0)
            [generation] = await finished(hub, submission.batch.id)
    assert generation.status is GenerationStatus.COMPLETE


async def test_another_certificate_than_the_pinned_one_is_not_trusted(tmp_path: Path) -> None:
    first, second = make_certificate(tmp_path, "first"), make_certificate(tmp_path, "second")
    async with tls_server(first) as port:
        tls = await pinned("127.0.0.1", port, tmp_path / "pin.pem")
        await contact(port, tls)
    async with tls_server(second) as port:
        with pytest.raises(ssl.SSLCertVerificationError):
            await contact(port, tls)


@asynccontextmanager
async def tls_server(certificate: Certificate) -> AsyncIterator[int]:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=certificate.server())
    async with server:
        yield server.sockets[0].getsockname()[1]


async def contact(port: int, tls: NodeTls) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls_context(tls))
    writer.close()


async def test_it_says_in_words_how_far_it_is(tmp_path: Path) -> None:
    told: list[str] = []
    async with FakeVast() as vast:
        vast.cloud.life = lambda: Life(created=0.4, loading=0.8, running=1.2, comfyui=1.8)
        async with renting(tmp_path, vast) as hub:
            hub.supervisor.subscribe(Listening(told))
            submission = await asked(hub)
            await finished(hub, submission.batch.id)
    what = "renting RTX 4090 at $0.26 an hour: "
    progress = [f"{what}provisioning", f"{what}pulling the image (pulling layer 3 of 9)", f"{what}waiting for ComfyUI"]
    assert [each for each in told if each in progress] == progress


class Listening:
    def __init__(self, told: list[str]) -> None:
        self._told = told

    def node_event(self, node_id: NodeId, event: object) -> None: ...

    def node_changed(self, event: NodeChanged) -> None:
        if event.reason is not None:
            self._told.append(event.reason.sentence)
            assert event.reason.code is not ReasonCode.RENTING or event.state is NodeState.STARTING


@pytest.mark.parametrize(
    ("options", "fault", "words"),
    [
        ({"max_price": 0.1}, None, "rents nothing: no offer under $0.10 an hour"),
        ({"credit_floor_usd": 200}, None, "the account's credit of $100.00 is below the floor of $200.00"),
        ({}, AtCreate.NO_CREDIT, "cannot pay: insufficient_credit: Insufficient credit"),
        ({"serves": "[another.safetensors]"}, None, "nothing is rented: it rents when pictures wait"),
    ],
)
async def test_why_nothing_is_rented_is_told(
    tmp_path: Path, options: dict[str, Any], fault: AtCreate | None, words: str
) -> None:
    async with FakeVast() as vast, renting(tmp_path, vast, **options) as hub:
        vast.cloud.faults.at_create.extend([fault] if fault else [])
        await asked(hub)
        await eventually(lambda: words in reason_of(hub))
        assert hub.fleet.node(CLOUD).state is NodeState.OFFLINE
    assert not vast.cloud.creates


@pytest.mark.parametrize("why", ["it is drained", "the queue is paused"])
async def test_for_work_that_it_would_not_get_nothing_is_rented(tmp_path: Path, why: str) -> None:
    async with FakeVast() as vast, renting(tmp_path, vast) as hub:
        await (hub.fleet.drain(CLOUD) if why == "it is drained" else hub.queue.pause())
        await asked(hub)
        before = vast.cloud.asked["list"]
        await eventually(lambda: vast.cloud.asked["list"] > before + 2, what="it has looked several times")
        assert not vast.cloud.creates
        await (hub.fleet.resume(CLOUD) if why == "it is drained" else hub.queue.resume())
        await eventually(lambda: vast.cloud.creates)


@pytest.mark.parametrize("late", [3600, 0])
async def test_for_overflow_it_is_rented_only_for_what_the_own_machines_have_left_waiting(
    tmp_path: Path, late: int
) -> None:
    async with SimulatedNode(NodeOptions(time_scale=0.2)) as own, FakeVast() as vast:
        cloud = fleet().replace("max_batch: 4,", f"max_batch: 4, use: overflow, overflow_after_seconds: {late},")
        settings = settings_of(tmp_path, vast, text=cloud + ENTRY.format(id="own", port=own.port))
        async with open_hub(settings) as hub:
            submission = await asked(hub, count=3)
            generations = await finished(hub, submission.batch.id)
            if not late:
                await eventually(lambda: vast.cloud.creates)
    assert {each.status for each in generations} == {GenerationStatus.COMPLETE}
    assert bool(vast.cloud.creates) is not bool(late)


async def test_who_ends_it_by_hand_gets_no_other_one_in_its_place(tmp_path: Path) -> None:
    async with FakeVast() as vast:
        vast.cloud.life = lambda: Life(running=0.1, comfyui=1000)
        async with renting(tmp_path, vast) as hub:
            await asked(hub)
            rental = await eventually(lambda: next(iter(hub.rentals.listed()), None))
            ending = await hub.rentals.end(rental.id)
            await eventually(lambda: "the last one was ended by hand" in reason_of(hub))
            with pytest.raises(NotFound):
                await hub.rentals.end(rental.id)
    assert (ending.state, ending.reason) == (RentalState.ENDING, "it was ended by hand")
    assert len(vast.cloud.creates) == 1


@pytest.mark.parametrize("asks_every", [0.1, 60.0], ids=["the attempt notices", "the health check notices"])
async def test_a_machine_that_is_given_back_while_it_draws_did_not_die_of_the_picture(
    tmp_path: Path, asks_every: float
) -> None:
    slow = NodeOptions(profile="rtx-3060", time_scale=1000)
    async with FakeVast(options=slow) as vast:
        settings = settings_of(tmp_path, vast)
        async with open_hub(settings.model_copy(update={"reconcile_interval": asks_every})) as hub:
            submission = await asked(hub)
            [pending] = await hub.storage.generations.of_batch(submission.batch.id)
            active = await eventually(lambda: next(iter(hub.board.active.values()), None))
            await eventually(lambda: active.measured.running_since is not None, what="it is drawn")
            [rental] = hub.rentals.listed()
            await hub.rentals.end(rental.id)
            found = await hub.supervisor.get(CLOUD).client.find(active.id)
            await eventually(lambda: "nothing is rented" in reason_of(hub) or "by hand" in reason_of(hub))
            await eventually(lambda: [*hub.board.due()])
            [attempt] = await hub.storage.attempts.of_generation(pending.id)
            deaths = await hub.storage.attempts.deaths()
            [work] = hub.board.due()
            held = await hub.storage.spendings.held()
            breaker = hub.supervisor.get(CLOUD).breaker.failures
    assert isinstance(found, TurnedDown), "whichever asks first, the attempt or the health check"
    assert attempt.state is AttemptState.LOST
    assert "ended by hand" in (attempt.error_message or "")
    assert (deaths, work.deaths, work.losses) == ({}, 0, 0)
    assert breaker == "0 errors of late"
    assert held == [], "nobody pays for a picture that he did not get"


async def test_a_machine_that_breaks_is_given_back_and_the_picture_is_drawn_on_another_one(tmp_path: Path) -> None:
    lives = iter([Life(created=0, loading=0, running=0.1, comfyui=1000, fate="exited", fate_at=0.4, message="OOM")])
    async with FakeVast() as vast:
        swift = vast.cloud.life
        vast.cloud.life = lambda: next(lives, None) or swift()
        async with renting(tmp_path, vast) as hub:
            submission = await asked(hub)
            [generation] = await finished(hub, submission.batch.id)
            broken = next(each for each in hub.rentals.listed() if each.contract == "501")
    assert generation.status is GenerationStatus.COMPLETE
    assert broken.reason == "its machine is exited: OOM"
    assert vast.cloud.instances[502].machine != vast.cloud.instances[501].machine, "the broken one is left alone"


@pytest.mark.parametrize("way", ["the hub stops", "its entry is gone"])
async def test_what_nobody_wants_any_more_is_given_back_at_once(tmp_path: Path, way: str) -> None:
    async with FakeVast() as vast:
        async with renting(tmp_path, vast, idle_minutes=10) as hub:
            submission = await asked(hub)
            await finished(hub, submission.batch.id)
            assert vast.cloud.alive()
            if way == "its entry is gone":
                (tmp_path / "gpus.yaml").write_text("nodes: []\n", encoding="utf-8")
                await eventually(lambda: not vast.cloud.alive())
        assert not vast.cloud.alive()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"image": "vastai/comfy:latest"}, "image: name a tag, and not 'latest'"),
        ({"max_prize": 1}, "unknown option 'max_prize'; did you mean max_price?"),
        ({"search": "{dph_total: {lte: 1}}"}, "search: dph_total follows from max_price and disk_gb"),
        ({"search": "{gpu_ram: {atleast: 1}}"}, "search: gpu_ram: no comparison 'atleast'"),
        ({"lifetime_minutes": 1}, "lifetime_minutes must be longer than boot_minutes"),
        ({"image": "null"}, "image: input should be a valid string"),
    ],
)
async def test_a_wrong_option_is_told_with_advice(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        async with open_hub(settings_for(tmp_path, fleet=fleet(**options))):
            pass
    assert any(words in str(each) for each in refused.value.problems), [*map(str, refused.value.problems)]


async def test_a_person_sees_what_is_rented_and_what_it_costs_and_gives_it_back(tmp_path: Path) -> None:
    async with FakeVast() as vast:
        vast.cloud.life = lambda: Life(created=0, loading=0, running=0.1, comfyui=1000)
        settings = settings_of(tmp_path, vast)
        async with open_hub(settings) as hub, served(hub, settings) as address:
            url = ("--url", f"http://{address}")
            await asked(hub)
            await eventually(lambda: "waiting for ComfyUI" in reason_of(hub))
            async with AsyncHubClient(f"http://{address}") as client:
                [rental] = (await client.rentals.list()).rentals
            shown = await run_vibes("rent", *url, cwd=tmp_path)
            unknown = await run_vibes("rent", "end", "nobody", *url, cwd=tmp_path)
            ending = await run_vibes("rent", "end", rental.id[:6], *url, cwd=tmp_path)
            await eventually(lambda: not hub.rentals.listed()[0].open)
            async with http_client(hub, settings) as http:
                again = await http.delete(f"/api/rentals/{rental.id}")
    assert (rental.gpu_id, rental.provider, rental.state, rental.per_hour_usd) == (
        "cloud",
        "Vast.ai",
        "renting",
        0.262329,
    )
    assert all(word in shown.stdout for word in (rental.id, "RTX 4090", "renting", "$0.262", "waiting for"))
    assert (unknown.status, "nothing is rented under 'nobody'" in unknown.stderr) == (1, True)
    assert all(word in ending.stdout for word in (rental.id, "ending", "by hand"))
    assert (again.status_code, again.json()["code"]) == (404, "unknown_rental")


async def test_one_whose_order_is_refused_while_it_is_ended_was_never_rented() -> None:
    class Refused:
        """Of the port ``Rentals`` what is asked here."""

        problems = ()

        async def end(self, rental_id: str) -> bool:
            return True

        def listed(self) -> Sequence[Rental]:
            return ()

    with pytest.raises(NotFound, match="nothing is rented under"):
        await RentalService([cast(Rentals, Refused())]).end("1")
