"""The library follows its files: real folders, real editors' habits, and never a sound workflow gone for a moment."""

import asyncio
import errno
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent

import pytest

from tests.fakes import FakeClock
from tests.unit.workflow_sources import SMALL_BASE, SMALL_TEMPLATE
from tests.waiting import deadline, eventually
from vibes.domain.errors import InvalidDocument
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.folders import MAX_FILE_BYTES, WorkflowFolders
from vibes.services.runtime.file_watch import possible_changes_in


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    folder = tmp_path / "ships"
    write(folder / "manifests" / "base.yaml", dedent(SMALL_BASE))
    write(folder / "manifests" / "workflows.yaml", "small: {}")
    write(folder / "workflows" / "small.json", SMALL_TEMPLATE)
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "my flows"
    write(folder / "manifests" / "mine.yaml", "mine: {default_params: {steps: 5}}")
    write(folder / "workflows" / "mine.json", SMALL_TEMPLATE)
    return folder


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@asynccontextmanager
async def followed(*folders: Path) -> AsyncIterator[WorkflowCatalog]:
    catalog = WorkflowCatalog(folders)
    await catalog.load()
    task = asyncio.create_task(catalog.follow())
    try:
        yield catalog
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def steps(catalog: WorkflowCatalog) -> object:
    """Of the workflow called mine, which must be there at every look."""
    return catalog.library.get("mine").parameters["steps"].default


async def test_an_added_an_edited_and_a_deleted_workflow_are_live_by_themselves(shipped: Path, own: Path) -> None:
    async with followed(shipped, own) as catalog:
        assert list(catalog.library.workflows) == ["small", "mine"]

        write(own / "workflows" / "new.json", SMALL_TEMPLATE)
        write(own / "manifests" / "new.yaml", "new: {}")
        await eventually(lambda: "new" in catalog.library.workflows)

        write(own / "manifests" / "mine.yaml", "mine: {default_params: {steps: 6}}")
        await eventually(lambda: steps(catalog) == 6)

        (own / "workflows" / "new.json").unlink()
        await eventually(lambda: "new" not in catalog.library.workflows)
        assert catalog.library.stale == frozenset()


async def test_a_broken_edit_keeps_the_last_good_version_and_is_told_until_it_is_mended(
    shipped: Path, own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with followed(shipped, own) as catalog:
        write(own / "manifests" / "mine.yaml", "mine: {default_params: {stesp: 6}}")
        await eventually(lambda: catalog.library.stale == {"mine"})
        [problem] = catalog.library.problems
        assert str(problem) == f"{own}/manifests/mine.yaml:1:25: unknown parameter 'stesp'; did you mean steps?"
        assert steps(catalog) == 5
        assert str(problem) in caplog.text
        assert "workflow mine serves as it last was good" in caplog.text

        write(own / "manifests" / "mine.yaml", "mine: {default_params: {steps: 6}}")
        await eventually(lambda: steps(catalog) == 6)
        assert (catalog.library.stale, catalog.library.problems) == (frozenset(), ())


async def test_an_editor_that_writes_in_several_steps_takes_no_workflow_away(shipped: Path, own: Path) -> None:
    path = own / "manifests" / "mine.yaml"
    backup, temporary = path.with_name("mine.yaml~"), path.with_name(".mine.yaml.tmp")

    def rename_to_a_backup_and_write_anew(text: str) -> None:
        path.rename(backup)
        with path.open("w", encoding="utf-8") as file:
            for piece in (text[:9], text[9:20], text[20:]):
                file.write(piece)
                file.flush()
        backup.unlink()

    def replace_by_a_temporary_file(text: str) -> None:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)

    def truncate_and_write(text: str) -> None:
        path.write_text("", encoding="utf-8")
        path.write_text(text, encoding="utf-8")

    async with followed(shipped, own) as catalog:
        for number, save in enumerate(
            (rename_to_a_backup_and_write_anew, replace_by_a_temporary_file, truncate_and_write), start=6
        ):
            await asyncio.to_thread(save, f"mine: {{default_params: {{steps: {number}}}}}")
            await eventually(lambda wanted=number: steps(catalog) == wanted)  # type: ignore[misc]  # a default argument binds the loop variable
            assert catalog.library.stale == frozenset()


async def test_a_folder_that_comes_later_or_goes_is_noticed(shipped: Path, tmp_path: Path) -> None:
    later = tmp_path / "later"
    later.mkdir()
    async with followed(shipped, later) as catalog:
        write(later / "workflows" / "mine.json", SMALL_TEMPLATE)
        write(later / "manifests" / "mine.yaml", "mine: {}")
        await eventually(lambda: "mine" in catalog.library.workflows)

        later.rename(tmp_path / "elsewhere")
        await eventually(lambda: "mine" not in catalog.library.workflows)
        assert [str(problem) for problem in catalog.library.problems] == [
            f"{later}: this folder of workflows does not exist"
        ]

        (tmp_path / "elsewhere").rename(later)
        await eventually(lambda: "mine" in catalog.library.workflows)


async def test_a_replaced_shipped_workflow_is_said_in_the_log(
    shipped: Path, own: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    write(own / "manifests" / "mine.yaml", "small: {description: better}")
    catalog = WorkflowCatalog([shipped, own])
    await catalog.load()

    assert catalog.library.get("small").description == "better"
    assert (
        f"workflow small of {shipped}/manifests/workflows.yaml is replaced by that of {own}/manifests/mine.yaml"
        in caplog.text
    )


async def test_a_folder_that_does_not_exist_at_the_start_is_an_error_that_names_it(shipped: Path) -> None:
    with pytest.raises(InvalidDocument, match="nowhere: this folder of workflows does not exist"):
        await WorkflowCatalog([shipped, shipped.with_name("nowhere")]).load()


async def test_reading_at_once_waits_for_nobody(shipped: Path, own: Path) -> None:
    catalog = WorkflowCatalog([shipped, own])
    await catalog.load()
    write(own / "manifests" / "mine.yaml", "mine: {default_params: {steps: 7}}")
    await catalog.reload()
    assert steps(catalog) == 7


def test_what_is_no_readable_text_is_told_and_hidden_files_are_not_looked_at(own: Path) -> None:
    (own / "workflows" / "latin.json").write_bytes(b'{"1": "\xe9"}')
    (own / "workflows" / "folder.json").mkdir()
    os.mkfifo(own / "workflows" / "pipe.json")
    (own / "workflows" / "huge.json").touch()
    os.truncate(own / "workflows" / "huge.json", MAX_FILE_BYTES + 1)
    (own / "workflows" / ".#mine.json").symlink_to("nobody@nowhere")
    (own / "workflows" / "mine.json~").write_text("{")

    [layer] = WorkflowFolders([own]).read()

    assert set(layer.files) == {"manifests/mine.yaml", "workflows/mine.json"}
    assert layer.unreadable == {
        "workflows/folder.json": "is not a file",
        "workflows/huge.json": "is larger than 4 MiB",
        "workflows/latin.json": "is not text in UTF-8: save the file as UTF-8 (line 1)",
        "workflows/pipe.json": "is not a file",
    }


def test_an_old_file_is_read_once_and_a_fresh_one_again(own: Path) -> None:
    old, fresh = own / "workflows" / "mine.json", own / "manifests" / "mine.yaml"
    folders = WorkflowFolders([own])
    [first] = folders.read()
    [second] = folders.read()
    assert second == first
    status = fresh.stat()
    fresh.write_text(fresh.read_text().replace("5", "6"))
    os.utime(fresh, ns=(status.st_atime_ns, status.st_mtime_ns))
    [third] = folders.read()
    assert "steps: 6" in third.files["manifests/mine.yaml"], "the same size and time do not hide an edit"
    assert third.files["workflows/mine.json"] == old.read_text()


def test_a_file_that_cannot_be_read_for_a_moment_is_read_when_it_can_although_nobody_edits_it(
    own: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, read = FakeClock(), Path.read_bytes
    old = own / "workflows" / "mine.json"
    clock.advance(old.stat().st_ctime + 60 - clock.now().timestamp())
    folders = WorkflowFolders([own], clock)
    before = folders.read()
    old.write_text(old.read_text() + "\n")
    clock.advance(old.stat().st_ctime + 60 - clock.now().timestamp())

    def without_files(path: Path) -> bytes:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(Path, "read_bytes", without_files)
    [meanwhile] = folders.read()
    assert meanwhile.unreadable == {"workflows/mine.json": "cannot be read: Too many open files"}
    monkeypatch.setattr(Path, "read_bytes", read)
    [afterwards] = folders.read()
    assert afterwards.unreadable == {}
    assert afterwards.files["workflows/mine.json"] == before[0].files["workflows/mine.json"] + "\n"


def test_a_folder_that_is_named_twice_counts_once(own: Path) -> None:
    folders = WorkflowFolders([own, own.parent, own.parent / "." / own.name])
    assert folders.folders == (own, own.parent)


async def test_watching_goes_on_while_no_folder_is_there(tmp_path: Path) -> None:
    async with deadline():
        ticks = 0
        async for _ in possible_changes_in([tmp_path / "nowhere"]):
            ticks += 1
            if ticks == 2:
                break
