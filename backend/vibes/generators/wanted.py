"""One request as a value: what the keywords of ``generate_image`` say, checked, with its pictures read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vibes.generators.errors import InvalidInput
from vibes.generators.given import given_picture
from vibes.generators.observing import SafeObserver
from vibes.generators.offers import Asked, GeneratorOperation

MOST_SIDE = 16384
"""Pixels. No generator draws more, and a slip of the finger should not ask for the memory."""

Side = Annotated[int, Field(ge=1, le=MOST_SIDE)]


@dataclass(frozen=True, slots=True)
class Lora:
    name: str
    strength: float = 1.0


class Wanted(BaseModel):
    """What is asked for. None: nothing was said, so that the generator's own default holds."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, arbitrary_types_allowed=True)

    prompt: str
    request_id: str
    observer: SafeObserver = Field(repr=False)
    sub_dir: str | None = None
    model: str | None = None
    negative_prompt: str | None = None
    seed: Annotated[int, Field(ge=0, lt=2**64)] | None = None
    width: Side | None = None
    height: Side | None = None
    steps: Annotated[int, Field(ge=1, le=1000)] | None = None
    guidance_scale: Annotated[float, Field(ge=0, le=100)] | None = None
    sampler: str | None = None
    scheduler: str | None = None
    loras: tuple[Lora, ...] = ()
    image: Annotated[bytes | None, Field(repr=False)] = None
    strength: Annotated[float, Field(ge=0, le=1)] | None = None
    mask: Annotated[bytes | None, Field(repr=False)] = None
    depth_map: Annotated[bytes | None, Field(repr=False)] = None
    controlnet_strength: Annotated[float, Field(ge=0, le=10)] | None = None

    def asked(self) -> Asked:
        """What of it decides whether a generator can do it."""
        return Asked(
            operation=self.operation,
            model=self.model,
            width=self.width,
            height=self.height,
            steps=self.steps,
            guidance_scale=self.guidance_scale,
            sampler=self.sampler,
            scheduler=self.scheduler,
            strength=self.strength,
            negative_prompt=bool(self.negative_prompt),
            loras=len(self.loras),
            image=self.image is not None,
            mask=self.mask is not None,
            control=self.depth_map is not None,
        )

    @property
    def operation(self) -> GeneratorOperation:
        """What the pictures that it brings ask for."""
        if self.mask is not None:
            return GeneratorOperation.INPAINT
        if self.depth_map is not None:
            return GeneratorOperation.CONTROLNET
        return GeneratorOperation.IMG2IMG if self.image is not None else GeneratorOperation.TXT2IMG


async def wanted(prompt: str, options: Mapping[str, Any]) -> Wanted:
    """Out of what `_generate_image_impl` is given: what is None or blank counts as not said, what nobody knows is left
    out. InvalidInput that names all that is wrong."""
    said = {name: value for name, value in options.items() if value is not None and value != ""}
    pictures = {name: await given_picture(options, name) for name in ("image", "mask", "depth_map")}
    try:
        return Wanted.model_validate({**said, **pictures, "prompt": prompt})
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_url=False))
        raise InvalidInput("; ".join(wrong)) from None
