"""Every tunable of a worker; database, broker and media store are those of the hub's settings."""

import re
import socket
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from vibes.environment.home_folder import at_home

ALL_FAMILIES = (
    *("sd15", "sdxl", "pony", "illustrious", "flux", "flux_fp8", "qwen-image", "z-image"),
    *("upscale", "controlnet", "ipadapter", "faceid"),
)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_DEVICE = re.compile(r"(?:cuda:)?\d{1,3}|cpu")


class WorkerSettings(BaseSettings):
    """Read from ``VIBES_WORKER_…`` variables; options of the command line take precedence."""

    model_config = SettingsConfigDict(env_prefix="VIBES_WORKER_", frozen=True, extra="ignore", env_ignore_empty=True)

    name: str = Field("", description="Unique among all workers; default: this machine's name and the device.")
    device: str = Field("cuda:0", description="cuda:0, cuda:1, …, or cpu: one card a process.")
    comfyui: str | None = Field(None, description="URL of a ComfyUI that runs already, instead of one of its own.")
    comfyui_folder: Path | None = Field(None, description="Folder of the ComfyUI that it starts, with its main.py.")
    python: Path | None = Field(None, description="Its Python; default: that of .venv or venv in the folder.")
    extra_model_paths: Path | None = Field(None, description="YAML file that says where more models are.")
    extra_args: tuple[str, ...] = Field((), description="Further arguments for it, as a JSON list.")
    tier: str = Field("standard", pattern="^(draft|standard|quality|premium)$")
    capabilities: Annotated[tuple[str, ...], NoDecode] = Field(
        ALL_FAMILIES, description="Model families and operations that it may be given, separated by commas."
    )
    max_resolution: Annotated[int, Field(ge=64, le=16384)] = Field(
        2048, description="Edge of the largest square that it may draw."
    )
    pull: bool = Field(False, description="Take orders from the queue of a pool, which nobody plans.")
    pool: str = Field("pool", description="Name of that pool.")
    deadline: Annotated[float, Field(gt=0)] = Field(3600.0, description="Seconds that one order may take.")
    lost_after: Annotated[float, Field(gt=0)] = Field(
        10.0, description="Seconds without a heartbeat after which a worker is taken to be gone; the same for the hub."
    )

    @field_validator("name", "pool")
    @classmethod
    def _may_be_an_address(cls, name: str) -> str:
        if name and (not _NAME.fullmatch(name) or name in {".", ".."}):
            raise ValueError(f"{name!r} may hold letters, digits, '.', '_' and '-', up to 64")
        return name

    @field_validator("device")
    @classmethod
    def _is_a_device(cls, device: str) -> str:
        if not _DEVICE.fullmatch(device):
            raise ValueError(f"{device!r} is no device: say cuda:0, cuda:1, … or cpu")
        return device if device == "cpu" or device.startswith("cuda:") else f"cuda:{device}"

    @field_validator("capabilities", mode="before")
    @classmethod
    def _separated_by_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("comfyui_folder", "python", "extra_model_paths")
    @classmethod
    def _whole_path(cls, path: Path | None) -> Path | None:
        return path and at_home(path).absolute()

    @model_validator(mode="after")
    def _one_comfyui(self) -> "WorkerSettings":
        if (self.comfyui is None) == (self.comfyui_folder is None):
            raise ValueError(
                "say which ComfyUI it drives: --comfyui-folder ~/ComfyUI for one that it starts, or --comfyui "
                "http://127.0.0.1:8188 for one that runs already"
            )
        return self

    @property
    def own_name(self) -> str:
        machine = re.sub(r"[^A-Za-z0-9._-]+", "-", socket.gethostname())[:50]
        return self.name or f"{machine}-{self.device.replace(':', '')}"

    @property
    def node_id(self) -> str:
        """What the hub knows it by."""
        return self.pool if self.pull else self.own_name

    @property
    def own_python(self) -> Path | None:
        if self.python is not None or self.comfyui_folder is None:
            return self.python
        candidates = [self.comfyui_folder / each / "bin" / "python" for each in (".venv", "venv")]
        return next((each for each in candidates if each.exists()), candidates[0])
