"""Settings of the generator ``openai``."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, SecretStr, model_validator

from vibes.generators.hosted.config import HostedConfig, WebAddress
from vibes.generators.hosted.http import Limits
from vibes.generators.keys import key_field
from vibes.generators.openai.profiles import PROFILES, Profile

_SIZE = re.compile(r"(\d{2,5})x(\d{2,5})")
_BASE64 = 1.4
"""Bytes of text for one byte of a picture, with some room."""
_BESIDES = 4 * 1024**2
"""Bytes of an answer beside its pictures."""


def _size(value: str) -> str:
    if not _SIZE.fullmatch(value):
        raise ValueError("must be width and height, such as 1024x1024")
    return value


class TokenPrices(BaseModel):
    """US dollars for a million tokens, so that the price of each picture is known afterwards."""

    model_config = ConfigDict(extra="forbid")

    text_input: float = Field(0, ge=0, description="Of the prompt.")
    image_input: float = Field(0, ge=0, description="Of pictures to start from.")
    output: float = Field(0, ge=0, description="Of what is drawn, partial images included.")


class OpenAIConfig(HostedConfig):
    """https://developers.openai.com/api/docs/guides/image-generation describes OpenAI's own fields."""

    strategy: str = Field("openai", description="Name of the generator.")
    api_key: SecretStr | None = key_field("OPENAI_API_KEY", "Key of the account; it is never shown.", required=False)
    base_url: WebAddress = Field("https://api.openai.com/v1", description="Address of the API, with /v1.")
    profile: Literal["openai", "compatible", "localai", "vllm-omni"] = Field(
        "openai", description="What the server takes besides a prompt."
    )
    model_name: str = Field("gpt-image-2", min_length=1, max_length=200, description="Name of the model there.")
    sizes: list[Annotated[str, AfterValidator(_size)]] = Field(
        default_factory=list,
        max_length=100,
        description="The only sizes, such as 1024x1024; empty: those of the model.",
    )
    quality: Literal["auto", "low", "medium", "high", "xhigh", "max"] = Field("auto", description="Quality, and price.")
    background: Literal["auto", "opaque", "transparent"] = Field("auto", description="What is behind the motif.")
    output_format: Literal["png", "jpeg", "webp"] = Field("png", description="Format of the pictures.")
    output_compression: int | None = Field(None, ge=0, le=100, description="Of jpeg and webp, in percent.")
    moderation: Literal["auto", "low"] = Field("auto", description="How strictly prompts are judged.")
    input_fidelity: Literal["high", "low"] | None = Field(
        None, description="How closely a picture to start from is kept; gpt-image-1.5 alone knows it."
    )
    partial_images: int = Field(
        1, ge=0, le=3, description="Previews while it draws; each of them is paid for, with about 100 tokens."
    )
    timeout_seconds: float = Field(300, gt=0, le=3600, description="Seconds that drawing one picture may take.")
    token_prices: TokenPrices | None = Field(None, description="For what a picture really cost; price_usd estimates.")
    extra_fields: dict[str, JsonValue] = Field(
        default_factory=dict, description="Further fields of every request, for servers that know more."
    )

    @model_validator(mode="after")
    def _check_format(self) -> "OpenAIConfig":
        if self.background == "transparent" and self.output_format == "jpeg":
            raise ValueError("output_format: jpeg has no transparent background, png and webp have")
        return self

    @property
    def about_server(self) -> Profile:
        return PROFILES[self.profile]

    @property
    def drawing(self) -> Limits:
        """Of one request for a picture: it may come several times, as previews."""
        most = int(self.max_image_mb * 1024**2 * _BASE64) * (1 + self.partial_images)
        return Limits(seconds=self.timeout_seconds, most_bytes=most + _BESIDES)
