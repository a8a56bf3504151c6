"""A JSON Merge Patch, by the examples of RFC 7396's appendix that an object may hold."""

from typing import Any

import pytest

from vibes.domain.session_config import merged

Config = dict[str, Any]

CASES: list[tuple[Config, Config, Config]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
]


@pytest.mark.parametrize(("config", "changes", "expected"), CASES)
def test_a_merge_patch_changes_what_it_names(config: Config, changes: Config, expected: Config) -> None:
    before = repr(config)
    assert merged(config, changes) == expected
    assert repr(config) == before
