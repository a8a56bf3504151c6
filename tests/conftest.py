"""In which order the tests run, that none of them is judged by how long an example takes, and that Ctrl-C is heard."""

import signal

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# a shell makes what it runs in the background deaf to Ctrl-C, and with it every command that a test would interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: the other processes have enough to do beside it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
