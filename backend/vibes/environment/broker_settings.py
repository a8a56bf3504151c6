"""Settings of the Redis through which hubs and workers tell each other at once what the database says anyway."""

from typing import Annotated

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class BrokerSettings(BaseSettings):
    """Of no effect where the database is a SQLite file, which one hub has to itself."""

    broker_url: SecretStr | None = Field(None, description="redis://…, for live events between hubs and workers.")
    broker_prefix: str = Field(
        "vibes", description="With which all keys and channels begin there: another one for each installation."
    )
    worker_lost_after: Annotated[float, Field(gt=0)] = Field(
        10.0, description="Seconds without a heartbeat after which a worker is taken to be gone; the same for workers."
    )
