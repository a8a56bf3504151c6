"""Old pictures go by age and by size; what people marked and what is needed stays, and it is said beforehand."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.factories import NOON, begin_attempt, make_spec, mark_discarded, store_batch
from tests.fakes import FakeFleet, png
from tests.hub import http_client, open_hub, served, settings_for
from tests.services.asking import finished, request
from vibes.cli import app
from vibes.domain.generation import Generation, GenerationStatus, StoredImage
from vibes.domain.ids import new_board_id, new_style_id
from vibes.domain.pictures.board import Board
from vibes.domain.prompting.style import Style
from vibes.ports.storage import Storage
from vibes.services.media.image_store import ImageStore, new_image


async def drawn(
    storage: Storage,
    images: ImageStore | None = None,
    *,
    days: float,
    ordered: float | None = None,
    now: datetime = NOON,
) -> Generation:
    """A picture of that age; with a file where there is a store. ``ordered``: how many days ago; None: as many."""
    [generation] = await store_batch(storage, created_at=now - timedelta(days=days if ordered is None else ordered))
    attempt = await begin_attempt(storage, generation)
    if images is not None:
        stored = await images.save(generation.session_id, generation.id, [new_image(png(), "")])
    else:
        name = f"{generation.session_id}/{generation.id}"
        stored = tuple(
            StoredImage(
                image_path=f"{name}_{index}.png",
                thumbnail_path=f"{name}_{index}_thumb.jpg",
                sha256="0" * 64,
                width=64,
                height=48,
                size_bytes=size,
            )
            for index, size in enumerate((100, 20, 3))
        )
    assert await storage.attempts.win(attempt.id, stored, generation_time_ms=1, at=now - timedelta(days=days))
    return generation


async def test_what_people_marked_and_what_is_needed_is_not_expendable(storage: Storage) -> None:
    starred, rated, on_board, shown, needed, discarded, old, older = [
        await drawn(storage, days=days) for days in (8, 7, 6, 5, 4, 3, 2, 9)
    ]
    await storage.generations.set_starred(starred.id, starred=True)
    await storage.generations.set_rating(rated.id, 1)
    board = Board(id=new_board_id(), name="best", created_at=NOON, updated_at=NOON)
    await storage.boards.add(board, most=10)
    await storage.boards.put(board.id, [on_board.id], at=NOON)
    style = Style(id=new_style_id(), name="ink", thumbnail=shown.id, created_at=NOON, updated_at=NOON)
    await storage.styles.add(style, most=10)
    await store_batch(storage, spec=make_spec(source_id=needed.id))
    await mark_discarded(storage, [discarded], NOON)
    await store_batch(storage)
    found = await storage.totals.expendable()
    assert [each.id for each in found] == [older.id, old.id]
    assert [(each.finished_at, each.bytes) for each in found][1] == (NOON - timedelta(days=2), 123), "all its images"
    assert await storage.totals.kept_bytes() == 7 * 123, "of all but what is about to go"


async def test_old_pictures_go_after_a_day_to_take_it_back(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, keep_days=30, keep_gb=0.000_000_1, undo_window_hours=0)
    now = datetime.now(UTC)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        old = await drawn(hub.storage, hub.images, days=31, now=now)
        starred = await drawn(hub.storage, hub.images, days=32, now=now)
        crowded = await drawn(hub.storage, hub.images, days=2, now=now)
        [young] = await finished(hub, (await hub.generations.submit(request())).batch.id)
        await hub.storage.generations.set_starred(starred.id, starred=True)
        told = (await http.get("/api/retention")).json()
        assert told["now"]["generation_ids"] == [old.id, crowded.id]
        assert told["within_a_week"]["generation_ids"] == [old.id, crowded.id, young.id]
        assert told["now"]["too_much"] > 0, "the starred one and the young one are more than is allowed"
        by_age = (await http.get("/api/retention", params={"keep_days": 40})).json()
        assert (by_age["now"]["count"], by_age["keep_gb"]) == (0, None)
        assert (await http.get("/api/retention", params={"keep_days": 0})).status_code == 422
        assert (await hub.storage.generations.get(old.id)) is not None, "a look changes nothing"
        applied = (await http.post("/api/retention")).json()
        assert applied["now"]["count"] == 2
        assert (await http.get("/api/retention")).json()["now"]["count"] == 0
        await hub.storage.generations.delete_discarded(datetime.now(UTC))
        left = [await hub.storage.generations.get(each.id) for each in (old, crowded, starred, young)]
        assert [each is not None for each in left] == [False, False, True, True]
        assert await hub.storage.doomed_files.some() != []


async def test_what_goes_can_be_restored_until_the_undo_window_ends(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, keep_days=30)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        old = await drawn(hub.storage, hub.images, days=31, now=datetime.now(UTC))
        await http.post("/api/retention")
        marked = await hub.storage.generations.get(old.id)
        assert marked is not None
        assert marked.discard_after is not None
        assert marked.discard_after - datetime.now(UTC) > timedelta(hours=23)
        await http.post(f"/api/generations/{old.id}/star", json={"starred": True})
        again = await hub.storage.generations.get(old.id)
        assert (again and again.status, again and again.discard_after) == (GenerationStatus.COMPLETE, None)
        assert (await http.post("/api/retention")).json()["now"]["count"] == 0


async def test_what_was_taken_back_does_not_go_again_at_the_next_look(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, keep_days=30)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        old, older = [await drawn(hub.storage, hub.images, days=days, now=datetime.now(UTC)) for days in (31, 35)]
        await http.post("/api/retention")
        restored = await http.post("/api/generations/restore", json={"ids": [old.id]})
        assert restored.status_code == 200, restored.text
        assert (await http.post("/api/retention")).json()["now"]["count"] == 0
        rows = [await hub.storage.generations.get(each.id) for each in (old, older)]
        assert [each is not None and each.discard_after is None for each in rows] == [True, False]
        [(expendable_id, from_then_on)] = [
            (each.id, each.finished_at) for each in await hub.storage.totals.expendable()
        ]
    assert expendable_id == old.id
    assert datetime.now(UTC) - from_then_on < timedelta(hours=1), "it is as new as one drawn now"


async def test_a_picture_that_is_rated_before_it_goes_stays(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, keep_days=30, undo_window_hours=0)
    async with open_hub(settings, FakeFleet()) as hub, http_client(hub, settings) as http:
        old, rated = [await drawn(hub.storage, hub.images, days=31, now=datetime.now(UTC)) for _ in range(2)]
        await http.post("/api/retention")
        assert (await http.post(f"/api/generations/{rated.id}/rate", json={"rating": 5})).status_code == 200
        await hub.storage.generations.delete_discarded(datetime.now(UTC))
        left = [await hub.storage.generations.get(each.id) for each in (old, rated)]
    assert [each is not None for each in left] == [False, True]


async def test_what_somebody_marks_between_the_look_and_the_mark_stays(storage: Storage) -> None:
    rated, starred, old = [await drawn(storage, days=days) for days in (9, 8, 7)]
    going = [each.id for each in await storage.totals.expendable()]
    await storage.generations.set_rating(rated.id, 4)
    await storage.generations.set_starred(starred.id, starred=True)
    await storage.generations.let_go(going, NOON)
    assert await storage.generations.delete_discarded(NOON) == 1
    assert await storage.generations.get(old.id) is None


async def test_a_picture_is_as_old_as_its_end_and_not_as_its_order(storage: Storage) -> None:
    waited = await drawn(storage, ordered=40, days=0.5)
    drawn_first = await drawn(storage, ordered=3, days=3)
    found = await storage.totals.expendable()
    assert [(each.id, each.finished_at) for each in found] == [
        (drawn_first.id, NOON - timedelta(days=3)),
        (waited.id, NOON - timedelta(days=0.5)),
    ]


@pytest.mark.parametrize(("options", "sentence"), [(("--dry-run",), "would go now: 1 pictures"), ((), "marked to go")])
async def test_a_person_asks_what_would_go(tmp_path: Path, options: tuple[str, ...], sentence: str) -> None:
    settings = settings_for(tmp_path, keep_days=30, undo_window_hours=1)
    async with open_hub(settings, FakeFleet()) as hub, served(hub, settings) as address:
        old = await drawn(hub.storage, hub.images, days=31, now=datetime.now(UTC))
        arguments = ["retention", *options, "--url", f"http://{address}"]
        result = await asyncio.to_thread(CliRunner().invoke, app, arguments)
        told = re.sub(r"\s+", " ", result.output)
        assert (result.exit_code, sentence in told) == (0, True), told
        assert "limits: 30 days" in told
        kept = await hub.storage.generations.get(old.id)
        assert kept is not None
        assert (kept.discard_after is None) == bool(options)
    refused = await asyncio.to_thread(CliRunner().invoke, app, ["retention", "--keep-days", "3"])
    assert refused.exit_code == 2
