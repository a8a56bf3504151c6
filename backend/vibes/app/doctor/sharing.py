"""The doctor's look at what several hubs and workers share."""

from collections.abc import Iterable

from vibes.app.base import Base
from vibes.domain.doctor.finding import Finding
from vibes.environment.settings import Settings
from vibes.services.doctor.sharing import BrokerFacts, judge_broker, judge_replicas, judge_workers
from vibes.storage.sql.urls import database_url, is_postgresql

_REDIS_SECONDS = 3.0


async def broker(settings: Settings) -> Iterable[Finding]:
    """Asks Redis what it is."""
    if settings.broker_url is None:
        return []
    if not is_postgresql(database_url(settings.storage_url)):
        return judge_broker(BrokerFacts(database_is_file=True))
    return judge_broker(await _ask_redis(settings.broker_url.get_secret_value()))


async def _ask_redis(url: str) -> BrokerFacts:
    try:
        # Imported only here: a hub without Redis is spared its library
        from redis.asyncio import Redis
        from redis.exceptions import RedisError
    except ModuleNotFoundError:
        return BrokerFacts(no_library=True)
    try:
        async with Redis.from_url(url, socket_connect_timeout=_REDIS_SECONDS, socket_timeout=_REDIS_SECONDS) as redis:
            told = await redis.info()
    except (RedisError, OSError, ValueError) as error:
        return BrokerFacts(away=type(error).__name__ if "@" in str(error) else str(error) or type(error).__name__)
    return BrokerFacts(version=str(told.get("redis_version", "")), evicts=str(told.get("maxmemory_policy", "")))


async def replicas(base: Base) -> Iterable[Finding]:
    """As this hub and the database see them."""
    overview = await base.tenure.replicas.overview()
    return judge_replicas(overview, silent_after=2 * base.settings.lease_seconds)


async def workers(base: Base) -> Iterable[Finding]:
    if not is_postgresql(database_url(base.settings.storage_url)):
        return []
    return judge_workers(await base.storage.workers.reports(), lost_after=base.settings.worker_lost_after)
