"""What a ComfyUI is started with: its folders, its arguments and its environment."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from vibes.generators.managed_comfyui.config import ManagedConfig

ADDRESS = "127.0.0.1"
"""Never left out: ``--listen`` without an address means all interfaces."""
_CHOICE_OF_CARDS = frozenset({"CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"})
_PREVIEWS = ("--preview-method", "latent2rgb")


@dataclass(frozen=True, slots=True)
class Folders:
    """What one ComfyUI writes; two that share a user folder lock each other out."""

    root: Path

    @property
    def written(self) -> tuple[Path, ...]:
        """Must be there before it starts."""
        return tuple(self.root / name for name in ("input", "output", "temp", "user"))

    @property
    def log(self) -> Path:
        return self.root / "comfyui.log"


def command_of(config: ManagedConfig, folders: Folders, port: int) -> tuple[str, ...]:
    own = [f"--{folder.name}-directory={folder}" for folder in folders.written]
    return (
        str(config.python),
        str(config.folder / "main.py"),
        f"--listen={ADDRESS}",
        f"--port={port}",
        "--disable-auto-launch",
        *own,
        f"--database-url=sqlite:///{folders.root / 'user' / 'comfyui.db'}",
        *([] if config.extra_model_paths is None else [f"--extra-model-paths-config={config.extra_model_paths}"]),
        *_device(config),
        *(() if any(each.startswith(_PREVIEWS[0]) for each in config.extra_args) else _PREVIEWS),
        *config.extra_args,
    )


def _device(config: ManagedConfig) -> list[str]:
    if config.device is None:
        return []
    return ["--cpu"] if config.device == "cpu" else [f"--cuda-device={config.device}"]


def environment_of(config: ManagedConfig, inherited: Mapping[str, str]) -> dict[str, str]:
    """A card is chosen by the flag or by a variable: both together choose another one."""
    dropped = frozenset() if config.device is None else _CHOICE_OF_CARDS
    kept = {name: value for name, value in inherited.items() if name not in dropped}
    return {**kept, "CUDA_DEVICE_ORDER": "PCI_BUS_ID", "PYTHONUNBUFFERED": "1", **config.environment}
