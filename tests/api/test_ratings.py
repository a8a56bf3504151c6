"""Pictures that a person has rated, and the orders of a search."""

from typing import Any

import pytest

from tests.api.conftest import Studio


async def drawn(studio: Studio, count: int) -> list[str]:
    body = {"prompt": "a lighthouse", "model_family": "sd15", "count": count}
    accepted = (await studio.http.post("/api/generate/batch", json=body)).json()
    await studio.finished_batch(accepted["batch_id"])
    return [each["id"] for each in accepted["generations"]]


async def found(studio: Studio, **query: Any) -> list[str]:
    answer = await studio.http.get("/api/generations", params=query)
    assert answer.status_code == 200, answer.text
    return [each["id"] for each in answer.json()["generations"]]


async def test_rated_pictures_are_found_and_sorted_and_a_rating_is_taken_back(studio: Studio) -> None:
    first, second, third, fourth = await drawn(studio, 4)
    for picture, rating in ((first, 2), (second, 5), (fourth, 2)):
        told = (await studio.http.post(f"/api/generations/{picture}/rate", json={"rating": rating})).json()
        assert told["rating"] == rating
    assert await found(studio) == [fourth, third, second, first]
    assert await found(studio, sort="oldest") == [first, second, third, fourth]
    assert await found(studio, sort="rating") == [second, fourth, first, third]
    assert await found(studio, min_rating=3) == [second]
    assert (await studio.http.post(f"/api/generations/{second}/rate", json={"rating": None})).json()["rating"] is None
    assert await found(studio, min_rating=1) == [fourth, first]


@pytest.mark.parametrize("rating", [0, 6, 2.5, "five", "3", True])
async def test_what_is_no_rating_is_refused(studio: Studio, rating: Any) -> None:
    answer = await studio.http.post("/api/generations/any/rate", json={"rating": rating})
    assert answer.status_code == 422
    assert (await studio.http.post("/api/generations/any/rate", json={"rating": 3})).status_code == 404
