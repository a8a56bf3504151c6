"""``vibes media move``: pictures go to another place and the hub with them; nothing is deleted that is not proven."""

import asyncio
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.fakes import FakeClock, FakeFleet, png
from tests.hub import http_client, open_hub, settings_for
from tests.s3 import KEYS, make_bucket, media_settings, s3_server
from tests.services.asking import finished, request
from vibes.cli import app
from vibes.domain.errors import Conflict, StorageUnavailable
from vibes.media_stores.folder import FolderMediaStore
from vibes.media_stores.open import open_place


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    with s3_server() as url:
        make_bucket(url, "studio")
        monkeypatch.setenv("VIBES_MEDIA_ENDPOINT", url)
        yield url


async def move(data: Path, source: object, target: object, *options: str) -> tuple[int, str]:
    arguments = ["media", "move", str(source), str(target), "--data", str(data), *options]
    result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
    return result.exit_code, re.sub(r"\s+", " ", result.output)


def files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


async def test_pictures_move_into_a_bucket_and_home_again_and_the_hub_with_them(tmp_path: Path, s3: str) -> None:
    here = settings_for(tmp_path)
    async with open_hub(here, FakeFleet()) as hub, http_client(hub, here) as http:
        drawn = await finished(hub, (await hub.generations.submit(request(count=3))).batch.id)
        upload = (await http.post("/api/artifacts", files={"file": ("a.png", png(), "image/png")})).json()
        paths = [f"/api/images/{each.session_id}/{each.id}" for each in drawn]
        paths.append(f"/api/artifacts/{upload['artifact_id']}")
        contents = [(await http.get(path)).content for path in paths]
        status, told = await move(here.data, here.data, "s3://studio/pictures")
        assert (status, "The hub runs" in told) == (0, True), told
        more = await finished(hub, (await hub.generations.submit(request())).batch.id)
        paths.append(f"/api/images/{more[0].session_id}/{more[0].id}")
        contents.append((await http.get(paths[-1])).content)
    status, told = await move(here.data, here.data, "s3://studio/pictures", "--delete-source")
    assert status == 0, told
    assert "2 of them" in told, "what was copied ahead is not copied again: a picture and its thumbnail were new"
    assert "start the hub with VIBES_MEDIA=s3://studio/pictures" in told
    assert files(here.data / "images") == files(here.data / "artifacts") == []
    there = settings_for(tmp_path, media="s3://studio/pictures", media_endpoint=s3)
    async with open_hub(there, FakeFleet()) as hub, http_client(hub, there) as http:
        assert [(await http.get(path)).content for path in paths] == contents
    status, told = await move(here.data, "s3://studio/pictures", here.data)
    assert (status, "without VIBES_MEDIA" in told) == (0, True), told
    async with open_hub(here, FakeFleet()) as hub, http_client(hub, here) as http:
        assert [(await http.get(path)).content for path in paths] == contents


async def test_an_interrupted_move_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, there = tmp_path / "data", tmp_path / "there"
    store = FolderMediaStore(data / "images", FakeClock())
    await store.put({f"a/{number}.png": os.urandom(100) for number in range(20)})
    read: list[str] = []
    get = FolderMediaStore.get

    async def counted(self: FolderMediaStore, key: str) -> bytes:
        if self._root == data / "images":
            if len(read) == 7:
                raise StorageUnavailable("the disk is gone")
            read.append(key)
        return await get(self, key)

    monkeypatch.setattr(FolderMediaStore, "get", counted)
    assert (await move(data, data, there, "--delete-source"))[0] == 1
    assert len(files(data / "images")) == 20, "nothing is deleted before all is proven"
    proven = len((data / "media-move").read_text().splitlines()) - 1
    assert proven == 7
    read.clear()
    monkeypatch.setattr(FolderMediaStore, "get", get)
    status, told = await move(data, data, there)
    assert (status, "13 of them" in told) == (0, True), told
    assert [name for name in files(there) if name.endswith(".png")] == [
        f"images/{name}" for name in files(data / "images")
    ]
    assert not (data / "media-move").exists()


@pytest.mark.parametrize("fault", ["damaged on the way", "gone afterwards"])
async def test_what_arrives_otherwise_is_told_and_keeps_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    data, there = tmp_path / "data", tmp_path / "there"
    await FolderMediaStore(data / "images", FakeClock()).put({"a/1.png": b"a picture"})
    get = FolderMediaStore.get

    async def damaged(self: FolderMediaStore, key: str) -> bytes:
        content = await get(self, key)
        return content if self._root.is_relative_to(data) else content[:-1]

    if fault == "damaged on the way":
        monkeypatch.setattr(FolderMediaStore, "get", damaged)
        status, told = await move(data, data, there, "--delete-source")
        assert (status, "came out otherwise" in told) == (1, True)
    else:
        assert (await move(data, data, there))[0] == 0
        (there / "images/a/1.png").unlink()
        (data / "media-move").write_text(json.dumps([str(data), str(there)]) + '\n["images", "a/1.png", 9]\n["ima')
        status, told = await move(data, data, there)
        assert (status, "1 of them" in told) == (0, True), "what was proven once and is gone is copied again"
    assert files(data / "images") == ["a/1.png"]


async def test_one_place_by_two_names_is_not_moved_onto_itself_and_deleted(tmp_path: Path, s3: str) -> None:
    data, link = tmp_path / "data", tmp_path / "link"
    await FolderMediaStore(data / "images", FakeClock()).put({"a/1.png": b"a picture"})
    link.symlink_to(data)
    assert (await move(data, data, "s3://studio/pictures"))[0] == 0
    for source, target in ((tmp_path / "link" / ".", data), ("s3://studio/pictures", "s3://studio/pictures/")):
        status, told = await move(data, source, target, "--delete-source")
        assert (status, "the same place" in told) == (2, True), told
    other = tmp_path / "other"
    other.symlink_to(tmp_path / "nas")
    await FolderMediaStore(tmp_path / "nas" / "images", FakeClock()).put({"a/1.png": b"a picture"})
    status, told = await move(data, other, tmp_path / "nas", "--delete-source")
    assert (status, "by two names" in told) == (2, True), told
    assert files(tmp_path / "nas") == ["images/a/1.png"], "and nothing of the look stays"
    assert files(data / "images") == ["a/1.png"]
    assert (await move(data, "s3://studio/pictures", tmp_path / "back"))[0] == 0, "the bucket still has it"


async def test_a_move_between_two_other_places_does_not_take_the_hub_along(tmp_path: Path) -> None:
    data, second, third, fourth = (tmp_path / name for name in ("data", "second", "third", "fourth"))
    picture = {"a/1.png": b"a picture"}
    await FolderMediaStore(data / "images", FakeClock()).put(picture)
    await FolderMediaStore(third / "images", FakeClock()).put({"b/2.png": b"of another hub"})
    status, told = await move(data, third, fourth)
    assert (status, f"pictures are in {data}" in told) == (2, True), told
    assert (await move(data, data, second))[0] == 0
    status, told = await move(data, third, fourth)
    assert (status, f"vibes media move {second} {fourth}" in told) == (2, True), told
    assert not fourth.exists() or files(fourth) == [], "nothing was copied"
    second.rename(tmp_path / "mounted elsewhere")
    assert (await move(data, tmp_path / "mounted elsewhere", fourth))[0] == 0, "it is known by its marker"
    assert (await move(data, third, fourth))[0] == 0, "what comes to where the hub's pictures are"
    assert files(fourth) == [".vibes-store", "images/a/1.png", "images/b/2.png"]


async def test_what_is_to_be_typed_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    data, there = tmp_path / "my data", tmp_path / "a share"
    await FolderMediaStore(data / "images", FakeClock()).put({"a/1.png": b"a picture"})
    with pytest.raises(Conflict, match=re.escape(f"vibes media move '{data}' '{there}'")):
        async with open_place(media_settings(media=str(there)), data, FakeClock()):
            pass
    status, told = await move(data, data, there)
    assert (status, f"VIBES_MEDIA='{there}'" in told) == (0, True), told


async def test_places_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    for source, target, sentence in (
        (tmp_path / "data", tmp_path / "data", "the same place"),
        (tmp_path / "nothing", tmp_path / "there", "there is nothing in"),
        (tmp_path / "data", "gs://bucket", "s3://bucket/prefix"),
    ):
        status, told = await move(tmp_path / "data", source, target)
        assert (status != 0, sentence in told) == (True, True), told
    assert "no data folder" in (await move(tmp_path / "no", tmp_path / "data", tmp_path / "there"))[1]
