"""The files of an import and the names that are made of theirs."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import png
from tests.unit.import_exports import sampled
from vibes.commands.workflows.import_files import Unreadable, content_of, files_of, holds_something_else, names_of
from vibes.documents.png_texts import with_text
from vibes.services.library.folders import MAX_FILE_BYTES
from vibes.services.library.imports import NAME

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="/\x00"), min_size=1, max_size=90)


@given(st.lists(TEXTS, max_size=30))
def test_every_file_gets_a_name_of_its_own_that_a_workflow_can_have(stems: list[str]) -> None:
    files = [Path(str(number), f"{stem}.json") for number, stem in enumerate(stems)]

    names = names_of(files)

    assert [*names] == files
    assert len({*names.values(), "base"}) == len(files) + 1, "base.yaml defines the parameters"
    assert all(NAME.fullmatch(name) for name in names.values())


def test_of_files_with_one_name_the_first_keeps_it() -> None:
    files = [Path("a/Flow.json"), Path("b/flow.json"), Path("flow.png"), Path("背景.json"), Path("base.json")]

    assert [*names_of(files).values()] == ["flow", "flow_2", "flow_3", "workflow", "base_2"]


def test_a_folder_gives_what_may_hold_a_workflow_in_order_and_nothing_twice(tmp_path: Path) -> None:
    for name in ("b.json", "a/c.PNG", "a/.hidden.json", ".venv/lib/d.json", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()

    found = [*files_of([tmp_path / "b.json", tmp_path, tmp_path / "notes.txt"])]

    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["b.json", "a/c.PNG", "notes.txt"]


def test_a_folder_below_a_hidden_one_is_read_when_it_is_named(tmp_path: Path) -> None:
    folder = tmp_path / ".flows" / "mine"
    folder.mkdir(parents=True)
    (folder / "a.json").touch()

    assert [*files_of([folder])] == [folder / "a.json"]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("package.json", b'{"name": "studio", "scripts": {"build": "vite"}}', True),
        ("list.json", b"[1, 2]", True),
        ("photo.png", png(), True),
        ("empty.json", b'{"nodes": [], "links": []}', True),
        ("graph.json", json.dumps(sampled()).encode(), False),
        ("request.json", json.dumps({"input": {"workflow": sampled()}}).encode(), False),
        ("drawn.png", with_text(png(), "prompt", json.dumps(sampled())), False),
        ("cut.json", b'{"3": {"class_type": "KSam', False),
        ("latin.json", b'{"a": "\xe4"}', False),
    ],
)
def test_what_holds_no_graph_node_is_something_else_and_broken_files_are_not(
    tmp_path: Path, name: str, content: bytes, expected: bool
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert holds_something_else(path) is expected


def test_a_file_that_is_missing_or_too_large_says_so(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (MAX_FILE_BYTES + 1))

    with pytest.raises(Unreadable, match="is larger than"):
        content_of(large)
    with pytest.raises(Unreadable, match="No such file"):
        content_of(tmp_path / "missing.json")
