"""Settings of the generator ``diffusers``: which files it draws with, on which device, and how long it may take."""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.local.samplers import ORDINARY, SAMPLERS, SCHEDULERS, refused_combination

_MODEL = "A checkpoint: a .safetensors file, or a folder as Diffusers saves it."


class LocalGeneratorConfig(BaseGeneratorConfig):
    """Without anything said but the model it is SDXL Lightning in four steps."""

    strategy: str = Field(default="diffusers", description="Name of the generator.")
    max_concurrent: int = Field(default=1, ge=1, le=1, description="One: a pipeline draws one picture at a time.")
    python: Path | None = Field(
        default=None,
        description="The Python that has torch and Diffusers, such as that of a virtual environment; null: this one.",
    )
    environment: dict[str, str] = Field(
        default_factory=dict,
        description="Further variables of the process that draws. Of the hub's own it gets only harmless ones, no key.",
    )
    model: Path = Field(description=_MODEL, examples=["/models/sdxl_lightning_4step.safetensors"])
    model_name: str = Field(default="", description="As a request names it; empty: the name of the file or folder.")
    family: Literal["sdxl", "sd15"] = Field(default="sdxl", description="What kind of checkpoint it is.")
    configuration_dir: Path | None = Field(
        default=None,
        description="For a single file: a folder with the configuration and tokenizers of its family, as Diffusers "
        "saves it; null: out of the cache of Hugging Face.",
    )
    downloads: bool = Field(
        default=False, description="Whether what a single file lacks may be fetched from Hugging Face."
    )
    lightning_steps: Literal[2, 4, 8] | None = Field(
        default=4,
        description="SDXL Lightning: the steps that its file was made for; null: an ordinary checkpoint.",
    )
    lightning_file: Path | None = Field(
        default=None,
        description="Lightning's UNet or LoRA, put into an ordinary SDXL checkpoint; null: the checkpoint is one.",
    )
    vae: Path | None = Field(
        default=None,
        description="Another VAE, file or folder: SDXL's own overflows in float16, into a black picture, unless it is "
        "computed in float32, as it is without this.",
    )
    controlnet: Path | None = Field(default=None, description="A ControlNet that follows depth maps, file or folder.")
    loras_dir: Path | None = Field(default=None, description="The folder of LoRAs, which requests name by their files.")
    device: str = Field(
        default="auto", pattern=r"^(auto|cpu|mps|cuda(:\d+)?|xpu(:\d+)?)$", description="auto, cpu, cuda, cuda:1, mps …"
    )
    dtype: Literal["auto", "float16", "bfloat16", "float32"] = Field(
        default="auto", description="auto: float16 on a GPU, float32 on the CPU."
    )
    offload: Literal["none", "model", "sequential"] = Field(
        default="none", description="What waits in main memory: nothing, models, or single layers (slow, least memory)."
    )
    vae_tiling: bool = Field(default=False, description="Decode in tiles: less memory for large pictures.")
    compile: bool = Field(default=False, description="Compile the UNet's blocks: the first picture takes minutes.")
    warm_up: bool = Field(
        default=True, description="Load the model and draw a small picture at the start, not with the first request."
    )
    previews: bool = Field(default=True, description="Whether each step shows what the picture looks like so far.")
    width: int = Field(default=1024, ge=64, le=4096, multiple_of=8, description="Pixels, where a request says nothing.")
    height: int = Field(default=1024, ge=64, le=4096, multiple_of=8, description="As width.")
    most_side: int = Field(default=2048, ge=64, le=8192, description="The longest side that fits into the memory.")
    steps: int = Field(default=25, ge=1, le=200, description="Without Lightning, where a request says nothing.")
    guidance_scale: float = Field(default=6.0, ge=0, le=50, description="As steps.")
    sampler: str = Field(default=ORDINARY[0], description="As steps; ComfyUI's name.")
    scheduler: str = Field(default=ORDINARY[1], description="As steps; ComfyUI's name.")
    strength: float = Field(default=0.8, gt=0, le=1, description="Where a request with a picture says nothing.")
    controlnet_strength: float = Field(default=0.6, ge=0, le=2, description="Where a request says nothing.")
    load_seconds: float = Field(
        default=900, gt=0, description="How long starting and loading may take before the child is ended."
    )
    silent_seconds: float = Field(
        default=300, gt=0, description="How long a picture may show no step before the child is ended as hung."
    )

    @property
    def name_of_model(self) -> str:
        return self.model_name or self.model.name

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if self.family == "sd15" and self.lightning_steps is not None:
            raise ValueError("SDXL Lightning is made for sdxl: set lightning_steps to null for family sd15")
        if self.lightning_file is not None and self.lightning_steps is None:
            raise ValueError("lightning_file needs lightning_steps: 2, 4 or 8, as its name says")
        for name, known in ((self.sampler, SAMPLERS), (self.scheduler, SCHEDULERS)):
            if name not in known:
                raise ValueError(f"there is no {name!r}, only {', '.join(known)}")
        reason = refused_combination(self.sampler, self.scheduler)
        if reason:
            raise ValueError(f"it {reason}")
        return self
