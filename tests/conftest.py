"""In which order the tests run, that none of them is judged by how long an example takes, that Ctrl-C is heard, that
the garbage collector leaves alone what stays to the end, and the servers that a test may ask for."""

import gc
import signal
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.backing import postgresql, redis_server

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

# a shell makes what it runs in the background deaf to Ctrl-C, and with it every command that a test would interrupt
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long begins first: the other processes have enough to do beside it."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import are more than a million objects: a collection that looks through them
    takes most of a second, and there are several after each simulated story."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """A database of this test's own, with the hub's tables and no rows."""
    with postgresql().database() as url:
        yield url


@pytest.fixture
def redis_url() -> str:
    """A Redis in which nothing is, password included."""
    server = redis_server()
    server.flush()
    return server.url
