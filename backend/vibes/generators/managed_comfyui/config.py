"""Which ComfyUI is run, and how: the options of an entry of kind ``comfyui-managed``."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

OURS = {
    "--listen": "it listens on this machine only",
    "--port": "say it with port",
    "--cuda-device": "say it with device",
    "--cpu": "say it with device: cpu",
    "--extra-model-paths-config": "say it with extra_model_paths",
    "--auto-launch": "there is nobody to look at a browser",
    **dict.fromkeys(
        (
            "--base-directory",
            "--database-url",
            "--input-directory",
            "--output-directory",
            "--temp-directory",
            "--user-directory",
        ),
        "it has folders of its own",
    ),
}
"""Flags that other options decide, and which."""


def _absolute(path: Path) -> Path:
    path = path.expanduser()
    if not path.is_absolute():
        raise ValueError("write the whole path, from / or ~ on")
    return path


WholePath = Annotated[Path, AfterValidator(_absolute)]


class ManagedConfig(BaseModel):
    """One entry is one process on one card."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    folder: WholePath = Field(description="The folder of the ComfyUI, with its main.py.", examples=["~/ComfyUI"])
    python: WholePath = Field(
        description="The Python that has what ComfyUI needs, such as the one of its virtual environment.",
        examples=["~/ComfyUI/.venv/bin/python"],
    )
    device: Annotated[int, Field(ge=0, le=255)] | Literal["cpu"] | None = Field(
        None, description="The number of its card in the order of nvidia-smi, or cpu. Without it ComfyUI chooses."
    )
    port: int | None = Field(
        None, description="On this machine; without it a free one at each start.", ge=1024, le=65535
    )
    extra_args: list[str] = Field(default_factory=list, description="Further arguments, such as [--lowvram].")
    extra_model_paths: WholePath | None = Field(
        None, description="A YAML file that says where more models are, as ComfyUI reads it."
    )
    ready_seconds: float = Field(
        300, description="It must answer so many seconds after its start, custom nodes included.", gt=0, le=3600
    )
    environment: dict[str, str] = Field(
        default_factory=dict, description="Further variables. Of the hub's own it gets only harmless ones."
    )

    @field_validator("extra_args")
    @classmethod
    def _not_ours(cls, arguments: list[str]) -> list[str]:
        for each in arguments:
            flag = each.partition("=")[0]
            if flag in OURS:
                raise ValueError(f"leave out {flag}: {OURS[flag]}")
        return arguments
