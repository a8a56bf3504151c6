"""What every place for files promises; a new one joins the list and must keep all of it."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import aiohttp
import obstore
import pytest
from obstore.exceptions import BaseError

from tests.fakes import FakeClock
from tests.loopback import free_port
from tests.s3 import KEYS, make_bucket, media_settings, s3_server
from tests.waiting import HANG_SECONDS, eventually
from vibes.domain.errors import InvalidRequest, NotFound, StorageUnavailable
from vibes.environment.durable_files import unfinished
from vibes.media_stores.folder import FolderMediaStore
from vibes.media_stores.guarded import Guard, GuardedStore
from vibes.media_stores.open import identity_of
from vibes.media_stores.places import folder_place, place_of
from vibes.media_stores.s3_faults import Place, unavailable
from vibes.ports.media import MediaStore

_NUMBERS = count()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    with s3_server() as url:
        yield url


@pytest.fixture(params=["folder", "share", "s3"])
async def store(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[MediaStore]:
    if request.param == "folder":
        yield FolderMediaStore(tmp_path / "files", clock)
    elif request.param == "share":
        place = folder_place(tmp_path / "files", clock)
        guard = Guard(place.store(""), await identity_of(place), place.where, clock, trusted_seconds=0)
        yield GuardedStore(place.store("images"), guard)
        place.close()
    else:
        url = request.getfixturevalue("s3")
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)
        make_bucket(url, bucket := f"bucket-{next(_NUMBERS)}")
        yield place_of(f"s3://{bucket}/of/vibes", media_settings(media_endpoint=url), clock).store("images")


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
    """By the clock of the store: the server's, in whole seconds, where there is one."""
    await store.put({"upload.png": b"12345"})
    written = await store.stat("upload.png")
    assert written is not None
    assert written.used_at == written.written_at
    clock.advance(3600)

    async def used_later() -> bool:
        await store.touch("upload.png")
        clock.advance(3600)
        file = await store.stat("upload.png")
        assert file is not None
        assert (file.size_bytes, file.written_at) == (5, written.written_at)
        assert await store.list("") == [file]
        return file.used_at > written.used_at

    await eventually(used_later)
    await store.touch("nothing.png")
    assert await store.stat("nothing.png") is None
    await store.put({"upload.png": b"123456"})
    again = await store.stat("upload.png")
    assert again is not None
    assert again.size_bytes == 6
    assert again.written_at > written.written_at


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


async def test_of_several_that_write_a_file_first_one_does(store: MediaStore) -> None:
    written = await asyncio.gather(*(store.put_new("first", b"%d" % number) for number in range(4)))
    assert sorted(written) == [False, False, False, True]
    assert await store.get("first") == b"%d" % written.index(True)


async def test_a_list_begins_where_it_is_asked_to_and_ends_there(store: MediaStore) -> None:
    names = [f"{number:02}" for number in range(12)]
    await store.put({f"a/{name}": b"x" for name in names} | {"a0": b"x", "b/1": b"x"})
    assert sorted(file.key for file in await store.list("a/")) == [f"a/{name}" for name in names]
    assert sorted(file.key for file in await store.list("a/0")) == [f"a/{name}" for name in names[:10]]
    assert [file.key for file in await store.list("a/07")] == ["a/07"]
    assert [file.key for file in await store.list("")] == ["a0"]
    await store.delete_folder("a")
    assert await store.folders() == ["b"]


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

    async def test_its_times_are_the_hubs(self, tmp_path: Path, clock: FakeClock) -> None:
        store = FolderMediaStore(tmp_path, clock)
        await store.put({"upload.png": b"12345"})
        written = clock.now().timestamp()
        clock.advance(3600)
        await store.touch("upload.png")
        file = await store.stat("upload.png")
        assert file is not None
        assert (file.written_at, file.used_at) == (written, written + 3600)

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


class TestInS3:
    """What only a server can do: refuse, be away, be another one."""

    @pytest.fixture
    def keys(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in KEYS.items():
            monkeypatch.setenv(name, value)

    @pytest.mark.usefixtures("keys")
    async def test_a_large_file_goes_in_parts_and_comes_back_whole(self, s3: str, clock: FakeClock) -> None:
        make_bucket(s3, "large")
        store = place_of("s3://large", media_settings(media_endpoint=s3), clock).store("images")
        content = os.urandom(11 * 1024 * 1024)
        await store.put({"film.webm": content})
        assert await store.get("film.webm") == content
        assert await part(store, "film.webm", 10_000_000, 9) == content[10_000_000:10_000_009]

    @pytest.mark.usefixtures("keys")
    async def test_a_server_without_conditional_writes_writes_what_is_not_there(
        self, s3: str, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_bucket(s3, "simple")
        place = place_of("s3://simple", media_settings(media_endpoint=s3), clock)
        put = obstore.put_async

        async def without_conditions(*given: Any, **more: Any) -> Any:
            if more.get("mode") == "create":
                raise BaseError("Generic S3 error: status code: 501 Not Implemented: <Code>NotImplemented</Code>")
            return await put(*given, **more)

        monkeypatch.setattr(obstore, "put_async", without_conditions)
        assert [await place.store("").put_new("first", content) for content in (b"1", b"2")] == [True, False]
        assert await place.store("").get("first") == b"1"
        assert await identity_of(place) == await identity_of(place)

    @pytest.mark.usefixtures("keys")
    async def test_an_address_that_anybody_can_read_is_good_for_one_file(self, s3: str, clock: FakeClock) -> None:
        make_bucket(s3, "shown")
        store = place_of("s3://shown/p", media_settings(media_endpoint=s3), clock).store("images")
        await store.put({"a/1.png": b"a picture"})
        link = await store.link("a/1.png", 60)
        assert link is not None
        assert link.startswith(f"{s3}/shown/p/images/a/1.png?")
        assert KEYS["AWS_SECRET_ACCESS_KEY"] not in link
        async with aiohttp.ClientSession() as session, session.get(link) as answer:
            assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", b"a picture")

    @pytest.mark.parametrize(
        ("what", "sentence"),
        [
            ("no bucket", "there is no bucket nowhere. Create it, or write its name right in VIBES_MEDIA"),
            ("no server", "does not answer. Is it running, and does the firewall let its port through?"),
        ],
    )
    @pytest.mark.usefixtures("keys")
    async def test_what_is_wrong_is_told_with_advice_and_no_key(
        self, s3: str, clock: FakeClock, what: str, sentence: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        endpoint = s3 if what == "no bucket" else f"http://127.0.0.1:{free_port()}"
        store = place_of("s3://nowhere", media_settings(media_endpoint=endpoint), clock).store("images")
        for action in (
            store.put({"a/1.png": b"x"}),
            store.put_new("first", b"x"),
            store.get("a/1.png"),
            part(store, "a/1.png"),
            store.list("a/"),
            store.folders(),
            store.delete(["a/1.png"]),
        ):
            with pytest.raises(StorageUnavailable) as refused:
                await action
            told = str(refused.value)
            assert sentence in told
            assert not [secret for secret in KEYS.values() if secret in told + caplog.text]

    @pytest.mark.usefixtures("keys")
    def test_a_process_that_used_it_ends_as_it_should(self) -> None:
        """Without its last moment for the library's threads one of four was aborted."""
        code = (
            "import asyncio\n"
            "from tests.fakes import FakeClock\n"
            "from vibes.media_stores.s3 import Bucket, S3MediaStore\n"
            "async def ask():\n"
            f"    bucket = Bucket(name='nowhere', endpoint='http://127.0.0.1:{free_port()}')\n"
            "    store = S3MediaStore(bucket, 'images', FakeClock())\n"
            "    return await asyncio.gather(*(store.get(str(n)) for n in range(50)), return_exceptions=True)\n"
            "assert len(asyncio.run(ask())) == 50"
        )
        started = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(4)]  # noqa: S603 - our own
        assert [process.wait(HANG_SECONDS) for process in started] == [0] * 4

    @pytest.mark.parametrize(
        "url", ["gs://bucket", "s3://", "s3:///prefix", "s3://key:secret@bucket/prefix", "s3://bucket/prefix?region=x"]
    )
    def test_an_address_that_makes_no_sense_is_refused(self, url: str, clock: FakeClock) -> None:
        with pytest.raises(InvalidRequest, match="s3://bucket/prefix"):
            place_of(url, media_settings(), clock)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ("403 Forbidden: <Error><Code>SignatureDoesNotMatch</Code>", "does not take the key"),
        ("403 Forbidden: <Error><Code>RequestTimeTooSkewed</Code>", "clock is wrong"),
        ("403 Forbidden: <Error><Code>AccessDenied</Code>", "access is refused"),
        ("403 Forbidden: ", "access is refused"),
        (
            "400 Bad Request: <Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-central-1</Region>",
            "the region eu-central-1. Set VIBES_MEDIA_REGION",
        ),
        ("503 Slow Down: <Error><Code>SlowDown</Code>", "fewer requests"),
        ("507 Insufficient Storage: <Error><Code>XMinioStorageFull</Code>", "disks are full"),
        ("500 Internal Server Error: ", "answers 500"),
        ("418 I'm a teapot: <Error><Code>Odd</Code>", "answers 418 (Odd)"),
    ],
)
def test_a_servers_answer_becomes_a_sentence(answer: str, sentence: str) -> None:
    error = BaseError(f"Generic S3 error: Error performing PUT http://x/b/k in 1ms - status code: {answer}")
    assert sentence in unavailable(error, Place("b", "http://x"), "could not be written to").message


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("HTTP error: error sending request: invalid peer certificate: UnknownIssuer", "VIBES_MEDIA_CA"),
        ("HTTP error: dns error: failed to lookup address information", "VIBES_MEDIA_ENDPOINT"),
        ("Error performing PUT http://169.254.169.254/latest/api/token in 1s", "Set AWS_ACCESS_KEY_ID"),
    ],
)
def test_a_fault_on_the_way_becomes_a_sentence(text: str, sentence: str) -> None:
    assert sentence in unavailable(BaseError(text), Place("b", "https://x"), "cannot be read from").message
