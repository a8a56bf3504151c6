"""How workers are reached: through a database that they reach too, and at once where there is a Redis."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from vibes.app.base import Base
from vibes.environment.settings import Settings
from vibes.media_stores.open import OpenPlace
from vibes.media_stores.places import HANDOFF
from vibes.nodes.worker.no_broker import NoNews, NoTickets
from vibes.ports.workers.news import Tickets, WorkerLinks, WorkerNews
from vibes.storage.sql.urls import database_url, is_postgresql


@asynccontextmanager
async def open_worker_links(base: Base, place: OpenPlace) -> AsyncIterator[WorkerLinks | None]:
    """None where the database is a file, which the hub has to itself."""
    settings = base.settings
    if not is_postgresql(database_url(settings.storage_url)):
        yield None
        return
    tickets, news = _by_broker(settings)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(news.close)
        stack.push_async_callback(tickets.close)
        yield WorkerLinks(
            orders=base.storage.workers,
            handoff=place.store(HANDOFF),
            tickets=tickets,
            news=news,
            channels=settings.broker_prefix,
            lost_seconds=settings.worker_lost_after,
        )


def _by_broker(settings: Settings) -> tuple[Tickets, WorkerNews]:
    if settings.broker_url is None:
        return NoTickets(), NoNews()
    try:
        # Imported only here: Celery and its libraries are megabytes, of which a hub without workers needs none
        from vibes.nodes.worker.celery_tickets import CeleryTickets
        from vibes.nodes.worker.redis_news import RedisNews
    except ModuleNotFoundError:  # a broker for replicas alone
        return NoTickets(), NoNews()
    url = settings.broker_url.get_secret_value()
    return CeleryTickets(url, settings.broker_prefix), RedisNews(url)
