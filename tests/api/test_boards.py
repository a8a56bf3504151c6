"""Boards over HTTP: what lies on one is kept, whatever else is thrown away; nothing of a board deletes a picture."""

import io
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.api.conftest import Studio


async def sent(studio: Studio, status: int, method: str, path: str, body: Any = None, **headers: str) -> Any:
    response = await studio.http.request(method, f"/api{path}", json=body, headers=headers)
    assert response.status_code == status, response.text
    return response.json() if response.content else None


async def drawn(studio: Studio, count: int) -> list[dict[str, Any]]:
    body = {"prompt": "a lighthouse", "model_family": "sd15", "count": count}
    accepted = await sent(studio, 202, "POST", "/generate/batch", body)
    return list((await studio.finished_batch(accepted["batch_id"]))["generations"])


async def ids_of(studio: Studio, count: int) -> list[str]:
    return [each["id"] for each in await drawn(studio, count)]


async def made(studio: Studio, name: str, *pictures: str) -> str:
    board = await sent(studio, 201, "POST", "/boards", {"name": name})
    if pictures:
        await sent(studio, 200, "POST", f"/boards/{board['id']}/pictures", {"ids": pictures})
    return str(board["id"])


async def lying_on(studio: Studio, board_id: str) -> list[str]:
    found = await sent(studio, 200, "GET", f"/generations?board_id={board_id}&sort=board")
    assert found["total"] == len(found["generations"])
    return [each["id"] for each in found["generations"]]


async def test_a_board_is_made_renamed_noted_deleted_and_brought_back(studio: Studio) -> None:
    one, other = await drawn(studio, 2)
    board = await sent(studio, 201, "POST", "/boards", {"name": "  Towers ", "notes": "for the poster"})
    assert (board["name"], board["count"], board["cover_url"], board["version"]) == ("Towers", 0, None, 1)
    assert (await sent(studio, 409, "POST", "/boards", {"name": "TOWERS"}))["code"] == "name_taken"
    path = f"/boards/{board['id']}"
    put = await sent(studio, 200, "POST", f"{path}/pictures", {"ids": [one["id"], other["id"]]})
    assert (put["changed"], put["board"]["count"], put["board"]["cover_url"]) == (2, 2, one["thumbnail_url"])
    body = {"name": "Light towers", "cover_id": other["id"]}
    changed = await sent(studio, 200, "PUT", path, body, **{"If-Match": '"1"'})
    assert (changed["notes"], changed["cover_url"], changed["version"]) == ("", other["thumbnail_url"], 2)
    assert (await sent(studio, 412, "PUT", path, body, **{"If-Match": '"1"'}))["code"] == "board_changed"
    assert [each["name"] for each in (await sent(studio, 200, "GET", "/boards"))["boards"]] == ["Light towers"]

    await sent(studio, 204, "DELETE", path)
    assert (await sent(studio, 200, "GET", "/boards"))["boards"] == []
    assert await lying_on(studio, board["id"]) == []
    assert (await sent(studio, 200, "GET", f"/generations/{one['id']}"))["discard_after"] is None, "no picture goes"
    restored = await sent(studio, 200, "POST", f"{path}/restore")
    assert (restored["count"], await lying_on(studio, board["id"])) == (2, [one["id"], other["id"]])


async def test_pictures_of_several_sessions_lie_on_several_boards_in_the_order_they_came(studio: Studio) -> None:
    one, two = await ids_of(studio, 2)
    [third] = await ids_of(studio, 1)
    board = await made(studio, "A", third, one)
    other = await made(studio, "B", one)
    again = await sent(studio, 200, "POST", f"/boards/{board}/pictures", {"ids": [third, two, one]})
    assert (again["changed"], again["board"]["count"]) == (1, 3), "what is on it keeps its place"
    assert await lying_on(studio, board) == [third, one, two]
    on = await sent(studio, 200, "GET", f"/boards?generation_id={one}")
    assert [each["id"] for each in on["boards"]] == [board, other]
    newest = await sent(studio, 200, "GET", f"/generations?board_id={board}")
    assert [each["id"] for each in newest["generations"]] == [third, two, one], "other orders hold on a board, too"


async def test_a_board_is_sorted_by_hand(studio: Studio) -> None:
    a, b, c, d = await ids_of(studio, 4)
    board = await made(studio, "Sorted", a, b, c, d)
    await sent(studio, 204, "POST", f"/boards/{board}/pictures/move", {"ids": [d, b], "before": a})
    assert await lying_on(studio, board) == [b, d, a, c], "in their order among each other"
    await sent(studio, 204, "POST", f"/boards/{board}/pictures/move", {"ids": [b]})
    assert await lying_on(studio, board) == [d, a, c, b]


async def test_what_is_taken_off_comes_back_to_its_place_and_stays_in_the_gallery(studio: Studio) -> None:
    a, b, c = await ids_of(studio, 3)
    board = await made(studio, "Undo", a, b, c)
    off = await sent(studio, 200, "POST", f"/boards/{board}/pictures/remove", {"ids": [a, b, "never on it"]})
    assert (off["changed"], off["board"]["count"]) == (2, 1)
    assert {each["id"] for each in (await sent(studio, 200, "GET", "/generations?kept=true"))["generations"]} == {
        a,
        b,
        c,
    }
    back = await sent(studio, 200, "POST", f"/boards/{board}/pictures/restore", {"ids": [a, b]})
    assert (back["changed"], await lying_on(studio, board)) == (2, [a, b, c])
    await sent(studio, 200, "POST", f"/boards/{board}/pictures/remove", {"ids": [a]})
    await sent(studio, 200, "POST", f"/boards/{board}/pictures", {"ids": [a]})
    assert await lying_on(studio, board) == [b, c, a], "put on anew it comes to the end"


async def test_pictures_on_a_board_outlive_whatever_throws_pictures_away(studio: Studio) -> None:
    """A discard by hand, a step of the funnel, and the end of the undo window; only its session takes one along."""
    session = (await sent(studio, 201, "POST", "/sessions", {"flow_type": "draft_grid"}))["id"]
    body = {"prompt": "a lighthouse", "model_family": "sd15", "count": 4, "session_id": session}
    accepted = await sent(studio, 202, "POST", "/generate/batch", body)
    kept, starred, loose, chosen = [
        each["id"] for each in (await studio.finished_batch(accepted["batch_id"]))["generations"]
    ]
    board = await made(studio, "Kept", kept)
    await sent(studio, 200, "POST", f"/generations/{starred}/star")
    told = (await sent(studio, 200, "POST", "/generations/discard", {"ids": [kept, starred, loose]}))["generations"]
    assert [each["discard_after"] is None for each in told] == [True, True, False]
    await sent(studio, 200, "POST", "/generations/restore", {"ids": [loose]})

    await sent(studio, 200, "POST", f"/sessions/{session}/advance", {"selected": [chosen], "rejected": [kept]})
    in_gallery = (await sent(studio, 200, "GET", "/generations?kept=true"))["generations"]
    assert {each["id"] for each in in_gallery} == {kept, starred, chosen}, "what is kept is shown as kept"
    await sent(studio, 200, "POST", f"/boards/{board}/pictures", {"ids": [loose]})
    assert len((await sent(studio, 200, "GET", "/generations?kept=true"))["generations"]) == 4, "a board saves it"

    await sent(studio, 204, "DELETE", f"/sessions/{session}")
    assert await lying_on(studio, board) == []
    assert (await sent(studio, 200, "GET", f"/boards/{board}"))["count"] == 0
    await sent(studio, 200, "POST", f"/sessions/{session}/restore")
    assert await lying_on(studio, board) == [kept, loose]


async def test_a_picture_that_is_deleted_leaves_every_board(studio: Studio) -> None:
    one, two = await drawn(studio, 2)
    board = await made(studio, "Shrinking", one["id"], two["id"])
    await sent(studio, 200, "PUT", f"/boards/{board}", {"name": "Shrinking", "cover_id": one["id"]})
    await sent(studio, 200, "POST", f"/boards/{board}/pictures/remove", {"ids": [one["id"]]})
    await sent(studio, 200, "POST", "/generations/discard", {"ids": [one["id"]]})
    storage = studio.hub.storage
    assert await storage.generations.delete_discarded(datetime.now(UTC) + timedelta(days=3)) == 1
    left = await sent(studio, 200, "GET", f"/boards/{board}")
    assert (left["count"], left["cover_url"]) == (1, two["thumbnail_url"])
    back = await sent(studio, 200, "POST", f"/boards/{board}/pictures/restore", {"ids": [one["id"]]})
    assert back["changed"] == 0


async def test_a_board_is_downloaded_in_its_order(studio: Studio) -> None:
    one, two = await ids_of(studio, 2)
    board = await made(studio, "Poster: 1/2", two, one)
    answer = await studio.http.get(f"/api/boards/{board}/archive")
    assert answer.status_code == 200
    assert "Poster_%201_2.zip" in answer.headers["Content-Disposition"]
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert [(name[:5], name.removesuffix(".png")[-8:]) for name in names] == [("0001_", two[:8]), ("0002_", one[:8])]
    empty = await made(studio, "Empty")
    assert (await sent(studio, 409, "GET", f"/boards/{empty}/archive"))["code"] == "board_empty"


@pytest.mark.parametrize("action", ["", "/remove", "/restore", "/move"])
async def test_a_board_that_is_not_there_is_told(studio: Studio, action: str) -> None:
    [picture] = await ids_of(studio, 1)
    body = {"ids": [picture]}
    assert (await sent(studio, 404, "POST", f"/boards/gone/pictures{action}", body))["code"] == "unknown_board"


async def test_only_pictures_are_put_onto_a_board_and_otherwise_none(studio: Studio) -> None:
    [picture] = await ids_of(studio, 1)
    board = await made(studio, "Strict")
    unknown = await sent(studio, 404, "POST", f"/boards/{board}/pictures", {"ids": [picture, "gone"]})
    assert unknown["code"] == "unknown_generation"
    assert await lying_on(studio, board) == []
