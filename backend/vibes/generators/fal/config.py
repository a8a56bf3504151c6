"""Settings of the generators of fal.ai."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue, SecretStr, model_validator

from vibes.generators.hosted.config import HostedConfig, WebAddress
from vibes.generators.keys import key_field

_ENDPOINT = re.compile(r"[A-Za-z0-9][\w.-]*(?:/[A-Za-z0-9][\w.-]*){1,5}")


def _endpoint(value: str) -> str:
    if not _ENDPOINT.fullmatch(value):
        raise ValueError("must be a name such as fal-ai/fast-lightning-sdxl or comfy/me/portrait, without https://")
    return value


Endpoint = Annotated[str, AfterValidator(_endpoint)]


class FalConfig(HostedConfig):
    """What all of them have. https://docs.fal.ai/model-endpoints/queue describes the queue."""

    api_key: SecretStr = key_field("FAL_KEY", "Key of fal; it is never shown.")
    max_concurrent: int = Field(
        2, ge=1, le=64, description="Pictures at the same time; new accounts run 2, what is more waits at fal."
    )
    queue_url: WebAddress = Field("https://queue.fal.run", description="Address of fal's queue.")
    rest_url: WebAddress = Field("https://rest.fal.ai", description="Address of fal's storage, for uploads.")
    start_timeout_seconds: float = Field(
        600, gt=1, le=86400, description="Seconds that a picture may wait at fal before it begins."
    )
    deadline_seconds: float = Field(
        1200, gt=0, le=86400, description="Seconds after which a picture that fal accepted is given up, and cancelled."
    )
    poll_seconds: float = Field(0.5, gt=0, le=60, description="Seconds between two looks at a picture under way.")
    priority: Literal["normal", "low"] = Field("normal", description="Place in fal's queue.")
    platform_retries: bool = Field(
        False, description="Whether fal itself may begin anew after an error, which takes and costs more."
    )
    keep_seconds: int = Field(
        3600, ge=600, le=2592000, description="Seconds that fal keeps pictures, for anybody who knows their address."
    )
    upload: Literal["storage", "inline"] = Field(
        "storage", description="How a picture to start from gets there: uploaded before, or within the request."
    )


class FalLightningConfig(FalConfig):
    """https://fal.ai/models/fal-ai/fast-lightning-sdxl/image-to-image/api."""

    strategy: str = Field("fal-lightning", description="Name of the generator.")
    endpoint: Endpoint = Field("fal-ai/fast-lightning-sdxl/image-to-image", description="Name of the model at fal.")
    model_name: str = Field("fast-lightning-sdxl", min_length=1, max_length=200, description="Name of the model here.")
    family: str | None = Field("sdxl", max_length=50, description="Family of the model.")
    image_format: Literal["png", "jpeg"] = Field("png", description="Format of the pictures.")
    safety_checker: bool = Field(True, description="Whether fal blacks out what it takes for unsafe.")
    steps: Literal[1, 2, 4, 8] = Field(4, description="Steps where a request says none.")


class LoraInputs(BaseModel):
    """Where a workflow takes one LoRA."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(description="Input that takes the LoRA's name.")
    strength: str | None = Field(None, description="Input that takes its strength.")


PARAMETERS = (
    "prompt",
    "negative_prompt",
    "seed",
    "width",
    "height",
    "steps",
    "guidance_scale",
    "sampler",
    "scheduler",
    "strength",
    "image",
    "mask",
    "depth_map",
    "controlnet_strength",
)
"""Those that a workflow can have inputs for."""


class FalComfyConfig(FalConfig):
    """A workflow that is stored at fal. What it can do is what it has inputs for."""

    strategy: str = Field("fal-comfy", description="Name of the generator.")
    endpoint: Endpoint = Field(
        description="Name of the workflow at fal, such as comfy/me/portrait.", examples=["comfy/me/portrait"]
    )
    model_name: str = Field("", max_length=200, description="Name of its model here; empty: the workflow's name.")
    inputs: dict[str, str] = Field(
        default_factory=lambda: {"prompt": "prompt"},
        description=f"By parameter ({', '.join(PARAMETERS)}) the workflow's input that takes it.",
    )
    constants: dict[str, JsonValue] = Field(default_factory=dict, description="Inputs that always have this value.")
    lora_inputs: list[LoraInputs] = Field(
        default_factory=list, max_length=20, description="Where it takes LoRAs, one after the other."
    )
    lora_names: dict[str, str] = Field(default_factory=dict, description="By a LoRA's name here, its name at fal.")
    output_node: str | None = Field(
        None, description="Number of the graph node whose picture counts; empty: the first picture that is saved."
    )
    steps: int | None = Field(
        None, ge=1, description="Steps that the workflow always makes, if it has no input for them."
    )
    width: int | None = Field(None, ge=1, description="Width that its pictures always have, if it has no input for it.")
    height: int | None = Field(None, ge=1, description="Height, as with the width.")

    @model_validator(mode="after")
    def _check_inputs(self) -> "FalComfyConfig":
        unknown = sorted({*self.inputs} - {*PARAMETERS})
        if unknown:
            raise ValueError(f"inputs: there is no parameter {unknown[0]!r}, only {', '.join(PARAMETERS)}")
        if "prompt" not in self.inputs:
            raise ValueError("inputs: say which input takes the prompt")
        if ("width" in self.inputs) != ("height" in self.inputs) or (self.width is None) != (self.height is None):
            raise ValueError("width and height belong together")
        twice = _twice([*self.inputs.values(), *self.constants, *_of_loras(self.lora_inputs)])
        if twice:
            raise ValueError(f"the input {twice!r} is named twice")
        return self


def _of_loras(inputs: list[LoraInputs]) -> list[str]:
    return [name for each in inputs for name in (each.name, each.strength) if name is not None]


def _twice(names: list[Any]) -> Any:
    return next((name for index, name in enumerate(names) if name in names[:index]), None)
