"""Settings of where pictures and uploads are kept, and for how long."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings

from vibes.environment.home_folder import at_home


class MediaSettings(BaseSettings):
    """A part of the hub's settings. The keys of S3 are not among them: ``AWS_ACCESS_KEY_ID`` and its like are read
    where they are used, and are never kept."""

    media: str | None = Field(
        None,
        description="Where pictures and uploads are: a folder or s3://bucket/prefix; default: the data folder.",
    )
    media_endpoint: str | None = Field(
        None, description="Address of an S3 server other than Amazon's: https://host:9000."
    )
    media_region: str | None = Field(None, description="Region of the bucket; default: AWS_REGION, else us-east-1.")
    media_path_style: bool = Field(
        True, description="Whether the bucket stands in the path of an address, or (false) in the name of the host."
    )
    media_ca: Path | None = Field(
        None, description="File with the certificate (PEM) of the authority that the S3 server's is signed by."
    )
    media_presigned_seconds: Annotated[int, Field(ge=0, le=604_800)] = Field(
        0,
        description="Seconds that an address of S3 is good for to which browsers are sent; 0: the hub hands files on.",
    )

    keep_days: Annotated[float, Field(gt=0, le=36_500)] | None = Field(
        None, description="Days after which pictures go that nobody has starred, rated or put on a board."
    )
    keep_gb: Annotated[float, Field(gt=0, le=1e9)] | None = Field(
        None, description="Gigabytes that pictures may have together; above that the oldest of those go."
    )

    @field_validator("media")
    @classmethod
    def _anything(cls, place: str | None) -> str | None:
        """Blanks alone name a folder that nobody sees."""
        return (place or "").strip() or None

    @field_validator("media_ca")
    @classmethod
    def _certificate_at_home(cls, path: Path | None) -> Path | None:
        return path and at_home(path)

    @field_validator("media_endpoint")
    @classmethod
    def _an_address(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url and url.rstrip("/")
