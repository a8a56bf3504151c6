"""What is guessed of a machine, which ranges may be asked, and which machines are known already."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.discovery.machines import found
from tests.doctor.facts import config
from vibes.domain.errors import InvalidRequest
from vibes.domain.nodes.machines import Place
from vibes.domain.nodes.node import NodeConfig, Tier
from vibes.services.discovery.guesses import card_name, guess_of
from vibes.services.discovery.known import known_machines
from vibes.services.discovery.ranges import places_in


@pytest.mark.parametrize(
    ("device", "gb", "tier", "name"),
    [
        ("cuda:0 NVIDIA GeForce RTX 5060 Ti : cudaMallocAsync", 15.9, Tier.PREMIUM, "RTX 5060 Ti"),
        ("cuda:0 NVIDIA GeForce RTX 4060 Ti : native", 8, Tier.QUALITY, "RTX 4060 Ti"),
        ("cuda:0 NVIDIA GeForce RTX 3060", 12, Tier.STANDARD, "RTX 3060"),
        ("cuda:0 NVIDIA GeForce RTX 3050 Ti Laptop GPU : native", 4, Tier.DRAFT, "RTX 3050 Ti Laptop GPU"),
        ("cuda:0 NVIDIA GeForce RTX 4090 : cudaMallocAsync", 24, Tier.PREMIUM, "RTX 4090"),
        ("cuda:0 NVIDIA GeForce GTX 1060 6GB : native", 6, Tier.DRAFT, "GTX 1060 6GB"),
        ("cuda:0 NVIDIA A100-SXM4-80GB : native", 80, Tier.PREMIUM, "A100-SXM4-80GB"),
        ("cuda:0 AMD Radeon RX 7900 XTX : native", 24, Tier.PREMIUM, "Radeon RX 7900 XTX"),
        ("mps", 16, Tier.QUALITY, "Apple GPU"),
        ("cpu", 64, Tier.DRAFT, "CPU"),
        ("", 64, Tier.DRAFT, "ComfyUI"),
    ],
)
def test_cards_get_a_name_and_a_tier(device: str, gb: float, tier: Tier, name: str) -> None:
    guess = guess_of(found(device=device, gb=gb), ())
    assert (guess.tier, guess.name) == (tier, name)
    assert guess.why


def test_a_machine_without_a_card_has_no_memory_of_one() -> None:
    guess = guess_of(found(device="cpu", gb=64), ())
    assert (guess.vram_gb, guess.capabilities, guess.max_batch) == (0, ("sd15",), 1)


def test_more_memory_may_do_more() -> None:
    small, large = (guess_of(found(gb=gb), ()) for gb in (4, 24))
    assert set(small.capabilities) < set(large.capabilities)
    assert small.max_resolution < large.max_resolution


@given(st.text(max_size=300), st.lists(st.text(max_size=5), max_size=5))
def test_every_card_gets_an_id_that_a_fleet_file_takes(device: str, taken: list[str]) -> None:
    first = guess_of(found(device=device), taken)
    second = guess_of(found(device=device), [*taken, first.id])
    assert first.id != second.id
    for guess in (first, second):
        assert guess.id not in taken
        assert guess.id.replace("-", "").isalnum()
        assert len(guess.id) <= 64
        assert 0 < len(guess.name) <= 200
        assert guess.name.isprintable() or "\n" not in guess.name


def test_a_simulated_card_keeps_saying_so() -> None:
    assert card_name("cuda:0 NVIDIA GeForce RTX 3060 (simulated)") == "RTX 3060 (simulated)"


def test_a_range_is_every_address_at_the_first_port_and_then_the_next() -> None:
    places = places_in(["127.0.0.0/30", "127.0.0.1"], [8188, 8000])
    assert places == [Place(f"127.0.0.{host}", port) for port in (8188, 8000) for host in (1, 2)]
    assert len(places_in(["192.168.7.9/24"], [8188])) == 254


@pytest.mark.parametrize(
    ("ranges", "ports"),
    [
        (["8.8.8.0/24"], [8188]),
        (["0.0.0.0/0"], [8188]),
        (["169.254.0.0/24"], [8188]),
        (["10.0.0.0/8"], [8188]),
        (["192.168.0.0/23"], [8188]),
        (["fe80::/64"], [8188]),
        (["gpu.local"], [8188]),
        ([""], [8188]),
        ([], [8188]),
        (["10.0.0.0/24"] * 5, [8188]),
        (["10.0.0.0/24"], []),
        (["10.0.0.0/24"], list(range(1, 20))),
    ],
)
def test_what_is_not_private_or_too_much_is_never_asked(ranges: Sequence[str], ports: Sequence[int]) -> None:
    with pytest.raises(InvalidRequest):
        places_in(ranges, ports)


async def test_a_machine_is_known_by_its_address_whatever_it_is_called() -> None:
    fleet = [
        at(config("here"), "localhost", 8188),
        at(config("attic"), "192.168.0.20", 8188),
        at(config("rented"), None, None),
    ]
    known = await known_machines(fleet, ["127.0.0.1", "192.168.0.9"])
    assert known.of(Place("192.168.0.20", 8188)) == "attic"
    assert known.of(Place("192.168.0.20", 8189)) is None
    assert known.of(Place("192.168.0.9", 8188)) == "here", "the hub's own machine by another address of it"
    assert known.of(Place("192.168.0.10", 8188)) is None


def at(node: NodeConfig, host: str | None, port: int | None) -> NodeConfig:
    return replace(node, host=host, port=port)
