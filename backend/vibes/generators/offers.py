"""What a generator offers with its present settings, and why it would refuse a request. Pure values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from vibes.generators.capabilities import GeneratorCapabilities

_C = GeneratorCapabilities


class GeneratorOperation(StrEnum):
    """What is done; the hub's operations of the same names."""

    TXT2IMG = "txt2img"
    IMG2IMG = "img2img"
    INPAINT = "inpaint"
    CONTROLNET = "controlnet"
    UPSCALE = "upscale"


_OPERATIONS = {
    _C.IMAGE_TO_IMAGE: GeneratorOperation.IMG2IMG,
    _C.CONTROLNET: GeneratorOperation.CONTROLNET,
    _C.UPSCALING: GeneratorOperation.UPSCALE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRule:
    """Which sizes in pixels can be drawn; without anything said, all."""

    only: tuple[tuple[int, int], ...] = ()
    """Width and height of the only sizes, if there are only some."""
    multiple_of: int = 1
    """Both sides are multiples of this."""
    least_side: int = 1
    most_side: int | None = None
    least_pixels: int = 1
    most_pixels: int | None = None
    most_ratio: float | None = None
    """Longer side divided by the shorter one, at most."""

    def refuses(self, width: int, height: int) -> str | None:
        """Why not this size, as the end of a sentence that begins with who draws; None when it can be drawn."""
        return next(self._reasons(width, height), None)

    def _reasons(self, width: int, height: int) -> Iterator[str]:
        size = f"{width}×{height}"
        if self.only and (width, height) not in self.only:
            yield f"draws no {size}, only {', '.join(f'{wide}×{high}' for wide, high in self.only)}"
        if width % self.multiple_of or height % self.multiple_of:
            yield f"draws no {size}: both sides must be multiples of {self.multiple_of}"
        if min(width, height) < self.least_side:
            yield f"draws no {size}: a side must be at least {self.least_side}"
        if self.most_side is not None and max(width, height) > self.most_side:
            yield f"draws no {size}: a side can be at most {self.most_side}"
        if width * height < self.least_pixels:
            yield f"draws no {size}: a picture must have at least {self.least_pixels} pixels"
        if self.most_pixels is not None and width * height > self.most_pixels:
            yield f"draws no {size}: a picture can have at most {self.most_pixels} pixels"
        if self.most_ratio is not None and max(width, height) > self.most_ratio * min(width, height):
            yield f"draws no {size}: a side can be at most {self.most_ratio:g} times the other"


ANY_SIZE = SizeRule()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelOffer:
    """One model with the settings of its generator."""

    name: str
    """As a request names it; for a checkpoint its file name."""
    family: str | None = None
    """The hub's name of its family, such as ``sdxl``; None: the one that the node's entry says."""
    operations: frozenset[GeneratorOperation] = frozenset({GeneratorOperation.TXT2IMG})
    capabilities: frozenset[GeneratorCapabilities] = frozenset()
    """What holds for this model with these settings."""
    sizes: SizeRule = ANY_SIZE
    samplers: tuple[str, ...] = ()
    """Those that can be chosen; empty: any, where they can be chosen at all."""
    schedulers: tuple[str, ...] = ()
    """As with samplers."""
    steps: tuple[int, ...] = ()
    """The only numbers of steps, if there are only some."""
    loras: tuple[str, ...] | None = None
    """The LoRAs that it has, by their file names with folders; None: nobody knows, so that any may be asked for."""
    needs_image: bool = False
    """Whether it draws nothing without a picture to start from."""
    price_usd: float | None = None
    """US dollars of one picture as far as it is known beforehand; None: unknown. Where nothing is charged, 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """Everything that a generator offers."""

    models: tuple[ModelOffer, ...]
    """At least one; the first is drawn with where a request names none."""
    concurrency: int = 1
    """Pictures that are drawn at the same time, at most."""

    def model(self, name: str | None) -> ModelOffer | None:
        """The one of this name; the first without a name."""
        if name is None:
            return self.models[0] if self.models else None
        return next((each for each in self.models if each.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as far as it decides who can draw it: its values where they are known, otherwise None."""

    operation: GeneratorOperation = GeneratorOperation.TXT2IMG
    model: str | None = None
    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    strength: float | None = None
    """0 to 1: how much of the picture that it starts from may change."""
    negative_prompt: bool = False
    """Whether there is one."""
    seed: bool = False
    """Whether the same picture must be drawn again from its seed."""
    loras: int = 0
    """How many."""
    image: bool = False
    mask: bool = False
    control: bool = False
    """Whether it has a control picture, such as a depth map."""


def operations_of(capabilities: Iterable[GeneratorCapabilities]) -> frozenset[GeneratorOperation]:
    """What can be asked of a generator that declares no more than these."""
    return frozenset({GeneratorOperation.TXT2IMG, *(_OPERATIONS[each] for each in capabilities if each in _OPERATIONS)})


def reasons_against(asked: Asked, offers: Offers) -> tuple[str, ...]:
    """Why it cannot be drawn, each as the end of a sentence that begins with the generator's name; empty: it can."""
    offer = offers.model(asked.model)
    if offer is None:
        names = ", ".join(each.name for each in offers.models)
        return (f"has no model {asked.model!r}, only {names}" if names else "has no model at all",)
    return tuple(_reasons(asked, offer))


def _reasons(asked: Asked, offer: ModelOffer) -> Iterator[str]:
    if asked.operation not in offer.operations:
        yield f"does no {asked.operation}"
    if offer.needs_image and not asked.image and asked.operation is GeneratorOperation.TXT2IMG:
        yield "draws only from a picture to start from"
    yield from (
        reason for needed, capability, reason in _needs(asked) if needed and capability not in offer.capabilities
    )
    if asked.width is not None and asked.height is not None:
        reason = offer.sizes.refuses(asked.width, asked.height)
        if reason:
            yield reason
    if offer.steps and asked.steps is not None and asked.steps not in offer.steps:
        yield f"draws in {_or(map(str, offer.steps))} steps, not {asked.steps}"
    if asked.sampler is not None and offer.samplers and asked.sampler not in offer.samplers:
        yield f"has no sampler {asked.sampler!r}"
    if asked.scheduler is not None and offer.schedulers and asked.scheduler not in offer.schedulers:
        yield f"has no scheduler {asked.scheduler!r}"


def _needs(asked: Asked) -> Iterator[tuple[bool, GeneratorCapabilities, str]]:
    yield asked.image, _C.IMAGE_TO_IMAGE, "starts from no picture"
    yield asked.control, _C.CONTROLNET, "takes no ControlNet"
    yield asked.negative_prompt, _C.NEGATIVE_PROMPTS, "takes no negative prompt"
    yield asked.seed, _C.SEEDS, "cannot draw the same picture again from its seed"
    yield asked.sampler is not None or asked.scheduler is not None, _C.CUSTOM_SCHEDULERS, "lets nobody choose a sampler"
    yield asked.loras > 0, _C.LORA, "takes no LoRAs"


def _or(words: Iterable[str]) -> str:
    *before, last = words
    return f"{', '.join(before)} or {last}" if before else last
