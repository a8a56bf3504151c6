"""Actions on finished pictures: discard, restore, download, and show how they were made."""

import asyncio
import io
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from PIL import Image

from tests.api.conftest import Studio
from tests.fakes import png
from tests.waiting import eventually
from vibes.documents.png_chunks import unverified_chunks

BATCH = {"prompt": "a lighthouse", "model_family": "sd15", "count": 3, "seed": 100}


async def drawn(studio: Studio, **given: Any) -> list[dict[str, Any]]:
    accepted = (await studio.http.post("/api/generate/batch", json={**BATCH, **given})).json()
    generations: list[dict[str, Any]] = (await studio.finished_batch(accepted["batch_id"]))["generations"]
    return generations


async def test_discarded_pictures_leave_the_list_and_come_back_when_they_are_taken_back(studio: Studio) -> None:
    first, second, starred = [each["id"] for each in await drawn(studio)]
    await studio.http.post(f"/api/generations/{starred}/star")
    changed = (await studio.http.post("/api/generations/discard", json={"ids": [first, starred]})).json()
    assert [each["discard_after"] is None for each in changed["generations"]] == [False, True], "a star protects"

    kept = (await studio.http.get("/api/generations", params={"kept": True})).json()
    assert ({each["id"] for each in kept["generations"]}, kept["total"]) == ({second, starred}, 2)
    await studio.http.post("/api/generations/restore", json={"ids": [first]})
    assert (await studio.http.get("/api/generations", params={"kept": True, "limit": 1})).json()["total"] == 3


async def test_an_id_that_does_not_exist_discards_nothing(studio: Studio) -> None:
    [one, *_] = [each["id"] for each in await drawn(studio)]
    refused = await studio.http.post("/api/generations/discard", json={"ids": [one, "nobody"]})
    assert (refused.status_code, refused.json()["code"]) == (404, "unknown_generation")
    assert (await studio.http.get("/api/generations", params={"kept": False})).json()["total"] == 0
    assert (await studio.http.post("/api/generations/discard", json={"ids": []})).status_code == 422


async def test_pictures_are_carried_home_as_one_zip(studio: Studio) -> None:
    ids = [each["id"] for each in await drawn(studio)]
    response = await studio.http.post("/api/generations/archive", json={"ids": [*ids, ids[0]]})
    assert response.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert len(archive.namelist()) == len(set(archive.namelist())) == 3
        for name in archive.namelist():
            Image.open(io.BytesIO(archive.read(name))).load()


def file_of(studio: Studio, generation: dict[str, Any], ending: str = ".png") -> Path:
    return studio.folder.joinpath("data", "images", generation["session_id"], f"{generation['id']}{ending}")


async def test_an_archive_holds_what_is_there_and_says_what_is_not(studio: Studio) -> None:
    whole, lost, cut = await drawn(studio)
    file_of(studio, lost).unlink()
    file_of(studio, cut).write_bytes(file_of(studio, cut).read_bytes()[:100])
    asked = {"ids": [whole["id"], lost["id"], cut["id"]]}
    response = await studio.http.post("/api/generations/archive", json=asked)
    assert (response.status_code, response.headers["x-missing-pictures"]) == (200, "2")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert len(archive.namelist()) == 3
        [first, _] = [name for name in archive.namelist() if name.endswith(".png")]
        assert archive.read(first) == file_of(studio, whole).read_bytes()
        note = archive.read("MISSING.txt").decode()
    assert f"{lost['id'][:8]}.png: is missing on disk" in note
    assert f"{cut['id'][:8]}.png: is damaged on disk, 100 of" in note

    file_of(studio, whole).unlink()
    refused = await studio.http.post("/api/generations/archive", json={"ids": [whole["id"], lost["id"]]})
    assert (refused.status_code, refused.json()["detail"]) == (
        404,
        "not one of these 2 picture files is there any more",
    )


async def test_a_lost_thumbnail_is_made_anew_out_of_the_picture(studio: Studio) -> None:
    one, other, _ = await drawn(studio)
    thumbnail = file_of(studio, one, "_thumb.jpg")
    before = thumbnail.read_bytes()
    for left in (None, b"", b"nonsense", before[:-300]):
        thumbnail.unlink()
        if left is not None:
            thumbnail.write_bytes(left)
        several = await asyncio.gather(*(studio.http.get(f"{one['image_url']}/thumb") for _ in range(5)))
        assert {(each.status_code, each.headers["content-type"]) for each in several} == {(200, "image/jpeg")}
        assert {each.content for each in several} == {before}
        assert thumbnail.read_bytes() == before, "and kept"

    file_of(studio, other, "_thumb.jpg").unlink()
    file_of(studio, other).write_bytes(file_of(studio, other).read_bytes()[:100])
    damaged = await studio.http.get(f"{other['image_url']}/thumb")
    assert (damaged.status_code, damaged.json()["code"]) == (404, "damaged_picture")
    assert "is damaged on disk (it is cut off)" in damaged.json()["detail"]
    file_of(studio, other).unlink()
    assert "is missing on disk" in (await studio.http.get(f"{other['image_url']}/thumb")).json()["detail"]


async def test_what_is_left_of_a_damaged_picture_is_kept_by_no_browser(studio: Studio) -> None:
    whole, cut, _ = await drawn(studio)
    file_of(studio, cut).write_bytes(file_of(studio, cut).read_bytes()[:100])
    assert "immutable" in (await studio.http.get(whole["image_url"])).headers["cache-control"]
    answer = await studio.http.get(cut["image_url"])
    assert (answer.headers["cache-control"], len(answer.content)) == ("no-store", 100)


async def test_no_way_to_a_damaged_or_lost_picture_is_an_internal_error(studio: Studio) -> None:
    cut, lost, empty = await drawn(studio)
    file_of(studio, cut).write_bytes(file_of(studio, cut).read_bytes()[:60])
    file_of(studio, lost).unlink()
    file_of(studio, empty).write_bytes(b"")
    for generation in (cut, lost, empty):
        for path in (generation["image_url"], f"{generation['image_url']}/thumb"):
            assert (await studio.http.get(path)).status_code in {200, 404}
        graph = await studio.http.get(f"/api/generations/{generation['id']}/graph")
        assert graph.status_code in {200, 404}, graph.text


async def test_a_zip_without_metadata_tells_nothing_and_holds_the_same_pixels(studio: Studio) -> None:
    """Neither in the files nor in their names; what cannot be without it is left out."""
    first, film = await drawn(studio, count=2)
    before = file_of(studio, first).read_bytes()
    assert b"parameters" in before
    video = b"\0\0\0\x18ftypisom\0\0\0\0isom" + b"\0" * 8
    file_of(studio, film).write_bytes(video)
    asked = {"ids": [first["id"], film["id"]]}
    response = await studio.http.post("/api/generations/archive?metadata=none", json=asked)
    assert response.headers["x-missing-pictures"] == "1"
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        [name, note] = archive.namelist()
        content = archive.read(name)
        assert "is left out, since its metadata cannot be" in archive.read(note).decode()
    assert str(first["seed"]) not in name
    assert {chunk.kind for chunk in unverified_chunks(content)} <= {b"IHDR", b"IDAT", b"IEND"}
    with Image.open(io.BytesIO(content)) as bare, Image.open(io.BytesIO(before)) as whole:
        assert bare.info == {}
        assert bare.tobytes() == whole.tobytes()
    refused = await studio.http.post("/api/generations/archive?metadata=none", json={"ids": [film["id"]]})
    assert (refused.status_code, refused.json()["code"]) == (422, "metadata_stays")
    assert (await studio.http.post("/api/generations/archive?metadata=some", json=asked)).status_code == 422


async def test_an_archive_of_what_has_no_picture_is_refused(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    waiting = (await studio.http.post("/api/generate/batch", json=BATCH)).json()["generations"][0]["id"]
    refused = await studio.http.post("/api/generations/archive", json={"ids": [waiting]})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_image")


async def test_the_graph_of_a_picture_into_which_the_node_wrote_none_is_what_the_hub_sent(studio: Studio) -> None:
    """As from a ComfyUI with --disable-metadata."""
    [one, *_] = await drawn(studio)
    graph = (await studio.http.get(f"/api/generations/{one['id']}/graph")).json()
    assert graph in [node_graph for node in studio.fleet.nodes.values() for node_graph in node.graphs.values()]
    assert {each["inputs"]["seed"] for each in graph.values() if "seed" in each["inputs"]} == {one["seed"]}


async def test_a_stored_picture_without_a_graph_has_that_of_its_attempt_for_a_while(studio: Studio) -> None:
    """As pictures of an earlier release, which kept what the node wrote."""
    [one, *_] = await drawn(studio)
    generation = await studio.hub.storage.generations.get(one["id"])
    assert generation is not None
    assert generation.image is not None
    (studio.folder / "data" / "images" / generation.image.image_path).write_bytes(png())
    kept = await studio.http.get(f"/api/generations/{one['id']}/graph")
    assert kept.status_code == 200
    now = datetime.now(UTC)
    await studio.hub.storage.attempts.forget_graphs(created_from=now - timedelta(hours=1), created_before=now)
    refused = await studio.http.get(f"/api/generations/{one['id']}/graph")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_graph")


async def test_the_timeline_of_a_batch_tells_who_did_what_when(studio: Studio) -> None:
    generations = await drawn(studio)
    timeline = (await studio.http.get(f"/api/batches/{generations[0]['batch_id']}/timeline")).json()
    assert {each["generation_id"] for each in timeline["attempts"]} == {each["id"] for each in generations}
    assert {each["state"] for each in timeline["attempts"]} == {"won"}
    assert all(each["finished_at"] >= each["created_at"] for each in timeline["attempts"])
    began = [each["created_at"] for each in timeline["attempts"]]
    assert began == sorted(began)
    assert (await studio.http.get("/api/batches/none/timeline")).status_code == 404


async def test_an_estimate_says_how_long_and_where_and_queues_nothing(studio: Studio) -> None:
    estimate = (await studio.http.post("/api/generate/estimate", json={**BATCH, "count": 20})).json()
    low, high = estimate["eta_range_seconds"]
    assert low <= estimate["eta_seconds"] <= high
    assert estimate["eta_seconds"] >= estimate["lower_bound_seconds"] > 0
    assert sum(share["count"] for share in estimate["gpus"]) == 20
    assert {share["gpu_id"] for share in estimate["gpus"]} == {"fast", "slow"}
    assert estimate["waiting_for"] is None
    assert (await studio.http.get("/api/generations")).json()["total"] == 0
    assert (await studio.http.get("/api/sessions")).json()["sessions"] == []


async def test_an_estimate_counts_what_is_queued_already(studio: Studio) -> None:
    for node in studio.fleet.nodes.values():
        node.instant = False
    alone = (await studio.http.post("/api/generate/estimate", json=BATCH)).json()["eta_seconds"]
    await studio.http.post("/api/generate/batch", json={**BATCH, "count": 20})
    await eventually(lambda: studio.fleet["fast"].running)
    behind = (await studio.http.post("/api/generate/estimate", json=BATCH)).json()["eta_seconds"]
    assert behind > alone


async def test_an_estimate_of_what_cannot_be_done_says_why(studio: Studio) -> None:
    await studio.http.patch("/api/queue", json={"action": "pause"})
    paused = (await studio.http.post("/api/generate/estimate", json=BATCH)).json()
    assert (paused["eta_seconds"], paused["gpus"], paused["waiting_for"]) == (None, [], "the queue is paused")
    refused = await studio.http.post("/api/generate/estimate", json={**BATCH, "steps": 0})
    assert refused.status_code == 422
