"""Routes of every kind of row over PostgreSQL: the stories that are told of them over a file."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from tests.api import (
    test_boards,
    test_explore_routes,
    test_job_routes,
    test_prompt_routes,
    test_ratings,
    test_refinement_routes,
    test_session_routes,
    test_style_routes,
)
from tests.api.conftest import Studio
from tests.fakes import FakeFleet
from tests.hub import ON_POSTGRESQL, http_client, open_hub, settings_for

Story = Callable[[Studio], Awaitable[None]]
STORIES: tuple[Story, ...] = (
    test_boards.test_pictures_on_a_board_outlive_whatever_throws_pictures_away,
    test_explore_routes.test_a_sheet_shows_a_grid_with_what_is_missing_and_draws_it_again,
    test_job_routes.test_a_chain_tells_each_task_with_its_node_its_times_and_its_pictures,
    test_job_routes.test_jobs_are_listed_newest_first_in_pages_and_by_status,
    test_prompt_routes.test_earlier_prompts_are_told_newest_first_each_once_as_written,
    test_ratings.test_rated_pictures_are_found_and_sorted_and_a_rating_is_taken_back,
    test_refinement_routes.test_a_wish_is_taken_back_and_two_windows_do_not_write_over_each_other,
    test_session_routes.test_advance_moves_on_and_what_was_not_picked_can_be_had_back,
    test_session_routes.test_a_deleted_session_is_gone_everywhere_and_comes_back_whole,
    test_style_routes.test_a_style_is_kept_changed_deleted_and_brought_back,
)


@pytest.fixture
async def served_studio(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    monkeypatch.setenv(ON_POSTGRESQL, "1")
    fleet, settings = FakeFleet(), settings_for(tmp_path)
    async with open_hub(settings, fleet) as hub, http_client(hub, settings) as http:
        yield Studio(hub, http, fleet, tmp_path)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_a_story_of_routes_holds(story: Story, served_studio: Studio) -> None:
    await story(served_studio)
    assert not (served_studio.folder / "data" / "vibes.db").exists(), "it is told of no file"
