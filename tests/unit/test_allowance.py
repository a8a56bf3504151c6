"""How much a node may say before it is made to wait."""

import json

from vibes.nodes.comfyui.transport.allowance import AT_ONCE, PER_SECOND, Allowance

STEP = json.dumps({"type": "progress", "data": {"node": "3", "value": 1, "max": 20, "prompt_id": "p" * 36}})
PREVIEW = bytes(100_000)


def test_the_fastest_sampler_there_is_never_waits() -> None:
    """A hundred steps a second, each told three times, one of them as a graph of a hundred nodes, with a preview."""
    nodes = {str(n): {"value": 0.0, "max": 1.0, "state": "running", "node_id": str(n)} for n in range(100)}
    state = json.dumps({"type": "progress_state", "data": {"nodes": nodes}})
    allowance = Allowance(0.0)
    waits = [allowance.spend(frame, step / 100) for step in range(60 * 100) for frame in (STEP, STEP, state, PREVIEW)]
    assert max(waits) == 0


def test_a_flood_is_read_at_the_pace_that_is_allowed() -> None:
    now = 0.0
    allowance = Allowance(now)
    for _ in range(300_000):
        now += allowance.spend(STEP, now)
    assert now >= (300_000 - AT_ONCE) / PER_SECOND


def test_messages_that_are_long_to_parse_or_to_pass_on_cost_more() -> None:
    for frame, cost in (("[" + "[]," * 80_000 + "0]", 160), (bytes(16 * 2**20), 256)):
        now = 0.0
        allowance = Allowance(now)
        for _ in range(1000):
            now += allowance.spend(frame, now)
        assert now >= (1000 * cost - AT_ONCE) / PER_SECOND


def test_what_was_not_said_is_not_saved_up_for_ever() -> None:
    allowance = Allowance(0.0)
    assert allowance.spend(STEP, 1e9) == 0
    assert max(allowance.spend(STEP, 1e9) for _ in range(int(AT_ONCE) + 10)) > 0
