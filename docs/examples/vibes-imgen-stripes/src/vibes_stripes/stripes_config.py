"""Settings of the stripes: what is wrong in them is told to whoever wrote it."""

from pydantic import Field

from vibes.generators.config import BaseGeneratorConfig


class StripesConfig(BaseGeneratorConfig):
    strategy: str = Field(default="stripes", description="Name of the generator.")
    colours: int = Field(default=4, ge=2, le=16, description="Different colours in a picture.")
    seconds: float = Field(default=0.0, ge=0, le=60, description="How long a picture takes.")
