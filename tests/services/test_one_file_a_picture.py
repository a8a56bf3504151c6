"""A picture and its row belong together: no file goes that a row names, and none stays that no row names."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.factories import NOON, begin_attempt, make_attempt, mark_discarded, store_batch
from tests.fakes import FakeClock, png
from tests.pictures import image_store
from tests.waiting import eventually
from vibes.domain.attempt import Attempt
from vibes.domain.errors import StorageUnavailable
from vibes.domain.generation import Generation, GenerationStatus
from vibes.domain.ids import new_generation_id, new_session_id
from vibes.media_stores.folder import FolderMediaStore
from vibes.ports.media import StoredFile
from vibes.ports.storage import Storage
from vibes.services.execution.finished_images import FinishedImages
from vibes.services.execution.outcomes import Cancelled
from vibes.services.execution.result_collector import ResultCollector
from vibes.services.maintenance.image_remains import ImageRemains
from vibes.services.media.decoding_pool import DecodingPool
from vibes.services.media.image_store import new_image
from vibes.services.prompting.lora_cards import LoraCards
from vibes.services.queue.active_attempt import ActiveAttempt
from vibes.services.queue.attempt_state import Assignment, Measurements
from vibes.storage.open import open_storage

BLUE, RED = [new_image(png((0, 0, 200)), "")], [new_image(png((200, 0, 0)), "")]


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path}/vibes.db") as opened:
        yield opened


def finished_in(storage: Storage, folder: Path) -> FinishedImages:
    return FinishedImages(storage, image_store(folder), LoraCards(DecodingPool(), FakeClock()), FakeClock())


def active(attempt: Attempt, generation: Generation) -> ActiveAttempt:
    unused: Any = None
    return ActiveAttempt(
        assignment=Assignment(id=attempt.id, generation=generation, node_id=attempt.node_id),
        work=unused,
        clock=FakeClock(),
        measured=Measurements(assigned_at=0.0),
    )


async def begin_second(storage: Storage, generation: Generation) -> Attempt:
    attempt = make_attempt(generation_id=generation.id)
    assert await storage.attempts.begin_second(attempt)
    return attempt


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def is_whole(storage: Storage, folder: Path, generation: Generation) -> bool:
    """Whether the row and the file are each other's."""
    current = await storage.generations.get(generation.id)
    assert current is not None
    assert current.status is GenerationStatus.COMPLETE
    assert current.image is not None
    content = (folder / current.image.image_path).read_bytes()
    assert (folder / current.image.thumbnail_path).is_file()
    return hashlib.sha256(content).hexdigest() == current.image.sha256


@pytest.mark.parametrize("first_wins", [True, False])
async def test_of_two_attempts_that_come_home_together_the_winners_file_stays(
    tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch, first_wins: bool
) -> None:
    """The later one finds the lock taken, and gets it when nothing but the row tells of the other one any more."""
    [generation] = await store_batch(storage)
    first = active(await begin_attempt(storage, generation), generation)
    second = active(await begin_second(storage, generation), generation)
    finished = finished_in(storage, tmp_path / "images")
    earlier, later = (first, second) if first_wins else (second, first)
    win = storage.attempts.win

    async def win_while_the_other_waits(*args: Any, **kwargs: Any) -> bool:
        await eventually(lambda: finished._locks[generation.id]._waiters, what="the other one waits at the lock")
        return await win(*args, **kwargs)

    monkeypatch.setattr(storage.attempts, "win", win_while_the_other_waits)
    writing = asyncio.create_task(finished.win(earlier, BLUE, 1.0))
    await eventually(lambda: finished._locks.get(generation.id), what="it writes")
    waiting = asyncio.create_task(finished.win(later, RED, 1.0))
    won, lost = await asyncio.gather(writing, waiting)
    assert (won, lost) == (True, False)
    assert await is_whole(storage, tmp_path / "images", generation)


async def test_a_picture_that_comes_after_its_generation_was_cancelled_leaves_no_file(
    tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    [generation] = await store_batch(storage)
    late = active(await begin_attempt(storage, generation), generation)
    finished = finished_in(storage, tmp_path / "images")
    win = storage.attempts.win

    async def cancelled_meanwhile(*args: Any, **kwargs: Any) -> bool:
        assert await storage.generations.cancel(generation.id, at=NOON)
        return await win(*args, **kwargs)

    monkeypatch.setattr(storage.attempts, "win", cancelled_meanwhile)
    assert not await finished.win(late, BLUE, 1.0)
    assert files_in(tmp_path / "images") == []


async def test_a_picture_whose_row_was_written_although_the_database_said_otherwise_is_not_thrown_away(
    tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    [generation] = await store_batch(storage)
    only = active(await begin_attempt(storage, generation), generation)
    finished = finished_in(storage, tmp_path / "images")
    win = storage.attempts.win

    async def written_but_not_told(*args: Any, **kwargs: Any) -> bool:
        await win(*args, **kwargs)
        raise StorageUnavailable("disk I/O error")

    with monkeypatch.context() as patched:
        patched.setattr(storage.attempts, "win", written_but_not_told)
        with pytest.raises(StorageUnavailable):
            await finished.win(only, BLUE, 1.0)
    only.hold_up("disk I/O error")
    assert await finished.win(only, BLUE, 1.0), "it is its own picture that is there already"
    assert await is_whole(storage, tmp_path / "images", generation)


async def test_a_disk_that_fills_up_between_two_files_keeps_neither(
    tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    [generation] = await store_batch(storage)
    only = active(await begin_attempt(storage, generation), generation)
    finished = finished_in(storage, tmp_path / "images")
    replace = Path.replace

    def full_for_pictures(path: Path, target: Path) -> Path:
        if target.suffix == ".png":
            raise OSError(28, "No space left on device")
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", full_for_pictures)
        with pytest.raises(StorageUnavailable, match="No space left"):
            await finished.win(only, BLUE, 1.0)
    assert files_in(tmp_path / "images") == []
    assert await finished.win(only, BLUE, 1.0)
    assert await is_whole(storage, tmp_path / "images", generation)


async def test_a_picture_that_is_cancelled_while_the_database_is_full_leaves_no_file(
    tmp_path: Path, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    [generation] = await store_batch(storage)
    only = active(await begin_attempt(storage, generation), generation)
    unused: Any = None

    async def full(*_: Any, **__: Any) -> bool:
        assert len(files_in(tmp_path / "images")) == 2
        assert await storage.generations.cancel(generation.id, at=NOON)
        only.cancel()
        raise StorageUnavailable("database or disk is full")

    monkeypatch.setattr(storage.attempts, "win", full)
    collector = ResultCollector(finished_in(storage, tmp_path / "images"), unused, unused, unused, unused, FakeClock())
    assert await collector._store(only, unused, BLUE, 1.0) == Cancelled()
    assert files_in(tmp_path / "images") == []


def remains_of(storage: Storage, folder: Path) -> ImageRemains:
    return ImageRemains(storage, image_store(folder), finished_in(storage, folder))


async def test_a_hub_that_is_killed_between_deleted_rows_and_their_files_deletes_the_files_later(
    tmp_path: Path, storage: Storage
) -> None:
    folder = tmp_path / "images"
    kept, discarded = await store_batch(storage, 2)
    [forgotten] = await store_batch(storage)
    for generation in (kept, discarded, forgotten):
        attempt = active(await begin_attempt(storage, generation), generation)
        assert await finished_in(storage, folder).win(attempt, BLUE, 1.0)
    await mark_discarded(storage, [discarded], NOON)
    assert await storage.generations.delete_discarded(NOON) == 1
    assert await storage.sessions.delete(forgotten.session_id)
    assert len(files_in(folder)) == 6, "the hub is killed here"
    await remains_of(storage, folder).delete_doomed()
    assert files_in(folder) == [f"{kept.id}.png", f"{kept.id}_thumb.jpg"]
    assert [path.name for path in folder.iterdir()] == [kept.session_id]
    assert await storage.doomed_files.some() == []


async def test_what_a_killed_hub_left_of_pictures_that_never_became_any_goes_and_nothing_else(
    tmp_path: Path, storage: Storage
) -> None:
    folder = tmp_path / "images"
    complete, cancelled, queued = await store_batch(storage, 3)
    attempt = active(await begin_attempt(storage, complete), complete)
    assert await finished_in(storage, folder).win(attempt, BLUE, 1.0)
    assert await storage.generations.cancel(cancelled.id, at=NOON)
    unknown = folder / new_session_id() / f"{new_generation_id()}.png"
    stays = [*folder.rglob("*.*"), folder / complete.session_id / "notes.txt", unknown]
    stays.append(folder / queued.session_id / f"{queued.id}.png")
    ours = folder / cancelled.session_id
    goes = [ours / f"{cancelled.id}.png", ours / f"{cancelled.id}_thumb.jpg", ours / f".{cancelled.id}.png.part"]
    for path in (*stays, *goes):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    await remains_of(storage, folder).delete_unnamed()
    assert [path for path in (*stays, *goes) if path.exists()] == stays
    assert await is_whole(storage, folder, complete)
    await remains_of(storage, tmp_path / "nowhere").delete_unnamed()


async def test_what_cannot_be_deleted_keeps_nothing_else_from_being_deleted(
    tmp_path: Path, storage: Storage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of another user."""
    unlink = Path.unlink

    def not_ours(path: Path, missing_ok: bool = False) -> None:
        if path.suffix == ".png":
            raise PermissionError(1, "Operation not permitted")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", not_ours)
    folder = tmp_path / "images"
    first, second = await store_batch(storage, 2)
    for generation in (first, second):
        assert await storage.generations.cancel(generation.id, at=NOON)
        (folder / generation.session_id).mkdir(parents=True, exist_ok=True)
        (folder / generation.session_id / f"{generation.id}.png").touch()
        (folder / generation.session_id / f"{generation.id}_thumb.jpg").touch()
    await remains_of(storage, folder).delete_unnamed()
    assert files_in(folder) == sorted(f"{each.id}.png" for each in (first, second))
    assert caplog.text.count(".png stays although nothing names it any more") == 2


async def test_however_many_attempts_a_killed_hub_left_each_folder_is_listed_once(
    storage: Storage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, listed = tmp_path / "images", list[str]()
    batches = [await store_batch(storage, count=5) for _ in range(2)]
    attempts = [await begin_attempt(storage, each) for generations in batches for each in generations]
    for generations in batches:
        written = generations[1:4]
        for each in written:
            await image_store(folder).save(each.session_id, each.id, BLUE)
    bystander = folder / str(batches[0][0].session_id) / f"{new_generation_id()}.png"
    bystander.write_bytes(png())
    list_files = FolderMediaStore.list

    async def counted(self: FolderMediaStore, prefix: str) -> Sequence[StoredFile]:
        listed.append(prefix)
        return await list_files(self, prefix)

    monkeypatch.setattr(FolderMediaStore, "list", counted)
    await remains_of(storage, folder).delete_after(attempts)
    assert sorted(listed) == sorted({f"{generations[0].session_id}/" for generations in batches})
    assert files_in(folder) == [bystander.name]
