"""What every place for files promises; a new one joins the list and must keep all of it."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from vibes.domain.errors import NotFound, StorageUnavailable
from vibes.environment.durable_files import unfinished
from vibes.media_stores.folder import FolderMediaStore
from vibes.ports.media import MediaStore

PLACES: dict[str, Callable[[Path, FakeClock], MediaStore]] = {"folder": FolderMediaStore}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=list(PLACES.values()), ids=list(PLACES))
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> MediaStore:
    made: MediaStore = request.param(tmp_path / "files", clock)
    return made


async def part(store: MediaStore, key: str, start: int = 0, length: int | None = None) -> bytes:
    return b"".join([piece async for piece in store.stream(key, start=start, length=length)])


async def test_what_was_put_is_there_whole_and_in_parts_and_nothing_else_is(store: MediaStore) -> None:
    content = bytes(range(256)) * 2000
    await store.put({"a/one.png": content, "a/one_thumb.jpg": b"thumb", "b/two.webp": b"two"})
    assert await store.get("a/one.png") == content
    assert await part(store, "a/one.png") == content
    assert await part(store, "a/one.png", 300_000) == content[300_000:]
    assert await part(store, "a/one.png", 5, 200_001) == content[5:200_006]
    assert await part(store, "a/one.png", len(content), 1) == b""
    assert sorted(await store.folders()) == ["a", "b"]
    assert sorted(file.key for file in await store.list("a/")) == ["a/one.png", "a/one_thumb.jpg"]
    assert [file.key for file in await store.list("a/one_")] == ["a/one_thumb.jpg"]
    assert await store.list("c/") == []
    assert await store.stat("a/two.webp") is None
    for reading in (store.get("a/two.webp"), part(store, "nowhere/two.webp")):
        with pytest.raises(NotFound):
            await reading


async def test_a_file_bears_the_time_of_its_writing_and_of_its_last_use(store: MediaStore, clock: FakeClock) -> None:
    await store.put({"upload.png": b"12345"})
    written = clock.now().timestamp()
    clock.advance(3600)
    await store.touch("upload.png")
    await store.touch("nothing.png")
    file = await store.stat("upload.png")
    assert file is not None
    assert (file.size_bytes, file.written_at, file.used_at) == (5, written, written + 3600)
    assert await store.list("") == [file]
    await store.put({"upload.png": b"123456"})
    again = await store.stat("upload.png")
    assert again is not None
    assert (again.size_bytes, again.written_at) == (6, written + 3600)


async def test_what_is_deleted_is_gone_and_deleting_it_again_is_fine(store: MediaStore) -> None:
    await store.put({"a/1.png": b"1", "a/2.png": b"2", "b/1.png": b"3"})
    await store.delete(["a/1.png", "a/nothing.png"])
    await store.delete(["a/1.png"])
    assert [file.key for file in await store.list("a/")] == ["a/2.png"]
    await store.delete(["a/2.png"])
    assert await store.folders() == ["b"]
    await store.delete_folder("b")
    await store.delete_folder("b")
    assert await store.folders() == []


async def test_no_key_leads_out_of_the_place(store: MediaStore, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("of others")
    for key in ("../secret", "a/../../secret", str(tmp_path / "secret"), "..", ""):
        with pytest.raises(NotFound):
            await store.get(key)
        with pytest.raises(NotFound):
            await store.put({key: b"x"})
    assert (tmp_path / "secret").read_text() == "of others"


async def test_files_are_written_while_the_folder_is_tidied_away(store: MediaStore) -> None:
    async def write_and_delete(number: int) -> None:
        for _ in range(20):
            await store.put({f"a/{number}.png": b"x"})
            await store.delete([f"a/{number}.png"])

    await asyncio.gather(*map(write_and_delete, range(2)))
    assert await store.folders() == []


class TestInAFolder:
    """What only a folder can do: be full, be read-only, belong to a process that was killed."""

    async def test_of_several_files_none_stays_when_one_cannot_be_written(
        self, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = FolderMediaStore(tmp_path, clock)
        await store.put({"a/3.png": b"of another"})
        replace = Path.replace

        def full_at_the_second(path: Path, target: Path) -> Path:
            if target.name == "2.png":
                raise OSError(28, "No space left on device")
            return replace(path, target)

        monkeypatch.setattr(Path, "replace", full_at_the_second)
        with pytest.raises(StorageUnavailable, match="No space left"):
            await store.put({"a/1.png": b"1", "a/2.png": b"2"})
        assert [file.key for file in await store.list("a/")] == ["a/3.png"]

    async def test_a_file_is_on_the_disk_before_it_has_its_name_unless_it_can_be_made_anew(
        self, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = FolderMediaStore(tmp_path, clock)
        await store.put({"a/0.png": b"so that the folder is there"})
        done: list[tuple[str, str]] = []
        flush, replace = os.fsync, Path.replace

        def flushed(descriptor: int) -> None:
            flush(descriptor)
            done.append(("flushed", Path(f"/proc/self/fd/{descriptor}").readlink().name))

        def named(path: Path, target: Path) -> Path:
            done.append(("named", target.name))
            return replace(path, target)

        monkeypatch.setattr(os, "fsync", flushed)
        monkeypatch.setattr(Path, "replace", named)
        await store.put({"a/1_thumb.jpg": b"small", "a/1.png": b"large"}, remakeable=["a/1_thumb.jpg"])
        assert done == [
            ("named", "1_thumb.jpg"),
            ("flushed", unfinished(Path("1.png")).name),
            ("named", "1.png"),
            ("flushed", "a"),
        ]
        assert await store.get("a/1_thumb.jpg") == b"small"

    async def test_what_a_killed_process_had_only_begun_is_listed_under_its_key_and_goes_with_it(
        self, tmp_path: Path, clock: FakeClock
    ) -> None:
        store = FolderMediaStore(tmp_path, clock)
        begun = unfinished(tmp_path / "a" / "1.png")
        begun.parent.mkdir()
        begun.write_bytes(b"hal")
        assert [file.key for file in await store.list("a/")] == ["a/1.png"]
        with pytest.raises(NotFound):
            await store.get("a/1.png")
        await store.delete(["a/1.png"])
        assert await store.folders() == []
