"""Reading ComfyUI's frames, without a server."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.domain.errors import NodeMisbehaved
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import (
    AttemptEnded,
    AttemptProgress,
    AttemptStarted,
    GraphNodeStarted,
    NodeEvent,
    QueueLength,
)
from vibes.nodes.comfyui.reading.foreign_json import parse_json
from vibes.nodes.comfyui.reading.messages import FrameReader
from vibes.nodes.comfyui.reading.object_info import parse_choices
from vibes.nodes.comfyui.reading.replies import (
    parse_acceptance,
    parse_history,
    parse_queue,
    parse_system_stats,
    parse_upload,
    rejection_sentence,
)

A = AttemptId("prompt-a")
B = AttemptId("prompt-b")


def text(kind: str, **data: Any) -> str:
    return json.dumps({"type": kind, "data": data})


def read_all(*frames: str | bytes) -> list[NodeEvent]:
    reader = FrameReader()
    return [event for frame in frames for event in reader.read(frame)]


class TestTheGraphNodeAtWork:
    def test_is_told_before_it_has_anything_else_to_say(self) -> None:
        loads = text("executing", node="4", display_node="4", prompt_id=A)
        assert read_all(loads) == [GraphNodeStarted(A, "4")]

    def test_is_named_as_the_prompt_names_it_when_others_stand_in_for_it(self) -> None:
        assert read_all(text("executing", node="7.0.2", display_node="7", prompt_id=A)) == [GraphNodeStarted(A, "7")]

    def test_is_nobodys_when_the_prompt_is_not_named_as_after_a_reconnect(self) -> None:
        assert read_all(text("executing", node="4")) == []


def test_the_length_of_the_queue_is_told_whoever_fills_it() -> None:
    first = text("status", status={"exec_info": {"queue_remaining": 2}}, sid="client-a")
    assert read_all(first, text("status", status={"exec_info": {"queue_remaining": 0}})) == [
        QueueLength(2),
        QueueLength(0),
    ]


class TestProgress:
    def test_a_step_told_twice_is_one_event(self) -> None:
        state = {"4": {"value": 1, "max": 3, "state": "running"}}
        assert read_all(
            text("progress_state", prompt_id=A, nodes=state),
            text("progress", prompt_id=A, node="4", value=1, max=3),
        ) == [AttemptProgress(A, "4", 1, 3)]

    def test_a_finished_graph_node_stands_at_its_end_even_if_it_never_said_so(self) -> None:
        state = {"7": {"value": 0, "max": 1, "state": "finished"}}
        assert read_all(text("progress_state", prompt_id=A, nodes=state)) == [AttemptProgress(A, "7", 1, 1)]

    def test_cached_graph_nodes_are_done_at_once(self) -> None:
        assert read_all(text("execution_cached", prompt_id=A, nodes=["1", "2"])) == [
            AttemptProgress(A, "1", 1, 1),
            AttemptProgress(A, "2", 1, 1),
        ]

    def test_without_a_prompt_id_it_belongs_to_the_running_prompt(self) -> None:
        """Custom graph nodes send ``progress`` themselves, often with the bare numbers and their id."""
        assert read_all(text("execution_start", prompt_id=A), text("progress", node="9", value=2, max=4)) == [
            AttemptStarted(A),
            AttemptProgress(A, "9", 2, 4),
        ]

    def test_it_stays_between_nothing_and_everything(self) -> None:
        events = read_all(
            text("progress", prompt_id=A, node="4", value=-1, max=3),
            text("progress", prompt_id=A, node="4", value=9, max=3),
        )
        assert events == [AttemptProgress(A, "4", 0, 3), AttemptProgress(A, "4", 3, 3)]

    def test_the_same_id_run_again_begins_again(self) -> None:
        once = [text("execution_start", prompt_id=A), text("progress", prompt_id=A, node="4", value=1, max=3)]
        assert read_all(*once, *once) == [AttemptStarted(A), AttemptProgress(A, "4", 1, 3)] * 2

    @pytest.mark.parametrize(
        "data",
        [
            {},
            {"node": "4", "value": 1, "max": 0},
            {"node": "4", "value": "1", "max": 3},
            {"node": "4", "value": True, "max": 3},
            {"node": "4", "value": float("nan"), "max": 3},
            {"node": "4", "value": 1, "max": float("inf")},
            {"node": "4", "value": 1, "max": 10**400},
            {"node": None, "value": 1, "max": 3},
            {"node": 4, "value": 1, "max": 3},
            {"node": "4", "value": 1, "max": 3, "prompt_id": None},
        ],
        ids=str,
    )
    def test_what_makes_no_sense_is_no_event(self, data: dict[str, Any]) -> None:
        reader = FrameReader()
        reader.read(text("execution_start", prompt_id=A))
        assert reader.read(text("progress", **data)) == []


class TestEnds:
    def test_an_error_and_an_interruption_end_an_attempt_and_success_waits_for_the_history(self) -> None:
        assert read_all(text("execution_error", prompt_id=A, exception_type="ValueError")) == [AttemptEnded(A)]
        assert read_all(text("execution_interrupted", prompt_id=A)) == [AttemptEnded(A)]
        assert read_all(text("execution_success", prompt_id=A)) == []
        assert read_all(text("executing", node=None, prompt_id=A)) == [AttemptEnded(A)]

    def test_a_blocked_branch_is_no_end(self) -> None:
        assert read_all(text("execution_error", prompt_id=A, exception_type="ExecutionBlocked")) == []


@pytest.mark.parametrize(
    "frame",
    [
        text("status", status={"exec_info": {"queue_remaining": -1}}),
        text("status", status={"exec_info": {"queue_remaining": True}}),
        text("status", status={"exec_info": {"queue_remaining": "2"}}),
        text("status", status={"exec_info": None}),
        text("crystools.monitor", cpu=3),
        json.dumps({"type": "progress", "data": None}),
        json.dumps({"type": "progress", "data": [1]}),
        json.dumps({"type": "progress_state", "data": {"prompt_id": "prompt-a", "nodes": [1]}}),
        json.dumps({"type": "progress_state", "data": {"prompt_id": "prompt-a", "nodes": {"4": 7}}}),
        json.dumps({"type": "execution_cached", "data": {"prompt_id": "prompt-a", "nodes": 7}}),
        json.dumps({"type": "execution_start", "data": {"prompt_id": 7}}),
        json.dumps({"type": "executing", "data": {}}),
    ],
)
def test_messages_that_say_nothing_to_us_are_no_events(frame: str) -> None:
    assert read_all(frame) == []


@pytest.mark.parametrize("frame", ["", "<html>", "[]", "7", "{}", '{"type": 7}', "[" * 100_000])
def test_a_text_that_no_comfyui_sends_is_refused(frame: str) -> None:
    with pytest.raises(NodeMisbehaved, match="event stream"):
        read_all(frame)


NAMES = st.sampled_from(
    ["prompt_id", "node", "nodes", "value", "max", "errors", "status", "messages", "outputs", "images", "devices"]
)
json_values = st.recursive(
    st.sampled_from([None, True, -1, 0.5, 3, 10**400, float("nan"), "", "4", "prompt-a"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=8,
)


@given(
    kind=st.sampled_from(["execution_start", "execution_cached", "executing", "progress", "progress_state"]),
    data=st.dictionaries(NAMES, json_values, max_size=5),
    frame=st.binary(max_size=64),
)
def test_no_frame_raises_anything_unforeseen(kind: str, data: dict[str, Any], frame: bytes) -> None:
    read_all(text(kind, **data), frame)


@given(json_values)
def test_no_answer_raises_anything_unforeseen(value: Any) -> None:
    readers = (parse_acceptance, parse_queue, parse_system_stats, parse_choices, parse_upload)
    for reader in (*readers, rejection_sentence, lambda answer: parse_history(answer, "prompt-a")):
        for answer in (value, {"prompt-a": value}, {"queue_running": value}, {"LoraLoader": value}):
            with suppress(NodeMisbehaved):
                reader(answer)


class TestJson:
    def test_half_a_surrogate_pair_becomes_a_question_mark_and_a_whole_one_stays(self) -> None:
        assert parse_json(b'["\\ud83d\\ude00", "lora-\\udc80"]', "/x") == ["\N{GRINNING FACE}", "lora-?"]

    def test_nan_of_a_custom_graph_node_is_let_through(self) -> None:
        assert parse_json('{"min": -Infinity}', "/x") == {"min": float("-inf")}

    @pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe\x00", b"[" * 100_000, b"1" * 10_000, b'{"a":'])
    def test_what_is_no_json_is_shown_by_its_beginning(self, body: bytes) -> None:
        with pytest.raises(NodeMisbehaved, match="/x: expected JSON, got ") as error:
            parse_json(body, "/x")
        assert len(error.value.message) < 200
