"""What the hub shares with workers is let go of, whatever breaks on the way."""

from typing import Any

import pytest

from vibes.app import workers
from vibes.app.workers import open_worker_links
from vibes.environment.settings import Settings


class _Broken:
    async def close(self) -> None:
        raise ConnectionError("Redis went away in the middle of that")


class _Whole:
    closed = False

    async def close(self) -> None:
        self.closed = True


async def test_messages_end_also_where_tickets_do_not_end_well(monkeypatch: pytest.MonkeyPatch) -> None:
    news = _Whole()
    monkeypatch.setattr(workers, "_by_broker", lambda _: (_Broken(), news))
    options: dict[str, Any] = {"database_url": "postgresql://vibes@db.example/vibes"}
    base: Any = type("Base", (), {"settings": Settings(**options), "storage": type("Rows", (), {"workers": None})})
    place: Any = type("Place", (), {"store": staticmethod(lambda _: None)})
    with pytest.raises(ConnectionError):
        async with open_worker_links(base, place):
            pass
    assert news.closed
