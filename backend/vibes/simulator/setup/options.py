"""How one simulated node is set up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vibes.simulator.setup.dialect import AUGUST_2026, dialect_of
from vibes.simulator.setup.packs import pack_of
from vibes.simulator.setup.profiles import profile_of

_HIGHEST_PORT = 65535
_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeOptions:
    """Everything a simulated node can be told before it starts; a wrong value is a ValueError that says so."""

    profile: str = "rtx-3060"
    """The slug of one of `profiles.PROFILES`."""
    time_scale: float = 1.0
    """Factor on every simulated second; 0 is as fast as the pictures can be drawn."""
    comfyui_version: str = AUGUST_2026.version
    host: str = "127.0.0.1"
    port: int = 0
    """0 lets the operating system choose."""
    folder: Path | None = None
    """Where ``input``, ``output`` and ``temp`` are; None: a temporary folder that is removed with the node."""
    seed: int = 0
    """Seed of all that a real node draws at random, such as letters in the names of temporary files."""
    previews: bool = True
    """As ``--preview-method latent2rgb``; the ``instant`` profile sends none unless a prompt asks."""
    models: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Folder name to file names; each folder named here replaces what the profile would list."""
    packs: Sequence[str] = ()
    """Custom graph nodes that are installed, by their names in `packs.PACKS`; a stock ComfyUI has none."""
    windows: bool = False
    """List and take file names with backslashes, as ComfyUI does on Windows: ``styles\\x.safetensors``."""
    without: Sequence[str] = ()
    """Samplers, schedulers and other list values that no list has, as with an older ComfyUI."""
    max_upload_bytes: int = 100 * _MIB
    displacement_bug: bool = True
    """As in ComfyUI (docs/comfyui-protocol.md#one-socket-a-client-id): when the older of two sockets of one client
    closes, the newer one is forgotten."""
    crash_ends_process: bool = False
    """True: a crash ends the whole process. False, for several nodes in one process: it only cuts this node's
    connections."""

    def __post_init__(self) -> None:
        profile_of(self.profile)
        folders = set(dialect_of(self.comfyui_version).model_folders)
        for name in self.packs:
            folders |= pack_of(name).files.keys()
        if unknown := self.models.keys() - folders:
            raise ValueError(f"no model folder {', '.join(sorted(unknown))} in ComfyUI {self.comfyui_version}")
        if not self.time_scale >= 0:
            raise ValueError(f"time_scale must be 0 or more, not {self.time_scale}")
        if not 0 <= self.port <= _HIGHEST_PORT:
            raise ValueError(f"port must be 0 to {_HIGHEST_PORT}, not {self.port}")
