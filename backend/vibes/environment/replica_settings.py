"""Settings of a hub that shares its database with others."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

SHORTEST_WAIT_SECONDS = 20.0


class ReplicaSettings(BaseSettings):
    """Of no effect where the database is a SQLite file, which one hub has to itself."""

    advertise: str | None = Field(
        None, description="URL under which other hubs on the same database reach this one; default: where it listens."
    )
    lease_seconds: Annotated[float, Field(ge=1)] = Field(
        15.0, description="Seconds after which another hub may lead when the leading one is silent."
    )
    lease_renewal_seconds: Annotated[float, Field(gt=0)] = Field(
        5.0, description="Seconds between two renewals; at most a third of the lease is of use."
    )

    leave_seconds: Annotated[float, Field(ge=0)] = Field(
        3.0, description="Seconds at least for which a hub that is told to end still answers, so that balancers notice."
    )

    @field_validator("advertise")
    @classmethod
    def _an_address_without_a_path(cls, url: str | None) -> str | None:
        if url is None:
            return None
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path not in {"", "/"} or parts.query:
            raise ValueError("must be like http://10.0.0.5:8001, without a path")
        return url.rstrip("/")

    @property
    def leader_wait_seconds(self) -> float:
        """How long a request waits for the next leader: a lease has to run out, and a hub to start."""
        return max(SHORTEST_WAIT_SECONDS, self.lease_seconds + 10.0)
