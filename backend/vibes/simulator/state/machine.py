"""The simulated card: which model is in its memory, and how long loading one takes."""

from vibes.simulator.setup.profiles import Family, GpuProfile

_GIB = 1024**3
_CONTEXT_GIGABYTES = 0.35
"""Gigabytes that the driver takes even when no model is loaded."""
_RAM_TOTAL = 32 * _GIB


class Machine:
    """One card with room for one diffusion model."""

    def __init__(self, profile: GpuProfile) -> None:
        self.profile = profile
        self._loaded: str | None = None
        self._family = Family.SD15

    @property
    def loaded(self) -> str | None:
        """The file that is in memory, or None."""
        return self._loaded

    def load(self, file_name: str, family: Family) -> float:
        """Load the file; answers the seconds that takes, 0 when it is loaded already."""
        if self._loaded == file_name:
            return 0.0
        self._loaded, self._family = file_name, family
        return self.profile.load_seconds(family)

    def unload(self) -> None:
        self._loaded = None

    def vram(self, foreign_gigabytes: float = 0.0) -> dict[str, int]:
        """The four memory numbers of ``/system_stats``, in bytes; another program holds so many gigabytes."""
        total = self.profile.vram_gigabytes * _GIB
        model = 0 if self._loaded is None else round(self.profile.loaded_gigabytes(self._family) * _GIB)
        reserved = model + (_GIB // 8 if model else 0)
        return {
            "vram_total": total,
            "vram_free": max(total - reserved - round((_CONTEXT_GIGABYTES + foreign_gigabytes) * _GIB), 0),
            "torch_vram_total": reserved,
            "torch_vram_free": reserved - model,
        }

    def ram(self) -> dict[str, int]:
        used = 6 * _GIB + (0 if self._loaded is None else round(self.profile.loaded_gigabytes(self._family) * _GIB))
        return {"ram_total": _RAM_TOTAL, "ram_free": _RAM_TOTAL - used}
