"""The values on the links of a graph: small stand-ins for tensors and models."""

from dataclasses import dataclass, replace

from PIL import Image

from vibes.simulator.pictures.derive import Control
from vibes.simulator.pictures.styles import AppliedLora
from vibes.simulator.setup.profiles import PIXELS_PER_MEGAPIXEL, Family

Images = tuple[Image.Image, ...]
"""A batch of RGB pictures."""

Masks = tuple[Image.Image, ...]
"""A batch of grey pictures, white where something may change."""


@dataclass(frozen=True, slots=True)
class Model:
    """A diffusion model with its LoRAs."""

    file_name: str
    loras: tuple[AppliedLora, ...] = ()

    def with_lora(self, name: str, strength: float) -> "Model":
        return replace(self, loras=(*self.loras, AppliedLora(name, strength)))


@dataclass(frozen=True, slots=True)
class Clip:
    """A text encoder, or several."""

    file_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Vae:
    file_name: str


@dataclass(frozen=True, slots=True)
class Conditioning:
    """A prompt's text and what was attached to it."""

    text: str
    controls: tuple[Control, ...] = ()
    edits_image: bool = False
    """True when the text encoder of an edit model was given a picture."""


@dataclass(frozen=True, slots=True)
class Latent:
    """A batch of pictures before decoding; without ``pictures`` it is empty."""

    size: tuple[int, int]
    batch: int
    pictures: Images | None = None
    mask: Image.Image | None = None
    family: Family | None = None
    """The family that the latent's class is made for; None: any."""

    @property
    def megapixels(self) -> float:
        """Megapixels of the whole batch."""
        return self.size[0] * self.size[1] / PIXELS_PER_MEGAPIXEL * self.batch


@dataclass(frozen=True, slots=True)
class UpscaleModel:
    file_name: str
    factor: int


@dataclass(frozen=True, slots=True)
class ControlNet:
    file_name: str


@dataclass(frozen=True, slots=True)
class Noise:
    seed: int


@dataclass(frozen=True, slots=True)
class Sampler:
    name: str


@dataclass(frozen=True, slots=True)
class Sigmas:
    steps: int
    scheduler: str
    denoise: float


@dataclass(frozen=True, slots=True)
class Guider:
    model: Model
    positive: Conditioning
    negative: Conditioning
    cfg: float


def megapixels_of(images: Images) -> float:
    """Megapixels of the whole batch."""
    return sum(image.width * image.height for image in images) / PIXELS_PER_MEGAPIXEL
