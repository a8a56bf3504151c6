"""Exports as people have them: requests around the graph, comments beside it, values that are no JSON."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.import_exports import sampled
from vibes.domain.errors import InvalidDocument
from vibes.workflows.definition.template import parse_template
from vibes.workflows.importing.wrappings import graph_alone


def read(document: Any) -> tuple[Any, str]:
    text, notes = graph_alone(json.dumps(document), "mine.json")
    return parse_template(text, "mine.json").graph, " ".join(notes)


@pytest.mark.parametrize(
    "wrapped",
    [
        {"input": {"workflow": sampled(), "images": []}},
        {"prompt": sampled(), "client_id": "abc", "extra_data": {}},
        {"input": {"workflow_json": json.dumps(sampled())}},
        {"output": sampled(), "workflow": {"nodes": [], "links": []}},
        {"5f7c": {"prompt": [0, "5f7c", sampled(), {}, ["9"]], "outputs": {}}},
        {"api": {"prompt": sampled()}},
        {"data": {"payload": {"input": {"prompt": sampled()}}}},
    ],
)
def test_a_whole_request_is_its_graph(wrapped: Any) -> None:
    graph, notes = read(wrapped)
    assert graph == sampled()
    assert "mine.json is a whole request" in notes


def test_what_stands_beside_the_graph_nodes_is_left_out_and_told() -> None:
    graph, notes = read({"_comment": "mine", "version": 0.4, "_meta": {"title": "x"}, **sampled(), "extra": {"ds": {}}})
    assert graph == sampled()
    assert notes == "left out, since it is no graph node: _comment, version, _meta, extra"


def test_what_a_graph_node_is_linked_to_is_no_comment_but_a_mistake() -> None:
    text = json.dumps({**sampled(), "lost": {"title": "x"}, "50": {"class_type": "A", "inputs": {"b": ["lost", 0]}}})
    assert graph_alone(text, "mine.json") == (text, ())


@pytest.mark.parametrize("beside", [{}, {"_comment": "mine"}])
def test_half_of_a_surrogate_pair_becomes_a_question_mark_where_the_text_is_written_anew(beside: Any) -> None:
    document = {"input": {"workflow": {**sampled(), **beside, "50": {"class_type": "A", "inputs": {"b": "a \ud83d"}}}}}
    text, _ = graph_alone(json.dumps(document), "mine.json")
    assert json.loads(text.encode())["50"]["inputs"] == {"b": "a ?"}


def test_a_graph_stays_as_it_is_to_the_byte() -> None:
    text = json.dumps(sampled(), indent=3)
    assert graph_alone(text, "mine.json") == (text, ())
    unquoted = text.replace('"seed": 1', '"seed": {{seed}}')
    assert graph_alone(unquoted, "mine.json") == (unquoted, ())


def test_what_comfyui_notes_for_itself_is_no_value() -> None:
    text = json.dumps({key: {**node, "is_changed": [float("nan")]} for key, node in sampled().items()})
    read_text, _ = graph_alone(text, "mine.json")
    assert parse_template(read_text, "mine.json").graph == sampled()


@pytest.mark.parametrize("odd", [None, 5, "text", ["4", 0]])
def test_what_stands_under_the_id_of_a_graph_node_and_is_none_is_a_mistake(odd: Any) -> None:
    with pytest.raises(InvalidDocument, match="'77' is no graph node in API format"):
        read({**sampled(), "77": odd})


def test_a_graph_node_without_its_class_is_still_a_mistake() -> None:
    broken = {**sampled(), "7": {"inputs": {}}}
    assert graph_alone(json.dumps(broken), "mine.json") == (json.dumps(broken), ())


leaves = st.none() | st.booleans() | st.integers() | st.text(max_size=4)
documents = st.recursive(
    leaves | st.just(sampled()),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["input", "prompt", "workflow", "class_type", "inputs", "1"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(documents)
def test_any_document_is_read_without_a_crash(document: Any) -> None:
    text, notes = graph_alone(json.dumps(document), "mine.json")
    assert isinstance(json.loads(text), type(document))
    assert all(isinstance(note, str) for note in notes)
