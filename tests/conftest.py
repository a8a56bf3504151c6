"""In which order the tests run, and that none of them is judged by how long an example takes."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: the other processes have enough to do beside it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
