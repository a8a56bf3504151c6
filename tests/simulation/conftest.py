"""Stories leave killed hubs behind, which want to tidy up when they are collected: here, and in no other test."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from tests.simulation.life import forget


@pytest.fixture(autouse=True)
def nothing_stays_of_killed_hubs() -> Iterator[None]:
    with patch("sys.unraisablehook", lambda _: None):
        yield
        forget([])
