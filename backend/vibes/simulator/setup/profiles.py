"""The cards that can be simulated: their speed and memory."""

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What a model file is, as far as time and memory are concerned."""

    SD15 = "sd15"
    SDXL = "sdxl"
    FLUX = "flux"
    FLUX2 = "flux2"
    QWEN_IMAGE = "qwen-image"
    Z_IMAGE = "z-image"


PIXELS_PER_MEGAPIXEL = 1024 * 1024

_DECODE_SECONDS_PER_MEGAPIXEL = 0.12
_SAVE_SECONDS_OF_FIRST_MEGAPIXEL = 0.16
_SAVE_SECONDS_PER_FURTHER_MEGAPIXEL = 0.05
"""Seconds, all included in the figures below; saving leaves time for writing the real PNG."""

_OVERHEAD = _DECODE_SECONDS_PER_MEGAPIXEL + _SAVE_SECONDS_OF_FIRST_MEGAPIXEL

_DRAFT_STEPS, _DRAFT_MEGAPIXELS = 10, 0.25
_FLUX_SECONDS, _FLUX_STEPS = 8.0, 20
_ESRGAN_SECONDS, _ESRGAN_MEGAPIXELS = 2.0, 16.0
_REFERENCE_SDXL_SECONDS_PER_STEP = 0.3
"""Seconds per step of the card on which Flux and ESRGAN were timed; other cards take longer in proportion to their
SDXL."""

_SECONDS_AGAINST_FLUX = {Family.FLUX: 1.0, Family.Z_IMAGE: 0.75, Family.QWEN_IMAGE: 2.0, Family.FLUX2: 2.5}

_LOAD_SECONDS = {
    Family.SD15: 2.0,
    Family.SDXL: 5.0,
    Family.FLUX: 9.0,
    Family.Z_IMAGE: 7.0,
    Family.QWEN_IMAGE: 14.0,
    Family.FLUX2: 16.0,
}
_LOADED_GIGABYTES = {
    Family.SD15: 2.1,
    Family.SDXL: 6.4,
    Family.FLUX: 11.9,
    Family.Z_IMAGE: 11.5,
    Family.QWEN_IMAGE: 14.2,
    Family.FLUX2: 14.8,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuProfile:
    """One card. Its seconds are those of a whole warm picture, decoding and saving included."""

    slug: str
    device: str
    vram_gigabytes: int
    draft_seconds: float
    """Seconds for SD 1.5, 512 x 512, 10 steps."""
    sdxl_seconds: float
    """Seconds for SDXL, 1024 x 1024, ``sdxl_steps`` steps."""
    sdxl_steps: int
    load_factor: float
    """Time to read a checkpoint into memory, as a multiple of the RTX 3060's."""
    instant: bool = False
    """Takes no time and draws flat pictures, to measure everything but the simulator."""

    def sampling_seconds(self, family: Family, steps: int, megapixels: float) -> float:
        """Seconds of sampling, linear in steps and in megapixels."""
        return 0.0 if self.instant else self._seconds_per_step(family) * steps * megapixels

    def decode_seconds(self, megapixels: float) -> float:
        return 0.0 if self.instant else _DECODE_SECONDS_PER_MEGAPIXEL * megapixels

    def save_seconds(self, megapixels: float) -> float:
        return 0.0 if self.instant else _save_seconds(megapixels)

    def upscale_seconds(self, megapixels: float, factor: int) -> float:
        """Seconds of ESRGAN for an input of ``megapixels``; with saving the result they add up to the measured
        figure."""
        if self.instant:
            return 0.0
        reference = _ESRGAN_SECONDS * self._slowness - _save_seconds(_ESRGAN_MEGAPIXELS)
        return reference * megapixels * factor**2 / _ESRGAN_MEGAPIXELS

    def load_seconds(self, family: Family) -> float:
        return 0.0 if self.instant else _LOAD_SECONDS[family] * self.load_factor

    def loaded_gigabytes(self, family: Family) -> float:
        """Gigabytes on the card, at most its memory: ComfyUI keeps the rest in main memory."""
        return min(_LOADED_GIGABYTES[family], self.vram_gigabytes * 0.92)

    @property
    def _slowness(self) -> float:
        return self.sdxl_seconds / self.sdxl_steps / _REFERENCE_SDXL_SECONDS_PER_STEP

    def _seconds_per_step(self, family: Family) -> float:
        match family:
            case Family.SD15:
                return (self.draft_seconds / _DRAFT_MEGAPIXELS - _OVERHEAD) / _DRAFT_STEPS
            case Family.SDXL:
                return (self.sdxl_seconds - _OVERHEAD) / self.sdxl_steps
            case _:
                flux = (_FLUX_SECONDS * self._slowness - _OVERHEAD) / _FLUX_STEPS
                return flux * _SECONDS_AGAINST_FLUX[family]


_PROFILES = (
    GpuProfile(
        slug="rtx-3050-ti",
        device="NVIDIA GeForce RTX 3050 Ti",
        vram_gigabytes=4,
        draft_seconds=1.5,
        sdxl_seconds=30.0,
        sdxl_steps=25,
        load_factor=1.6,
    ),
    GpuProfile(
        slug="rtx-3060",
        device="NVIDIA GeForce RTX 3060",
        vram_gigabytes=12,
        draft_seconds=1.0,
        sdxl_seconds=10.0,
        sdxl_steps=25,
        load_factor=1.0,
    ),
    GpuProfile(
        slug="rtx-4060-ti",
        device="NVIDIA GeForce RTX 4060 Ti",
        vram_gigabytes=8,
        draft_seconds=0.8,
        sdxl_seconds=12.0,
        sdxl_steps=35,
        load_factor=0.85,
    ),
    GpuProfile(
        slug="rtx-5060-ti",
        device="NVIDIA GeForce RTX 5060 Ti",
        vram_gigabytes=16,
        draft_seconds=0.5,
        sdxl_seconds=15.0,
        sdxl_steps=50,
        load_factor=0.7,
    ),
    GpuProfile(
        slug="instant",
        device="Instant",
        vram_gigabytes=24,
        draft_seconds=0.0,
        sdxl_seconds=0.0,
        sdxl_steps=1,
        load_factor=0.0,
        instant=True,
    ),
)

PROFILES = {profile.slug: profile for profile in _PROFILES}

_NAMED = (
    ("flux2", Family.FLUX2),
    ("flux", Family.FLUX),
    ("qwen", Family.QWEN_IMAGE),
    ("z_image", Family.Z_IMAGE),
    ("z-image", Family.Z_IMAGE),
    ("xl", Family.SDXL),
    ("pony", Family.SDXL),
    ("illustrious", Family.SDXL),
    ("v1-5", Family.SD15),
    ("sd15", Family.SD15),
)


def _save_seconds(megapixels: float) -> float:
    further = max(megapixels - 1, 0)
    return _SAVE_SECONDS_OF_FIRST_MEGAPIXEL * (megapixels - further) + _SAVE_SECONDS_PER_FURTHER_MEGAPIXEL * further


def profile_of(slug: str) -> GpuProfile:
    """The profile of a slug; ValueError names those there are."""
    if slug not in PROFILES:
        raise ValueError(f"no GPU profile {slug!r}; choose one of {', '.join(PROFILES)}")
    return PROFILES[slug]


def family_of(file_name: str, latent: Family | None = None) -> Family:
    """The family by the file's name, else by the latent that it samples, else SD 1.5."""
    lowered = file_name.lower()
    return next((family for word, family in _NAMED if word in lowered), latent or Family.SD15)
