"""In which order the tests run."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: the other processes have enough to do beside it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
