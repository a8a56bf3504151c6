"""Settings that every generator behind a provider's HTTP has."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, field_validator

from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.hosted.http import Limits


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that begins with https:// or http://")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("must be a plain address: a key belongs into api_key")
    return value.rstrip("/")


WebAddress = Annotated[str, AfterValidator(_web_address)]


def sendable(secret: SecretStr) -> SecretStr:
    """As it goes into a header. ValueError, without a word of it, where it cannot."""
    key = secret.get_secret_value().strip()
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise ValueError("must consist of letters, digits and signs, without spaces")
    return SecretStr(key)


class HostedConfig(BaseGeneratorConfig):
    """Key, price and patience."""

    api_key: SecretStr | None = Field(None, description="The provider's key; it is never shown.")
    price_usd: float | None = Field(
        None,
        ge=0,
        description="US dollars of one picture, for estimates; 0: nothing is charged, and all may be repeated.",
    )
    family: str | None = Field(
        None, max_length=50, description="Family of the model, such as sdxl; empty: what the node's entry says."
    )
    answer_seconds: float = Field(
        60, gt=0, le=600, description="Seconds that the provider may take to answer a question."
    )
    download_seconds: float = Field(120, gt=0, le=3600, description="Seconds that fetching one picture may take.")
    max_image_mb: float = Field(50, gt=0, le=500, description="Largest picture that is fetched, in megabytes.")

    @field_validator("api_key")
    @classmethod
    def _fits_into_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        """A stray line end comes with many a key that was copied; anything else there would end up in an error."""
        return None if value is None else sendable(value)

    @property
    def key(self) -> str:
        """Empty without one."""
        return self.api_key.get_secret_value() if self.api_key is not None else ""

    @property
    def question(self) -> Limits:
        """Of a question whose answer is short."""
        return Limits(seconds=self.answer_seconds, most_bytes=4 * 1024**2)

    @property
    def download(self) -> Limits:
        return Limits(seconds=self.download_seconds, most_bytes=int(self.max_image_mb * 1024**2))
