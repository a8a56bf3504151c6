"""When a ComfyUI of one's own is started again, what it is started with, and when its worker counts as dead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.generators.managed import config
from vibes.domain.nodes.node import NodeQueue
from vibes.generators.managed_comfyui.command import Folders, command_of
from vibes.generators.managed_comfyui.restarts import Failures
from vibes.generators.managed_comfyui.standing import ended
from vibes.nodes.comfyui_managed.idle_worker import IdleWorker


def test_the_pauses_grow_to_a_minute_and_only_six_failures_in_ten_minutes_are_too_many() -> None:
    failures, pauses = Failures(), []
    for number in range(9):
        failures = failures.and_one(1000.0 * number, 500)
        pauses.append(failures.pause)
        assert not failures.too_many
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_ten_minutes_of_good_work_make_up_for_what_was() -> None:
    failures = Failures().and_one(0, 0).and_one(10, 0).and_one(700, 600)
    assert failures.pause == 1


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900)), max_size=40))
def test_it_is_down_exactly_when_more_than_five_failures_are_within_ten_minutes(
    steps: list[tuple[float, float]],
) -> None:
    failures, now, moments = Failures(), 0.0, list[float]()
    for after, worked in steps:
        now += after
        moments.append(now)
        failures = failures.and_one(now, worked)
        assert failures.too_many == (len([each for each in moments if now - each < 600]) > 5)
        assert failures.pause == 600 if failures.too_many else 1 <= failures.pause <= 60


@pytest.mark.parametrize(
    ("options", "flags"),
    [
        ({}, []),
        ({"device": 0}, ["--cuda-device=0"]),
        ({"device": "cpu"}, ["--cpu"]),
        ({"extra_model_paths": "/models.yaml"}, ["--extra-model-paths-config=/models.yaml"]),
    ],
)
def test_options_become_flags(options: dict[str, object], flags: list[str]) -> None:
    folders = Folders(config({}).folder)
    plain = command_of(config({}), folders, 9000)
    assert [each for each in command_of(config(options), folders, 9000) if each not in plain] == flags
    assert {"--listen=127.0.0.1", "--port=9000", "--preview-method"} <= {*plain}


def test_a_choice_of_previews_replaces_the_hubs() -> None:
    command = command_of(config({"extra_args": ["--preview-method=none"]}), Folders(config({}).folder), 9000)
    assert [each for each in command if each.startswith("--preview")] == ["--preview-method=none"]


def test_a_status_is_told_in_words() -> None:
    assert ended(1) == "its ComfyUI ended with status 1"
    assert ended(-9) == "its ComfyUI was ended by SIGKILL"
    assert ended(-99) == "its ComfyUI was ended by signal 99"


def looks(*queues: tuple[str, str]) -> list[bool]:
    """One every 20 seconds: what runs and what waits, a letter a prompt."""
    worker = IdleWorker()
    return [
        worker.dead(NodeQueue(running=tuple(running), pending=tuple(pending)), 20.0 * number)
        for number, (running, pending) in enumerate(queues)
    ]


def test_a_worker_is_dead_when_the_same_prompt_waits_for_a_minute_while_none_runs() -> None:
    assert looks(*[("", "ab")] * 5) == [False] * 4 + [True]
    assert looks(("", "ab"), ("", "ab"), ("", "b"), ("", "b"), ("", "b")) == [False] * 5
    assert looks(*[("a", "b")] * 9) == [False] * 9
    assert looks(*[("", "")] * 9) == [False] * 9
