"""Pictures in another place than the data folder: a bucket of S3, and a share that goes away and comes back."""

import asyncio
import errno
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.fakes import FakeClock, FakeFleet, png
from tests.hub import http_client, open_hub, settings_for, speaking_for
from tests.s3 import KEYS, make_bucket, s3_server
from tests.services.asking import finished, request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.app.web import create_app
from vibes.domain.errors import Conflict, StorageUnavailable
from vibes.domain.generation import GenerationStatus
from vibes.media_stores import bounded_threads, guarded
from vibes.media_stores.guarded import MARKER, Guard, GuardedStore
from vibes.media_stores.open import NOTE, identity_of
from vibes.media_stores.places import folder_place, place_of
from vibes.media_stores.s3 import S3MediaStore
from vibes.services.execution import dispatcher, result_collector


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server() as url:
        make_bucket(url, "studio")
        yield url


@pytest.fixture
def share(tmp_path: Path) -> Path:
    """A folder where a share is mounted."""
    (tmp_path / "nas").mkdir()
    return tmp_path / "nas"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "WRITES_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(guarded, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(guarded, "_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(result_collector, "STORE_RETRY_SECONDS", (0.05,))


def unmounted(share: Path) -> None:
    """An empty folder is left in its place."""
    share.rename(share.with_name("away"))
    share.mkdir()


def mounted(share: Path) -> None:
    share.rmdir()  # which it refuses if anything was written there meanwhile
    share.with_name("away").rename(share)


def files_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*") if path.is_file()]


def ran(*command: object) -> bool:
    return subprocess.run([str(each) for each in command], check=False, capture_output=True).returncode == 0  # noqa: S603 - commands of this module


async def draw(hub: Hub, count: int = 1) -> list[Any]:
    submission = await hub.generations.submit(request(count=count))
    return list(await finished(hub, submission.batch.id))


async def test_a_whole_studio_over_s3(tmp_path: Path, s3: str) -> None:
    """Pictures with parts of them, thumbnails, downloads, uploads, a restart, and what is deleted."""
    settings = settings_for(tmp_path, media="s3://studio/of/mine", media_endpoint=s3)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        [first, second] = await draw(hub, 2)
        assert {first.status, second.status} == {GenerationStatus.COMPLETE}
        path = f"/api/images/{first.session_id}/{first.id}"
        picture = await http.get(path)
        assert picture.status_code == 200
        assert len(picture.content) == first.images[0].size_bytes
        tail = await http.get(path, headers={"Range": "bytes=-20"})
        assert (tail.status_code, tail.content) == (206, picture.content[-20:])
        assert (await http.get(f"{path}/thumb")).content.startswith(b"\xff\xd8")
        zipped = await http.post("/api/generations/archive", json={"ids": [first.id, second.id]})
        assert len(zipfile.ZipFile(io.BytesIO(zipped.content)).namelist()) == 2
        upload = await http.post("/api/artifacts", files={"file": ("a.png", png(), "image/png")})
        assert upload.status_code == 201, upload.text
        artifact = upload.json()["artifact_id"]
        assert (await http.get(f"/api/artifacts/{artifact}")).status_code == 200
        assert (await http.get("/readyz")).json()["problems"] == []
    assert not (settings.data / "images").exists()
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        assert (await http.get(path)).content == picture.content
        await hub.images.delete(first.images[0].paths)
        assert (await http.get(path)).status_code == 404
        await hub.images.delete_session(first.session_id)
        assert await hub.images.sessions() == []


async def test_what_was_written_although_nobody_was_told_so_goes_with_the_next_start(
    tmp_path: Path, s3: str, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost on its way, and the picture is cancelled before it is tried again."""
    settings = settings_for(tmp_path, media="s3://studio/mine", media_endpoint=s3)
    put = S3MediaStore._put

    async def unanswered(self: S3MediaStore, key: str, content: bytes) -> None:
        await put(self, key, content)
        if key.endswith(".png"):
            raise OSError(errno.ECONNRESET, "Connection reset by peer")

    async with open_hub(settings, FakeFleet()) as hub:
        [kept] = await draw(hub)
        monkeypatch.setattr(S3MediaStore, "_put", unanswered)
        submission = await hub.generations.submit(request())
        await eventually(lambda: hub.board.unstored == 1, what="it is drawn, and waits in memory")
        await hub.generations.cancel(submission.generations[0].id)
        await finished(hub, submission.batch.id)
        left = {each.id for each in (kept, *submission.generations)}
        assert await hub.images.unnamed(submission.batch.session_id, kept.images[0].paths) == left - {kept.id}
    monkeypatch.setattr(S3MediaStore, "_put", put)
    async with open_hub(settings, FakeFleet()) as hub:

        async def tidied() -> bool:
            return await hub.images.unnamed(submission.batch.session_id, kept.images[0].paths) == set()

        await eventually(tidied)
        assert await hub.images.read(kept.images[0])


async def test_browsers_show_pictures_from_the_bucket_itself_where_that_is_wanted(tmp_path: Path, s3: str) -> None:
    settings = settings_for(tmp_path, media="s3://studio", media_endpoint=s3, media_presigned_seconds=60)
    async with open_hub(settings, FakeFleet()) as hub:
        [drawn] = await draw(hub)
        path = f"/api/images/{drawn.session_id}/{drawn.id}"
        app = speaking_for(hub, settings, create_app(settings, hub))
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as http:
            sent_on = await http.get(path, headers={"Sec-Fetch-Dest": "image"})
            assert (sent_on.status_code, sent_on.headers["cache-control"]) == (307, "no-store")
            assert sent_on.headers["location"].startswith(f"{s3}/studio/images/")
            assert f"img-src 'self' blob: data: {s3};" in sent_on.headers["content-security-policy"]
            async with httpx.AsyncClient() as browser:
                shown = await browser.get(sent_on.headers["location"])
            by_the_hub = await http.get(path)
            assert by_the_hub.status_code == 200, "a program, which would send its key along"
            assert (shown.content, shown.headers["content-type"]) == (by_the_hub.content, "image/png")
            assert (await http.get(f"{path}/thumb", headers={"Sec-Fetch-Dest": "image"})).status_code == 200


async def test_pictures_wait_for_a_share_that_goes_away_and_nothing_is_lost(
    tmp_path: Path, share: Path, quick: None
) -> None:
    settings = settings_for(tmp_path, media=str(share))
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        [before] = await draw(hub)
        path = f"/api/images/{before.session_id}/{before.id}"
        assert (await http.get(path)).status_code == 200
        unmounted(share)
        missing = await http.get(path)
        assert (missing.status_code, "Is it mounted?" in missing.text) == (503, True), "a picture is away, not gone"
        refused = await http.post("/api/artifacts", files={"file": ("a.png", png(), "image/png")})
        assert (refused.status_code, "Is it mounted?" in refused.text) == (503, True)
        submission = await hub.generations.submit(request(count=3))
        await eventually(lambda: hub.board.unstored == 3, what="all are drawn, and wait in memory")
        ready = (await http.get("/readyz")).json()
        assert ready["status"] == "degraded"
        assert any("Is it mounted?" in each for each in ready["problems"])
        told = (await http.get("/api/gpus")).json()
        assert any("Is it mounted?" in each for each in told["hub_problems"])
        counts = await hub.storage.generations.count_by_status()
        assert (counts[GenerationStatus.COMPLETE], counts[GenerationStatus.GENERATING]) == (1, 3)
        assert files_in(share) == []
        mounted(share)
        drawn = await finished(hub, submission.batch.id)
        assert [each.status for each in drawn] == [GenerationStatus.COMPLETE] * 3
        for each in (before, *drawn):
            assert (await http.get(f"/api/images/{each.session_id}/{each.id}")).status_code == 200

        async def well() -> bool:
            return bool((await http.get("/readyz")).json()["status"] == "ok")

        await eventually(well)


async def test_writes_wait_for_a_share_for_some_seconds_and_later_ones_not_at_all(share: Path) -> None:
    clock = FakeClock()
    place = folder_place(share, clock)
    guard = Guard(place.store(""), await identity_of(place), place.where, clock, trusted_seconds=0)
    store = GuardedStore(place.store("images"), guard)
    unmounted(share)
    began = clock.monotonic()
    with pytest.raises(StorageUnavailable, match="cannot be stored: the store is not there"):
        await store.put({"a/1.png": b"x"})
    assert guarded.WRITES_WAIT_SECONDS <= clock.monotonic() - began < guarded.WRITES_WAIT_SECONDS + 2
    began = clock.monotonic()
    with pytest.raises(StorageUnavailable):
        await store.put({"a/1.png": b"x"})
    assert clock.monotonic() == began, "it is known to be away"
    mounted(share)
    await store.put({"a/1.png": b"x"})
    assert guard.problem is not None, "until somebody looks"
    following = asyncio.create_task(guard.follow())
    await eventually(lambda: guard.problem is None)
    following.cancel()
    place.close()


async def test_only_so_many_pictures_wait_in_memory(
    tmp_path: Path, share: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "UNSTORED_AT_MOST", 4)
    fleet = FakeFleet()
    async with open_hub(settings_for(tmp_path, media=str(share)), fleet) as hub:
        unmounted(share)
        submission = await hub.generations.submit(request(count=30))
        await eventually(lambda: hub.board.unstored >= 4)
        await eventually(lambda: hub.board.unstored == len(hub.board.active), what="what was begun is drawn")
        assert hub.board.unstored < 12, "no more than were under way on two nodes"
        mounted(share)
        drawn = await finished(hub, submission.batch.id)
        assert {each.status for each in drawn} == {GenerationStatus.COMPLETE}


async def test_a_hub_starts_while_its_share_is_away_and_takes_no_other_for_it(
    tmp_path: Path, share: Path, quick: None
) -> None:
    settings = settings_for(tmp_path, media=str(share))
    async with open_hub(settings, FakeFleet()) as hub:
        [before] = await draw(hub)
    unmounted(share)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        path = f"/api/images/{before.session_id}/{before.id}"
        assert (await http.get(path)).status_code == 503
        mounted(share)
        assert (await http.get(path)).status_code == 200
    (share / MARKER).write_text("of somebody else")
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        refused = await http.post("/api/artifacts", files={"file": ("a.png", png(), "image/png")})
        assert (refused.status_code, "another store is there" in refused.text) == (503, True)


def test_a_place_is_the_same_wherever_the_hub_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert place_of("pictures", settings_for(tmp_path), FakeClock()).where == str(tmp_path / "pictures")


async def test_pictures_that_are_elsewhere_are_not_taken_for_lost(tmp_path: Path, share: Path) -> None:
    """Whoever sets, changes or forgets VIBES_MEDIA is told how the pictures come along."""
    here = settings_for(tmp_path)
    async with open_hub(here, FakeFleet()) as hub:
        await draw(hub)
    there = settings_for(tmp_path, media=str(share))
    with pytest.raises(Conflict, match="vibes media move"):
        async with open_hub(there, FakeFleet()):
            pass
    shutil.rmtree(here.data / "images")
    async with open_hub(there, FakeFleet()) as hub:
        await draw(hub)
    with pytest.raises(Conflict, match=f"VIBES_MEDIA={share}"):
        async with open_hub(here, FakeFleet()):
            pass
    with pytest.raises(Conflict, match="vibes media move"):
        async with open_hub(settings_for(tmp_path, media=str(tmp_path / "else")), FakeFleet()):
            pass
    (here.data / NOTE).unlink()
    async with open_hub(settings_for(tmp_path, media=str(tmp_path / "else")), FakeFleet()) as hub:
        await draw(hub)


@pytest.mark.parametrize("refused", [errno.EINVAL, errno.EPERM, errno.ENOTSUP])
async def test_a_share_that_cannot_flush_folders_or_set_times_keeps_pictures(
    tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch, refused: int
) -> None:
    """As a share with root-squash or without permissions; a file itself can be flushed everywhere."""
    flush = os.fsync

    def flushed(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").is_dir():
            raise OSError(refused, os.strerror(refused))
        flush(descriptor)

    def squashed(*_: object, **__: object) -> None:
        raise OSError(refused, os.strerror(refused))

    monkeypatch.setattr(os, "fsync", flushed)
    async with open_hub(settings_for(tmp_path, media=str(share)), FakeFleet()) as hub:
        monkeypatch.setattr(os, "utime", squashed)
        monkeypatch.setattr(Path, "chmod", squashed)
        monkeypatch.setattr(os, "link", squashed)
        [drawn] = await draw(hub)
        assert drawn.status is GenerationStatus.COMPLETE
        assert len(await hub.images.read(drawn.images[0])) == drawn.images[0].size_bytes


async def test_a_file_that_cannot_get_its_name_by_renaming_is_written_under_it(
    tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the folder is put together out of several disks."""

    def over_disks(path: Path, target: Path) -> Path:
        raise OSError(errno.EXDEV, f"Invalid cross-device link: {path} {target}")

    async with open_hub(settings_for(tmp_path, media=str(share)), FakeFleet()) as hub:
        monkeypatch.setattr(Path, "replace", over_disks)
        [drawn] = await draw(hub)
        assert len(await hub.images.read(drawn.images[0])) == drawn.images[0].size_bytes
        assert not [name for name in files_in(share) if name.endswith(".part")]


async def test_a_stale_handle_is_looked_up_anew(tmp_path: Path, share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_hub(settings_for(tmp_path, media=str(share)), FakeFleet()) as hub:
        stale = {"replace": 1, "read_bytes": 1, "stat": 1}
        for name in tuple(stale):
            original = getattr(Path, name)

            def once(path: Path, *given: Any, name: str = name, original: Any = original, **more: Any) -> Any:
                if stale[name] and share in path.parents and path.suffix in {".png", ".part"}:
                    stale[name] -= 1
                    raise OSError(errno.ESTALE, "Stale file handle")
                return original(path, *given, **more)

            monkeypatch.setattr(Path, name, once)
        [drawn] = await draw(hub)
        assert len(await hub.images.read(drawn.images[0])) == drawn.images[0].size_bytes
        await hub.images.file(drawn.images[0])
        assert stale == {"replace": 0, "read_bytes": 0, "stat": 0}


async def test_a_share_that_never_answers_holds_up_nobody(
    tmp_path: Path, share: Path, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a hard mount does whose server is away: nothing can end the call."""
    monkeypatch.setattr(bounded_threads, "SECONDS", 0.05)
    answers = asyncio.Event()
    loop = asyncio.get_running_loop()
    read = Path.read_bytes

    def hangs(path: Path) -> bytes:
        if share in path.parents:
            asyncio.run_coroutine_threadsafe(answers.wait(), loop).result()
        return read(path)

    settings = settings_for(tmp_path, media=str(share))
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        [before] = await draw(hub)
        monkeypatch.setattr(Path, "read_bytes", hangs)
        for _ in range(20):  # more than there are threads
            with pytest.raises(StorageUnavailable, match="does not answer"):
                await hub.images.read(before.images[0])
        assert (await http.get("/readyz")).json()["status"] == "degraded"
        answers.set()

        async def reads() -> bool:
            try:
                return bool(await hub.images.read(before.images[0]))
            except StorageUnavailable:
                return False

        await eventually(reads)


async def test_a_real_mount_goes_away_and_comes_back(tmp_path: Path, share: Path, quick: None) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.geteuid() != 0 or not ran("mount", "--bind", disk, share):
        pytest.skip("this user may not mount a folder")
    try:
        async with open_hub(settings_for(tmp_path, media=str(share)), FakeFleet()) as hub:
            await draw(hub)
            assert ran("umount", "-l", share)
            submission = await hub.generations.submit(request(count=2))
            await eventually(lambda: hub.board.unstored == 2)
            assert files_in(share) == []
            assert ran("mount", "--bind", disk, share)
            drawn = await finished(hub, submission.batch.id)
            assert [each.status for each in drawn] == [GenerationStatus.COMPLETE] * 2
            assert len([name for name in files_in(disk) if name.endswith(".png")]) == 3
    finally:
        ran("umount", "-l", share)
