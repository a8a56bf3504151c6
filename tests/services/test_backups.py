"""``vibes backup`` while the hub runs, ``verify``, and ``vibes restore``: nothing that a row names is ever left out."""

import asyncio
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.fakes import FakeFleet, png
from tests.hub import http_client, open_hub, settings_for
from tests.services.asking import finished, request
from vibes.app.hub import Hub
from vibes.cli import app
from vibes.commands.backup import databases, taking
from vibes.commands.backup.contents import Backups
from vibes.domain.generation import Generation
from vibes.environment.settings import Settings


async def vibes(*arguments: object) -> tuple[int, str]:
    result = await asyncio.to_thread(CliRunner().invoke, app, [str(each) for each in arguments])
    return result.exit_code, re.sub(r"\s+", " ", result.output)


async def backup(settings: Settings, folder: Path, *options: object) -> str:
    given = ("--data", settings.data, "--config", settings.config)
    status, told = await vibes("backup", folder, *given, *options)
    assert status == 0, told
    return told


async def draw(hub: Hub, count: int = 1) -> list[Generation]:
    return await finished(hub, (await hub.generations.submit(request(count=count))).batch.id)


async def pictures(hub: Hub, settings: Settings, drawn: Sequence[Generation]) -> list[bytes]:
    async with http_client(hub, settings) as http:
        answers = [await http.get(f"/api/images/{each.session_id}/{each.id}") for each in drawn]
    assert {answer.status_code for answer in answers} == {200}
    return [answer.content for answer in answers]


def everything(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


def objects(folder: Path) -> dict[str, float]:
    return {path.name: path.stat().st_mtime_ns for path in (folder / "objects").glob("*/*")}


async def test_a_hub_that_runs_is_backed_up_and_comes_back_elsewhere(tmp_path: Path) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    (tmp_path / ".env").write_text("FAL_KEY=a-secret-of-a-provider\n")
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        first = await draw(hub, 3)
        upload = (await http.post("/api/artifacts", files={"file": ("a.png", png(), "image/png")})).json()
        await http.put("/api/wildcards/colours", json={"lines": ["red", "blue"]})
        assert "3 pictures and 1 uploads" in await backup(settings, folder)
        before = objects(folder)
        second = await draw(hub, 2)
        told = await backup(settings, folder)
        assert "5 pictures and 1 uploads" in told
        assert {name: at for name, at in objects(folder).items() if name in before} == before, "what is there stays"
        contents = await pictures(hub, settings, [*first, *second])
        await draw(hub)  # after the backup
    assert "a-secret-of-a-provider" not in "".join(
        path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file()
    )
    assert (await vibes("backup", "verify", folder))[0] == 0
    _, listed = await vibes("backup", "list", folder)
    assert listed.count("sqlite") == 2
    (tmp_path / "new").mkdir()
    there = settings_for(tmp_path / "new")
    status, told = await vibes("restore", folder, "--data", there.data, "--config", there.config)
    assert (status, "brought 5 pictures, 1 uploads" in told) == (0, True), told
    async with open_hub(there, FakeFleet()) as hub, http_client(hub, there) as http:
        assert await pictures(hub, there, [*first, *second]) == contents
        assert (await http.get(f"/api/artifacts/{upload['artifact_id']}")).status_code == 200
        assert len((await http.get("/api/generations?limit=100")).json()["generations"]) == 5
        thumbnail = f"/api/images/{first[0].session_id}/{first[0].id}/thumb"
        assert (await http.get(thumbnail)).content.startswith(b"\xff\xd8"), "made anew"
        await draw(hub)


async def test_a_hub_that_is_there_is_not_written_over_unasked(tmp_path: Path) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        kept = await draw(hub)
        await backup(settings, folder)
        contents = await pictures(hub, settings, kept)
        status, told = await vibes("restore", folder, "--data", settings.data, "--force")
        assert (status, "in use by another hub" in told) == (1, True), told
        later = await draw(hub)
    given = ("--data", settings.data, "--config", settings.config)
    status, told = await vibes("restore", folder, *given)
    assert (status, "there is a hub already" in told) == (1, True), told
    status, told = await vibes("restore", folder, *given, "--force")
    assert (status, "the earlier database is" in told) == (0, True), told
    async with open_hub(settings, FakeFleet()) as hub:
        assert await pictures(hub, settings, kept) == contents
        assert await hub.storage.generations.get(later[0].id) is None
    assert len(list(settings.data.glob("vibes.db.before-restore-*"))) == 1


async def test_pictures_that_are_deleted_during_a_backup_are_named_by_none_of_its_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        [goes, stays] = await draw(hub, 2)
        copied = databases.copy_file
        loop = asyncio.get_running_loop()

        def deleted_after(*given: Any) -> Any:
            answer = copied(*given)
            monkeypatch.setattr(taking, "copy_file", copied)
            asyncio.run_coroutine_threadsafe(hub.sessions.delete(goes.session_id), loop).result()
            asyncio.run_coroutine_threadsafe(hub.storage.sessions.delete(goes.session_id), loop).result()
            asyncio.run_coroutine_threadsafe(hub.images.delete_session(goes.session_id), loop).result()
            return answer

        monkeypatch.setattr(taking, "copy_file", deleted_after)
        told = await backup(settings, folder)
    assert ("0 pictures" in told, "missing" in told) == (True, False), told
    assert stays.session_id == goes.session_id
    assert (await vibes("backup", "verify", folder))[0] == 0


async def test_what_was_lost_or_damaged_before_is_told(tmp_path: Path) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        lost, damaged, _ = await draw(hub, 3)
        (settings.data / "images" / lost.images[0].image_path).unlink()
        path = settings.data / "images" / damaged.images[0].image_path
        path.write_bytes(path.read_bytes()[:-9])
        told = await backup(settings, folder)
    assert f"missing already, and so not in it: {lost.images[0].image_path}" in told
    assert f"damaged already, kept as it is: {damaged.images[0].image_path}" in told
    assert (await vibes("backup", "verify", folder))[0] == 0, "it is what was there"


def broken(folder: Path, fault: str) -> None:
    snapshot = Backups(folder).find(None)
    some = next((folder / "objects").glob("*/*"))
    listed = snapshot.folder / "files.jsonl"
    match fault:
        case "an object":
            some.unlink()
        case "a byte":
            some.write_bytes(some.read_bytes()[:-1] + b"?")
        case "the database":
            snapshot.database.write_bytes(snapshot.database.read_bytes()[:-4096])
        case _:
            listed.write_text("".join(listed.read_text().splitlines(keepends=True)[1:]))


async def test_a_backup_that_is_not_whole_any_more_is_found_out(tmp_path: Path) -> None:
    settings, whole = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        await draw(hub, 2)
        await backup(settings, whole)
    for fault in ("an object", "a byte", "the database", "a picture's entry"):
        folder = tmp_path / fault
        shutil.copytree(whole, folder)
        broken(folder, fault)
        status, told = await vibes("backup", "verify", folder)
        assert (status, "is not whole: 1 faults" in told) == (1, True), (fault, told)
        if fault != "a picture's entry":
            data = tmp_path / "new" / fault
            status, told = await vibes("restore", folder, "--data", data, "--config", settings.config)
            assert status == 1, (fault, told)
            assert not (data / "vibes.db").exists(), "no hub that lacks something"
        await backup(settings, folder)
        assert (await vibes("backup", "verify", folder))[0] == 0, (
            "the next one is whole: what is damaged is copied anew"
        )


async def test_old_backups_go_with_what_they_alone_need(tmp_path: Path) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        [goes] = await draw(hub)
        await backup(settings, folder)
        await hub.storage.sessions.delete(goes.session_id)
        [stays] = await draw(hub)
        (folder / "snapshots" / "interrupted").mkdir()
        told = await backup(settings, folder, "--keep", "1")
    assert "deleted 1 older backups" in told
    assert list(objects(folder)) == [stays.images[0].sha256]
    assert len(list((folder / "snapshots").iterdir())) == 1
    assert (await vibes("backup", "verify", folder))[0] == 0


async def test_a_share_that_is_away_makes_no_empty_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    share, folder = tmp_path / "nas", tmp_path / "backups"
    share.mkdir()
    monkeypatch.setenv("VIBES_MEDIA", str(share))
    settings = settings_for(tmp_path, media=str(share))
    async with open_hub(settings, FakeFleet()) as hub:
        drawn = await draw(hub, 2)
    shutil.move(share, tmp_path / "away")
    share.mkdir()
    status, told = await vibes("backup", folder, "--data", settings.data, "--config", settings.config)
    assert (status, "Is it mounted?" in told) == (1, True), told
    assert Backups(folder).all() == []
    shutil.rmtree(share)
    shutil.move(tmp_path / "away", share)
    assert "2 pictures" in await backup(settings, folder)
    (tmp_path / "new").mkdir()
    monkeypatch.setenv("VIBES_MEDIA", str(tmp_path / "other"))
    there = settings_for(tmp_path / "new", media=str(tmp_path / "other"))
    status, told = await vibes("restore", folder, "--data", there.data, "--config", there.config)
    assert status == 0, told
    async with open_hub(there, FakeFleet()) as hub:
        assert len(await pictures(hub, there, drawn)) == 2


async def test_a_folder_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    settings = settings_for(tmp_path)
    given = ("--data", settings.data, "--config", settings.config)
    status, told = await vibes("backup", tmp_path / "mine", *given)
    assert (status, "holds no backups" in told) == (1, True), told
    status, told = await vibes("restore", tmp_path / "mine", *given)
    assert (status, "holds no backups" in told) == (1, True), told
    status, told = await vibes("backup", tmp_path / "new", *given)
    assert (status, "there is no database" in told) == (1, True), told
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]


async def test_a_newer_backup_is_not_read_wrongly(tmp_path: Path) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()):
        await backup(settings, folder)
    about = Backups(folder).find(None).folder / "snapshot.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"format": 2, "more": True}))
    status, told = await vibes("restore", folder, "--data", tmp_path / "new")
    assert (status, "newer release" in told) == (1, True), told


async def test_a_database_that_is_damaged_is_set_aside_and_replaced(tmp_path: Path) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        drawn = await draw(hub)
        await backup(settings, folder)
        contents = await pictures(hub, settings, drawn)
    database = settings.data / "vibes.db"
    database.write_bytes(b"what a failing disk left of it" * 1000)
    database.with_name("vibes.db-wal").write_bytes(b"its log")
    status, told = await vibes("restore", folder, "--data", settings.data, "--config", settings.config, "--force")
    assert (status, "the earlier database is" in told) == (0, True), told
    aside = sorted(settings.data.glob("vibes.db.before-restore-*"))
    assert [path.name.endswith("-wal") for path in aside] == [False, True]
    assert aside[0].read_bytes().startswith(b"what a failing disk left")
    async with open_hub(settings, FakeFleet()) as hub:
        assert await pictures(hub, settings, drawn) == contents


async def test_without_room_for_the_database_the_earlier_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        await backup(settings, folder)
        later = await draw(hub)

    copy = shutil.copyfile

    def full(source: Path, target: Path) -> object:
        if Path(target).name == ".vibes.db.part":
            raise OSError(28, "No space left on device")
        return copy(source, target)

    monkeypatch.setattr(shutil, "copyfile", full)
    given = ("--data", settings.data, "--config", settings.config)
    status, told = await vibes("restore", folder, *given, "--force")
    assert (status, "No space left" in told) == (1, True), told
    monkeypatch.undo()
    async with open_hub(settings, FakeFleet()) as hub:
        assert await hub.storage.generations.get(later[0].id) is not None


async def test_backups_without_a_database_push_out_none_that_has_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        await draw(hub)
        await backup(settings, folder)
        with monkeypatch.context() as patched:
            patched.setattr(taking, "_copy_database", lambda url, copy: taking._Database("none", [], "no pg_dump"))
            given = ("--data", settings.data, "--config", settings.config, "--keep", 1)
            told = [await vibes("backup", folder, *given) for _ in range(2)]
        assert [status for status, _ in told] == [1, 1]
        assert [each.about().database for each in Backups(folder).all()] == ["sqlite", "none", "none"]
        await backup(settings, folder, "--keep", 2)
        assert [each.about().database for each in Backups(folder).all()] == ["sqlite", "none", "none", "sqlite"]
        await backup(settings, folder, "--keep", 2)
        assert [each.about().database for each in Backups(folder).all()] == ["sqlite", "sqlite"]


@pytest.mark.parametrize(
    ("field", "value"), [("store", "../outside"), ("store", "/"), ("key", "../../outside"), ("sha256", "../../mine")]
)
async def test_a_backup_that_leads_elsewhere_is_not_followed(tmp_path: Path, field: str, value: str) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()) as hub:
        await draw(hub)
        await backup(settings, folder)
    (folder / "mine").write_text("a file of mine")
    listed = Backups(folder).find(None).folder / "files.jsonl"
    [line] = listed.read_text().splitlines()
    listed.write_text(json.dumps(json.loads(line) | {field: value}) + "\n")
    before = everything(tmp_path)
    there = tmp_path / "new" / "data"
    assert (await vibes("restore", folder, "--data", there, "--config", settings.config))[0] == 1
    if field != "key":  # whose stores look at it
        assert (await vibes("backup", "verify", folder))[0] == 1
    assert {path for path in everything(tmp_path) if not path.is_relative_to(there)} == before, (
        "nothing is written or renamed outside"
    )


async def test_one_backup_that_is_damaged_hides_no_other_that_is_named(tmp_path: Path) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    async with open_hub(settings, FakeFleet()):
        await backup(settings, folder)
        await backup(settings, folder)
    first, second = sorted(path.name for path in (folder / "snapshots").iterdir())
    (folder / "snapshots" / second / "snapshot.json").write_text("{")
    assert (await vibes("backup", "verify", folder, "--snapshot", first))[0] == 0
    status, told = await vibes("backup", "verify", folder)
    assert (status, f"{second}/snapshot.json is damaged" in told) == (1, True), told


async def test_flows_of_ones_own_are_kept_and_a_link_that_leads_nowhere_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, folder = settings_for(tmp_path), tmp_path / "backups"
    flows = tmp_path / "flows.yaml"
    shutil.copyfile(settings.flows_file, flows)
    monkeypatch.setenv("VIBES_FLOWS", str(flows))
    async with open_hub(settings, FakeFleet()):
        (settings.data / "workflows" / "gone").symlink_to(tmp_path / "nowhere")
        await backup(settings, folder)
    there = tmp_path / "new"
    monkeypatch.delenv("VIBES_FLOWS")
    status, told = await vibes("restore", folder, "--data", there, "--config", settings.config)
    assert (status, "they are in" in told) == (0, True), told
    assert (there / "restored" / "flows.yaml").read_bytes() == flows.read_bytes()
