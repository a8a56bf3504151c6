"""One sampled picture out of everything that a sampler is given."""

from dataclasses import dataclass

from PIL import Image, ImageEnhance

from vibes.simulator.pictures import derive, painter, scene, styles
from vibes.simulator.pictures.derive import Control
from vibes.simulator.pictures.noise import generator
from vibes.simulator.pictures.palette import palette_for
from vibes.simulator.pictures.styles import AppliedLora

_LARGEST_PAINTED = 512
_SHARE_PAINTED = 0.75
"""Share of a picture's side at which it is painted, and the largest side painted; enlarging it saves time."""

_PLAIN_CELLS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Everything that decides what a picture looks like; equal samplings give equal pictures."""

    prompt: str
    negative: str
    seed: int
    index: int
    """Place in the batch: one prompt with ``batch_size`` n gives n different pictures."""
    checkpoint: str
    loras: tuple[AppliedLora, ...] = ()
    steps: int
    cfg: float
    sampler: str
    scheduler: str
    denoise: float = 1.0
    size: tuple[int, int]
    source: Image.Image | None = None
    mask: Image.Image | None = None
    """White where ``source`` may change."""
    controls: tuple[Control, ...] = ()
    keeps_source: bool = False
    """Edit models repaint their reference even at denoise 1."""
    plain: bool = False
    """Flat colours instead of a painting, for measuring everything but the picture."""


def sample(sampling: Sampling) -> Image.Image:
    """The picture at working size; `finish.enlarge` gives it its real one."""
    if sampling.plain:
        return _plain(sampling)
    key = _key(sampling)
    fresh = _fresh(sampling, key)
    source = sampling.source
    if source is None:
        return fresh
    denoise = min(sampling.denoise, 0.5) if sampling.keeps_source else sampling.denoise
    styled = styles.apply_loras(source, sampling.loras) if denoise > 0 else source
    painted = derive.repaint(styled, fresh, palette_for(sampling.prompt), denoise, key)
    return painted if sampling.mask is None else derive.inpaint(source, painted, sampling.mask)


def _fresh(sampling: Sampling, key: str) -> Image.Image:
    composition = scene.compose(sampling.prompt, f"{sampling.seed}/{sampling.index}/{sampling.checkpoint}")
    picture = painter.paint(composition, painted_size(sampling.size))
    for control in sampling.controls:
        picture = derive.follow(picture, control, composition.palette)
    picture = styles.apply_checkpoint(picture, sampling.checkpoint)
    picture = styles.apply_loras(picture, sampling.loras)
    return _settings(picture, sampling, key)


def painted_size(size: tuple[int, int]) -> tuple[int, int]:
    """The size at which a picture of ``size`` is painted."""
    share = min(_SHARE_PAINTED, _LARGEST_PAINTED / max(size))
    return max(round(size[0] * share), 16), max(round(size[1] * share), 16)


def _key(sampling: Sampling) -> str:
    """The seed of the details, which change without the composition changing."""
    parts = (sampling.negative, sampling.seed, sampling.index, sampling.sampler, sampling.scheduler, sampling.steps)
    return "|".join(str(part) for part in parts)


def _settings(picture: Image.Image, sampling: Sampling, key: str) -> Image.Image:
    """Apply the settings: guidance adds colour, steps add definition, and each value has a slight tint of its own."""
    random = generator("settings", key)
    picture = ImageEnhance.Color(picture).enhance(min(0.86 + 0.02 * sampling.cfg, 1.5) + random.uniform(-0.03, 0.03))
    picture = ImageEnhance.Contrast(picture).enhance(0.94 + 0.02 * min(sampling.steps, 50) ** 0.5)
    return ImageEnhance.Brightness(picture).enhance(1 + random.uniform(-0.02, 0.02))


def _plain(sampling: Sampling) -> Image.Image:
    random = generator("plain", sampling.prompt, sampling.checkpoint, _key(sampling), sampling.loras)
    cells = Image.frombytes("RGB", (_PLAIN_CELLS, _PLAIN_CELLS), random.randbytes(_PLAIN_CELLS**2 * 3))
    return cells.resize(sampling.size, Image.Resampling.NEAREST)
