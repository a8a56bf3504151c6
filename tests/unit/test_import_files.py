"""The files of an import and the names that are made of theirs."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.commands.workflows.import_files import Unreadable, content_of, files_of, names_of
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
    for name in ("b.json", "a/c.PNG", "a/.hidden.json", "notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.touch()

    found = [*files_of([tmp_path / "b.json", tmp_path, tmp_path / "notes.txt"])]

    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["b.json", "a/c.PNG", "notes.txt"]


def test_a_file_that_is_missing_or_too_large_says_so(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (MAX_FILE_BYTES + 1))

    with pytest.raises(Unreadable, match="is larger than"):
        content_of(large)
    with pytest.raises(Unreadable, match="No such file"):
        content_of(tmp_path / "missing.json")
