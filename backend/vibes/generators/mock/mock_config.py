"""Settings of the mock: what it pretends to be able to do, how long it takes, what it costs and how it fails."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.config import BaseGeneratorConfig

Outcome = Literal[
    "picture", "invalid_input", "moderated", "misconfigured", "out_of_credit", "rate_limited", "unavailable",
    "maybe_paid", "out_of_memory", "crashed", "hang",
]  # fmt: skip
"""The codes of the errors, beside a picture after all, and a request that never ends by itself."""

_USUAL = frozenset(
    {GeneratorCapabilities.IMAGE_TO_IMAGE, GeneratorCapabilities.NEGATIVE_PROMPTS, GeneratorCapabilities.SEEDS}
)


class MockModel(BaseModel):
    """A model that it pretends to have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, description="As a request names it.")
    family: str | None = Field(default=None, description="The hub's name of its family, such as sdxl.")
    capabilities: frozenset[GeneratorCapabilities] | None = Field(
        default=None, description="What it can do; the generator's capabilities where nothing is said."
    )
    steps: tuple[int, ...] = Field(default=(), description="The only numbers of steps that it draws in.")
    loras: tuple[str, ...] | None = Field(default=None, description="The only LoRAs that it has; null: any.")
    multiple_of: int = Field(default=1, ge=1, description="Both sides of a picture must be multiples of this.")


class Scripted(BaseModel):
    """What happens to the next pictures that it fits."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcome: Outcome = Field(
        default="picture", description="A picture, an error by its code, or hang: it never ends by itself."
    )
    seconds: float | None = Field(default=None, ge=0, description="How long it takes; null: as long as any other.")
    times: int | None = Field(default=1, ge=1, description="So many pictures; null: all.")
    prompt: str = Field(default="", description="Only pictures whose prompt contains this text.")
    after_steps: int | None = Field(
        default=None, ge=0, description="Steps that are drawn before; null: all of them, 0: it fails at once."
    )
    message: str = Field(default="", description="What the error says.")
    retry_after: float | None = Field(default=None, ge=0, description="Seconds that rate_limited says to wait.")


class MockGeneratorConfig(BaseGeneratorConfig):
    strategy: str = Field(default="mock", description="Name of the generator.")
    width: int = Field(default=512, ge=16, le=8192, description="Pixels, where a request says nothing.")
    height: int = Field(default=512, ge=16, le=8192, description="Pixels, where a request says nothing.")
    format: Literal["png", "jpeg", "webp"] = Field(default="png", description="Format of its files.")
    background: str | None = Field(
        default=None, pattern=r"^#[0-9a-fA-F]{6}$", description="A colour such as #204060; null: by prompt and seed."
    )
    show_text: bool = Field(default=True, description="Whether prompt, seed and size are written into the picture.")
    images_dir: Path | None = Field(
        default=None, description="A folder with pictures, one of which is taken by prompt and seed instead of drawn."
    )
    models: tuple[MockModel, ...] = Field(
        default=(MockModel(name="mock"),), min_length=1, description="Models that it pretends to have."
    )
    capabilities: frozenset[GeneratorCapabilities] = Field(
        default=_USUAL, description="What it pretends to be able to do."
    )
    steps: int = Field(default=4, ge=1, le=1000, description="Steps of a picture, where a request says nothing.")
    seconds: float = Field(default=0.0, ge=0, description="How long a picture takes, all its steps together.")
    previews: bool = Field(default=False, description="Whether each step but the last one shows a preview.")
    price_usd: float = Field(default=0.0, ge=0, description="US dollars that a picture costs; 0: it charges nothing.")
    balance_usd: float | None = Field(
        default=None, ge=0, description="US dollars on its account; a picture beyond fails as out_of_credit."
    )
    unhealthy: str = Field(default="", description="What its connection test says is wrong; empty: it is well.")
    unhealthy_code: Literal["", "misconfigured", "unavailable", "out_of_credit", "rate_limited"] = Field(
        default="misconfigured", description="The code of that error; empty: it tells none."
    )
    script: tuple[Scripted, ...] = Field(
        default=(), description="What happens to the next pictures: the first entry that fits and is not used up."
    )

    @field_validator("models")
    @classmethod
    def _one_name_one_model(cls, models: tuple[MockModel, ...]) -> tuple[MockModel, ...]:
        if len({model.name for model in models}) < len(models):
            raise ValueError("two models have the same name")
        return models
