"""Templates: unquoted placeholders are read, and every mistake is told with its line and column."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibes.domain.errors import InvalidDocument
from vibes.workflows.definition.json_document import parse_json
from vibes.workflows.definition.template import parse_template

UNQUOTED = """{
  "4": {
    "class_type": "KSampler",
    "inputs": {"seed": {{seed}}, "steps": {{ steps }}, "text": "a \\"{{prompt}}\\" {{{{ \\\\", "model": ["1", 0]}
  },
  "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "{{checkpoint}}"}}
}"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidDocument) as caught:
        parse_template(text, "workflows/x.json")
    return [str(problem) for problem in caught.value.problems]


def test_unquoted_placeholders_read_like_quoted_ones_and_text_is_left_alone() -> None:
    template = parse_template(UNQUOTED, "x.json")
    assert template.graph["4"]["inputs"] == {
        "seed": "{{seed}}",
        "steps": "{{ steps }}",
        "text": 'a "{{prompt}}" {{{{ \\',
        "model": ["1", 0],
    }
    assert list(template.placeholders) == ["seed", "steps", "prompt", "checkpoint"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "x.json:1:1: not valid JSON: Expecting value"),
        ('{"1": {{seed}} {{steps}} }', "x.json:1:16: not valid JSON: Expecting ',' delimiter"),
        ('{\n "1": {\n  "class_type": "A",\n }\n}', "x.json:4:2: not valid JSON: Expecting property name"),
        ('{"1": {"class_type": "A", "inputs": {"a": NaN}}}', "x.json: not valid JSON: NaN is not a JSON value"),
        (
            '{"1": {"class_type": "A", "inputs": {}},\n"1": {"class_type": "B", "inputs": {}}}',
            "x.json:2:6: the key '1' is given twice",
        ),
        ("[" * 100_000, "x.json: nested too deeply"),
        ('{"1": {"class_type": "{{prompt}}", "inputs": {}}}', "x.json:1:22: a placeholder may stand in inputs only"),
        (
            '{"1": {"class_type": "A", "inputs": {"clip": ["9", 0]}}}',
            "x.json:1:46: input 'clip' of graph node '1' links to graph node '9', which does not exist; known: 1",
        ),
        (
            '{"1": {"class_type": "A", "inputs": {"clip": [1, 0]}}}',
            "x.json:1:46: input 'clip' of graph node '1' must be a constant or a link such as [\"4\", 0]",
        ),
        ('{"1": {"class_type": "A", "inputs": {"clip": ["1", -1]}}}', "links to a negative slot"),
        ('{"1": {"class_type": "A", "inputs": []}}', "x.json:1:7: graph node '1' needs an object named inputs"),
        ('{"1": {"class_type": 5, "inputs": {}}}', "'1' is no graph node in API format"),
        ('{"_comment": "mine"}', "x.json:1:14: '_comment' is no graph node in API format"),
        ("[]", "a template is an object of graph nodes in API format"),
        ("{}", "a template is an object of graph nodes in API format"),
        ('{"prompt": {"1": {}}}', 'x.json:1:12: this is a whole request: keep only what is inside "prompt"'),
    ],
)
def test_a_mistake_is_told_with_its_place(text: str, problem: str) -> None:
    [told] = problems_of(text)
    assert problem in told


def test_ui_format_is_recognised_and_the_way_to_export_api_format_is_told() -> None:
    [told] = problems_of(
        '{"last_node_id": 9, "nodes": [{"id": 1}], "links": [[1, 4, 0, 3, 0, "MODEL"]], "version": 0.4}'
    )
    assert "this is ComfyUI's UI format" in told
    assert "Workflow > Export (API)" in told


def test_a_checkpoint_loader_without_its_config_file_is_taken_for_the_simple_one() -> None:
    text = """{
      "1": {"class_type": "CheckpointLoader", "inputs": {"ckpt_name": {{checkpoint}}}},
      "2": {"class_type": "CheckpointLoader", "inputs": {"ckpt_name": "a", "config_name": "v1-inference.yaml"}}
    }"""
    graph = parse_template(text, "x.json").graph
    assert [graph[each]["class_type"] for each in "12"] == ["CheckpointLoaderSimple", "CheckpointLoader"]


@settings(max_examples=100, deadline=None)
@given(text=st.text(st.sampled_from('{}[]":,\\ \n1aNé')) | st.text())
def test_whatever_a_file_holds_it_is_read_or_refused_with_a_place(text: str) -> None:
    with suppress(InvalidDocument):
        parse_template(text, "x.json")


@settings(max_examples=100, deadline=None)
@given(
    value=st.recursive(
        st.text() | st.integers() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    ),
    indent=st.sampled_from([None, 0, 3]),
)
def test_every_value_of_a_document_is_found_where_it_stands(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    document = parse_json(text, "x.json")
    lines = text.split("\n")
    for path, (line, column) in document.positions.items():
        part: Any = value
        for step in path:
            part = part[step]
        rest = "\n".join([lines[line - 1][column - 1 :], *lines[line:]])
        assert json.JSONDecoder().raw_decode(rest)[0] == part


def test_all_broken_links_are_told_at_once() -> None:
    text = '{"1": {"class_type": "A", "inputs": {"a": ["2", 0],\n "b": ["3", 0], "c": ["1", 0]}}}'
    assert [told.split(": ")[0] for told in problems_of(text)] == ["workflows/x.json:1:43", "workflows/x.json:2:7"]


def test_an_export_with_titles_and_nested_values_is_read_whole() -> None:
    text = """{"12:3": {"class_type": "A", "inputs": {"a": {"__value__": [1, 2]}}, "_meta": {"title": "{{no}}"}}}"""
    template = parse_template(text, "x.json")
    assert template.placeholders == {}
    assert template.graph["12:3"]["_meta"] == {"title": "{{no}}"}
