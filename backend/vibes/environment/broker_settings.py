"""Settings of the Redis through which hubs and workers tell each other at once what the database says anyway."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings

_SCHEMES = frozenset({"redis", "rediss", "unix"})


class BrokerSettings(BaseSettings):
    """Of no effect where the database is a SQLite file, which one hub has to itself."""

    broker_url: SecretStr | None = Field(None, description="redis://…, for live events between hubs and workers.")
    broker_prefix: str = Field(
        "vibes", description="With which all keys and channels begin there: another one for each installation."
    )
    worker_lost_after: Annotated[float, Field(gt=0)] = Field(
        10.0, description="Seconds without a heartbeat after which a worker is taken to be gone; the same for workers."
    )

    @field_validator("broker_url")
    @classmethod
    def _an_address_of_redis(cls, url: SecretStr | None) -> SecretStr | None:
        """Without saying it: it may hold a password."""
        if url is None or not url.get_secret_value().strip():
            return None
        try:
            parts = urlsplit(url.get_secret_value())
            if parts.scheme in _SCHEMES and parts.port != 0:
                return url
        except ValueError:  # a port that is none
            pass
        raise ValueError("must be like redis://:PASSWORD@redis.example:6379/0")
