"""New entries in a gpus.yaml: everything that a person wrote stays, byte for byte, and in its place."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.discovery.machines import found
from vibes.documents.yaml_document import parse_yaml
from vibes.domain.errors import InvalidDocument, InvalidRequest
from vibes.domain.nodes.machines import Place
from vibes.nodes.kinds import node_kinds
from vibes.services.discovery.entries import NewEntry, with_entries
from vibes.services.discovery.guesses import guess_of
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet

DAY = date(2026, 12, 1)
NEW = NewEntry(Place("192.168.0.50", 8188), guess_of(found("192.168.0.50"), ()))
SHIPPED = (Path(__file__).parents[2] / "config" / "gpus.yaml").read_text(encoding="utf-8")
ONE = (
    '{id: a, name: a, vram_gb: 8, tier: draft, host: "10.0.0.1", port: 8188, capabilities: [sd15], '
    "max_resolution: 512, max_batch: 1}"
)


def fleet(text: str) -> list[str]:
    return [each.id for each in parse_fleet(text, "gpus.yaml", TlsFiles(Path()), node_kinds())]


def added(text: str) -> str:
    """The text with the new entry; what was there is still there, in its order."""
    changed = with_entries(text, [NEW], DAY)
    after = iter(changed.splitlines())
    assert all(line in after for line in text.splitlines()), "each line of before, one after the other"
    return changed


def test_the_shipped_example_keeps_every_comment() -> None:
    assert fleet(added(SHIPPED)) == [*fleet(SHIPPED), "rtx-3060"]


@pytest.mark.parametrize(
    "text",
    [
        f"nodes:\n  - {ONE}\n",
        f"nodes:\n- {ONE}",
        f"# mine\nnodes:   # all of them\n    - {ONE}   # the old one\n\n\n# the end\n",
        f"nodes:\n  - {ONE}\n  # - id: later\n",
        "nodes:\r\n  - id: a\r\n    name: a\r\n    vram_gb: 8\r\n    tier: draft\r\n    host: 10.0.0.1\r\n"
        "    port: 8188\r\n"
        "    capabilities:\r\n      - sd15\r\n    max_resolution: 512\r\n    max_batch: 1\r\n    # max_batch: 2\r\n",
        "nodes:\n  -\n    id: a\n    name: >-\n      a long\n      name\n\n    vram_gb: 8\n    tier: draft\n"
        "    host: 10.0.0.1\n"
        "    port: 8188\n    capabilities: [\n      sd15,\n    ]\n    max_resolution: 512\n    max_batch: 1\n",
    ],
)
def test_it_is_added_behind_the_last_one(text: str) -> None:
    changed = added(text)
    assert fleet(changed) == ["a", "rtx-3060"]
    assert ("\r\n" in text) == ("\r\n" in changed)
    assert changed.count("\n") - changed.count("\r\n") == text.count("\n") - text.count("\r\n") or "\r\n" not in text


def test_a_comment_inside_the_last_entry_stays_with_it() -> None:
    text = "nodes:\n  - id: a\n    port: 1\n    # port: 2\n# of nobody\n"
    lines = added(text).splitlines()
    assert lines[:4] == text.splitlines()[:4]
    assert lines[-1] == "# of nobody"


@pytest.mark.parametrize(
    "text", ["", "\n", "# only words\n", "nodes:\n", "nodes: # none yet\n", "nodes: []\n", "nodes: [ ]  # none"]
)
def test_a_file_without_any_node_gets_its_first(text: str) -> None:
    changed = with_entries(text, [NEW], DAY)
    assert fleet(changed) == ["rtx-3060"]
    assert all(comment in changed for comment in ("# only words", "# none yet", "# none") if comment in text)


@pytest.mark.parametrize(
    "text", [f"nodes: [{ONE}]\n", "nodes: 7\n", "nodes: ~\n", "other: 1\n", "- a\n", "nodes: {a: 1}\n"]
)
def test_what_it_cannot_add_to_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        with_entries(text, [NEW], DAY)
    if ONE in text:
        assert 'host: "192.168.0.50"' in refused.value.message, "what to paste"


def test_no_yaml_is_refused_with_its_line() -> None:
    with pytest.raises(InvalidDocument):
        with_entries("nodes:\n\t- a\n", [NEW], DAY)


def test_nothing_to_add_changes_nothing() -> None:
    assert with_entries("nodes: [", [], DAY) == "nodes: ["


COMMENTS = st.text(alphabet="abc #:-äé", max_size=12).map(lambda words: f"# {words}")


@settings(max_examples=40)
@given(
    indent=st.integers(0, 6),
    comments=st.lists(COMMENTS, min_size=3, max_size=3),
    blanks=st.lists(st.integers(0, 2), min_size=3, max_size=3),
    name=st.text(max_size=20),
)
def test_whatever_a_file_looks_like_and_a_card_is_called(
    indent: int, comments: list[str], blanks: list[int], name: str
) -> None:
    text = _file(" " * indent, comments, blanks)
    entry = NewEntry(Place("192.168.0.50", 8188), guess_of(found("192.168.0.50", device=name), ("a",)))
    changed = with_entries(text, [entry], DAY)
    after = iter(changed.splitlines())
    assert all(line in after for line in text.splitlines())
    told = parse_yaml(changed, "gpus.yaml").value["nodes"]
    assert [each["id"] for each in told] == ["a", entry.guess.id]
    assert told[1]["name"] == entry.guess.name


def _file(space: str, comments: list[str], blanks: list[int]) -> str:
    gaps = ["\n" * each for each in blanks]
    return f"{comments[0]}\n{gaps[0]}nodes:\n{space}- {ONE}\n{gaps[1]}{space}{comments[1]}\n{gaps[2]}{comments[2]}\n"
