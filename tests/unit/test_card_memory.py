"""Memory of a card that a game holds: seen, sure before it counts, and never mistaken for ComfyUI's own."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibes.domain.errors import NodeMisbehaved
from vibes.domain.nodes.card_memory import GIGABYTE, NOBODYS, CardMemory, MemoryNeeds, OthersMemory
from vibes.nodes.comfyui.reading.replies import parse_system_stats
from vibes.simulator.setup.faults import Faults, UnknownFault
from vibes.simulator.setup.profiles import profile_of
from vibes.simulator.state.machine import Machine

NEEDS = MemoryNeeds()


def gb(value: float) -> int:
    return round(value * GIGABYTE)


def card(
    *, game: float = 0.0, model: float = 0.0, hidden: float = 0.0, total: float = 16.0, told: bool = True
) -> CardMemory:
    """``hidden``: of ComfyUI's own, outside of torch's figures."""
    slack = 0.5 if model else 0.0
    return CardMemory(
        total=gb(total),
        free=gb(total) - gb(0.8) - gb(game) - gb(model) - gb(hidden),
        torch_total=gb(model) + gb(slack),
        torch_free=gb(slack),
        all_told=told,
    )


def looked(*looks: CardMemory | None, idle: Sequence[bool] = (), before: OthersMemory = NOBODYS) -> OthersMemory:
    for index, each in enumerate(looks):
        before = before.after(each, idle=idle[index] if index < len(idle) else True)
    return before


def test_a_game_counts_once_two_looks_in_a_row_saw_it_and_is_forgotten_likewise() -> None:
    idle = looked(card(), card(model=6.4))
    assert (idle.held, idle.usual) == (0, gb(0.8))
    assert looked(card(game=9.1), before=idle).held == 0
    playing = looked(card(game=9.1), card(game=9.1, model=2), before=idle)
    assert playing.held == gb(9.1)
    assert NEEDS.lacks(playing, "flux")
    assert not NEEDS.lacks(playing, "sd15")
    assert looked(card(), before=playing).held == gb(9.1)
    assert looked(card(), card(), before=playing).held == 0


def test_a_game_that_runs_when_the_hub_starts_is_seen_too() -> None:
    assert looked(card(game=9.1), card(game=9.1)).held == pytest.approx(gb(9.1 + 0.8 - 2.4), rel=0.01)


def test_small_changes_swing_nothing() -> None:
    playing = looked(card(), card(game=9.0), card(game=9.0))
    assert looked(*(card(game=9.0 + 0.2 * (index % 2)) for index in range(10)), before=playing).held == gb(9.0)
    desktop = looked(card(), *(card(game=0.3 * (index % 3)) for index in range(10)))
    assert desktop.held == 0


def test_a_look_in_the_middle_of_something_is_not_believed() -> None:
    spikes = [card(game=8.0 if index % 2 else 0.0) for index in range(10)]
    assert looked(card(), *spikes).held == 0


def test_a_comfyui_that_does_not_tell_all_that_is_its_own_is_not_mistaken_for_a_game() -> None:
    drawn = looked(card(told=False), card(told=False, hidden=9), card(told=False, hidden=11), idle=[True, False, False])
    assert looked(card(told=False, hidden=11), card(told=False, hidden=11), before=drawn).held == 0
    assert looked(card(told=False), card(told=False, hidden=9), idle=[True, False], before=drawn).held == 0


def test_there_a_game_is_seen_where_it_begins_while_nothing_is_drawn() -> None:
    drawn = looked(card(told=False), card(told=False, hidden=4), idle=[True, False])
    playing = looked(*[card(told=False, hidden=4, game=8)] * 2, before=drawn)
    assert playing.held == gb(8)
    assert looked(*[card(told=False, hidden=4, game=8, model=1)] * 3, idle=[False] * 3, before=playing).held == gb(8)
    assert looked(*[card(told=False, hidden=4)] * 2, idle=[False] * 2, before=playing).held <= gb(4)
    assert looked(*[card(told=False)] * 2, before=playing).held == 0


def test_a_small_card_is_not_kept_from_what_it_has_always_drawn() -> None:
    small = looked(card(total=4), card(total=4))
    for family in ("sd15", "sdxl", "flux", "qwen-image", "unheard-of"):
        assert not NEEDS.lacks(small, family)
    playing = looked(card(total=4), *[card(total=4, game=1.5)] * 2)
    assert NEEDS.lacks(playing, "sd15")
    assert not NEEDS.lacks(playing, "unheard-of")


def test_what_gpus_yaml_says_of_a_family_counts_instead() -> None:
    playing = looked(card(), *[card(game=9.1)] * 2)
    assert not MemoryNeeds(declared={"flux": 4.0}).lacks(playing, "flux")
    assert MemoryNeeds(declared={"sd15": 8.0}).lacks(playing, "sd15")


FIGURES = st.integers(-(2**62), 2**62) | st.sampled_from([0, 1, gb(8), gb(16)])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(FIGURES, FIGURES, FIGURES, FIGURES, st.booleans(), st.booleans()), max_size=8))
def test_odd_figures_say_nothing_and_no_card_is_held_beyond_its_size(
    looks: list[tuple[int, int, int, int, bool, bool]],
) -> None:
    known = NOBODYS
    for total, free, torch_total, torch_free, told, idle in looks:
        memory = CardMemory(total=total, free=free, torch_total=torch_total, torch_free=torch_free, all_told=told)
        known = known.after(memory, idle=idle)
        assert known.held >= 0
        if memory.unexplained is None:
            assert known == NOBODYS
        elif known.held:
            assert known.held <= max(each[0] for each in looks)


def test_main_memory_as_a_cpu_tells_it_is_nobodys() -> None:
    """ComfyUI on a CPU or MPS says the same figures of torch as of all."""
    cpu = CardMemory(total=gb(32), free=gb(5), torch_total=gb(32), torch_free=gb(5), all_told=True)
    assert looked(cpu, cpu, cpu).held == 0


def stats(version: str = "0.3.64", argv: Sequence[str] = (), **device: Any) -> Any:
    cuda = {"name": "cuda:0", "type": "cuda", "vram_total": gb(16), "vram_free": gb(4)}
    return {
        "system": {"comfyui_version": version, "os": "posix", "argv": ["main.py", *argv]},
        "devices": [{**cuda, "torch_vram_total": gb(2), "torch_vram_free": gb(1), **device}],
    }


@pytest.mark.parametrize(
    ("version", "argv", "told"),
    [
        ("0.3.64", (), True),
        ("v0.10.2", (), True),
        ("0.18.2", (), False),
        ("1.0", (), False),
        ("of tomorrow", (), False),
        ("0.33.0", ("--disable-dynamic-vram",), True),
    ],
)
def test_a_comfyui_with_dynamic_memory_is_known_by_its_version(version: str, argv: Sequence[str], told: bool) -> None:
    memory = parse_system_stats(stats(version, argv)).memory
    assert memory is not None
    assert (memory.unexplained, memory.all_told) == (gb(11), told)


ODD = st.none() | st.booleans() | st.text(max_size=3) | st.floats() | st.integers(-(2**70), 2**70)


@settings(max_examples=200, deadline=None)
@given(ODD, ODD, ODD, st.sampled_from(["cuda", "cpu", "mps", "xpu", None, 7]))
def test_odd_answers_of_a_node_say_nothing_of_others(
    free: object, torch_total: object, torch_free: object, kind: object
) -> None:
    try:
        told = parse_system_stats(
            stats(vram_free=free, torch_vram_total=torch_total, torch_vram_free=torch_free, type=kind)
        )
    except NodeMisbehaved:
        return
    known = looked(told.memory, told.memory)
    assert kind == "cuda" or known == NOBODYS
    assert 0 <= known.held <= gb(16)


def test_a_simulated_card_can_be_played_on() -> None:
    faults = Faults()
    faults.set(foreign_vram_gigabytes=9.5)
    machine = Machine(profile_of("rtx-5060-ti"))
    held = [CardMemory(**_named(machine.vram(each)), all_told=True) for each in (0.0, 9.5)]
    assert looked(held[0], held[1], held[1]).held == gb(9.5)
    with pytest.raises(UnknownFault, match="a number of gigabytes"):
        faults.set(foreign_vram_gigabytes=-1)


def _named(told: dict[str, int]) -> dict[str, int]:
    return {name.replace("vram_", ""): value for name, value in told.items()}
