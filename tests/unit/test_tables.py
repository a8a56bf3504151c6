"""The tables of the command line fit into any terminal without cutting the words that matter."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from vibes.client.values.fleet import GenerationOnNode, Gpu, GpuCost, Queue, Speed, WaitingGeneration
from vibes.commands.common.console import PIPED_WIDTH, HarmlessConsole
from vibes.commands.common.lora_option import lora_of
from vibes.commands.fleet import nodes
from vibes.commands.queue import steering
from vibes.domain.nodes.node import NodeState, Tier
from vibes.domain.priority import Priority

GPU = Gpu(
    id="workstation-two",
    name="NVIDIA GeForce RTX 3050 Ti Laptop GPU",
    tier=Tier.DRAFT,
    vram_gb=8,
    vram_total_gb=23.54,
    vram_free_gb=20.5,
    healthy=True,
    state=NodeState.DEGRADED,
    state_since=datetime(2026, 1, 1, tzinfo=UTC),
    reason=None,
    current_queue_length=3,
    capabilities=(),
    max_resolution=1024,
    max_batch=1,
    last_response_ms=None,
    last_error=None,
    unreadable_files=(),
    url="",
    kind="comfyui",
    version=None,
    device_name=None,
    simulated=False,
    running=(),
    eta_seconds=None,
    speeds={"sd15": Speed(seconds_per_step_megapixel=32.0, samples=3)},
)
HELD = GenerationOnNode(
    gpu_id="workstation-two",
    generation_id="2f6a9f2c-aaaa",
    session_id="s",
    batch_id="b",
    prompt="a lighthouse in a storm, oil painting",
    state="running",
    eta_seconds=12.0,
)
WAITING = WaitingGeneration(
    position=0,
    generation_id="9b1deb4d-bbbb",
    session_id="s",
    batch_id="b",
    priority=Priority.INTERACTIVE,
    prompt="a lighthouse in a storm, oil painting",
    eta_seconds=None,
    waiting_for="waits for one of 2 busy nodes",
)
QUEUE = Queue(paused=False, paused_since=None, queued=1, on_nodes=(HELD,), waiting=(WAITING,), limit=100, offset=0)
COST = GpuCost(
    per_image_usd=0.02,
    per_hour_usd=0.4,
    per_batch_limit_usd=None,
    daily_limit_usd=None,
    monthly_limit_usd=None,
    spent_today_usd=0,
    spent_this_month_usd=0,
)
WIDTHS = pytest.mark.parametrize("width", [40, 48, 60, 80, 120, 500])


def drawn(table: Table, width: int) -> str:
    sink = StringIO()
    Console(file=sink, width=width, emoji=False).print(table)
    return sink.getvalue()


@WIDTHS
def test_a_nodes_state_is_whole_on_any_terminal(width: int) -> None:
    text = drawn(nodes._table([GPU], width), width)
    assert "degraded" in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width


@WIDTHS
def test_what_becomes_of_queued_work_is_whole_on_any_terminal(width: int) -> None:
    text = drawn(steering._table(QUEUE, width), width)
    assert "running on" in text
    assert "waits for one of" in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= width


@pytest.mark.parametrize("told", [None, "80"])
def test_what_is_read_through_a_pipe_has_every_name_whole(told: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the width of a terminal that another stream of the process has."""
    monkeypatch.setattr("os.get_terminal_size", lambda _: os.terminal_size((40, 25)))
    sink = StringIO()
    console = HarmlessConsole(file=sink, _environ={} if told is None else {"COLUMNS": told})
    console.print(nodes._table([replace(GPU, cost=COST), GPU], console.width))
    text = sink.getvalue()
    assert text.count("workstation-two") == 2
    assert "$0.02 a picture + $0.40 an hour" in text
    assert ("NVIDIA GeForce RTX 3050 Ti Laptop GPU" in text) is (told is None)
    assert max(map(len, text.splitlines())) <= int(told or PIPED_WIDTH)


def test_memory_is_that_of_the_node_and_a_slow_one_has_a_speed() -> None:
    text = drawn(nodes._table([GPU], 120), 120)
    assert "20.5/23.5 GB" in text
    assert "sd15 0.031" in text
    unknown = replace(GPU, vram_total_gb=None, vram_free_gb=None)
    assert " 8 GB" in drawn(nodes._table([unknown], 120), 120)


@pytest.mark.parametrize(
    ("typed", "name", "strength"),
    [
        ("ink.safetensors", "ink.safetensors", 1.0),
        ("ink.safetensors:0.8", "ink.safetensors", 0.8),
        ("ink.safetensors:-1", "ink.safetensors", -1.0),
        ("style: noir, v2.safetensors", "style: noir, v2.safetensors", 1.0),
        ("a:b.safetensors:.5", "a:b.safetensors", 0.5),
        ("a,b.safetensors", "a,b.safetensors", 1.0),
        ("16:9", "16", 9.0),
        ("16:9:1", "16:9", 1.0),
        ("odd:nan", "odd:nan", 1.0),
        (":0.5", ":0.5", 1.0),
        ("C:styles\\x.safetensors", "C:styles\\x.safetensors", 1.0),
    ],
)
def test_a_lora_may_have_any_name_and_a_number_after_its_last_colon_is_its_strength(
    typed: str, name: str, strength: float
) -> None:
    assert (lora_of(typed).name, lora_of(typed).strength_model) == (name, strength)
