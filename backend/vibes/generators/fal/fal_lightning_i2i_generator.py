"""SDXL Lightning image-to-image at fal: a picture redrawn in 1, 2, 4 or 8 steps."""

from collections.abc import Mapping
from typing import Any, ClassVar

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.factory import Registration
from vibes.generators.fal.config import FalLightningConfig
from vibes.generators.fal.fal_generator import Drawn, FalGenerator
from vibes.generators.fal.outputs import picture_urls
from vibes.generators.offers import Asked, GeneratorOperation, ModelOffer, Offers, SizeRule
from vibes.generators.wanted import Wanted

_STEPS = (1, 2, 4, 8)
_SIZES = SizeRule(multiple_of=32)
"""It rounds others by itself."""
_NO_INPUT = ("guidance_scale", "controlnet_strength")


class FalLightningI2IGenerator(FalGenerator):
    """It has no negative prompt, no LoRAs, no ControlNet and no choice of samplers; guidance is left out, and told."""

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = {
        GeneratorCapabilities.IMAGE_TO_IMAGE,
        GeneratorCapabilities.SEEDS,
    }
    config: FalLightningConfig

    @property
    def _endpoint(self) -> str:
        return self.config.endpoint

    def offers(self) -> Offers:
        model = ModelOffer(
            name=self.config.model_name,
            family=self.config.family,
            operations=frozenset({GeneratorOperation.IMG2IMG}),
            capabilities=frozenset(self.supported_capabilities),
            sizes=_SIZES,
            steps=_STEPS,
            needs_image=True,
            price_usd=self.config.price_usd,
        )
        return Offers(models=(model,), concurrency=self.max_concurrent)

    def refuses(self, request: Asked) -> tuple[str, ...]:
        """Also a strength at which no step is left: a model draws the whole number of steps times strength."""
        steps = request.steps or self.config.steps
        idle = request.strength is not None and steps * request.strength < 1
        reasons = super().refuses(request)
        return (
            (*reasons, f"changes nothing in {steps} steps at a strength of {request.strength:g}") if idle else reasons
        )

    async def _arguments(self, request: Wanted) -> dict[str, Any]:
        given: dict[str, Any] = {
            "prompt": request.prompt,
            "image_url": await self._storage.address_of(request.image or b""),
            "num_inference_steps": str(request.steps or self.config.steps),
            "num_images": 1,
            "format": self.config.image_format,
            "enable_safety_checker": self.config.safety_checker,
            "strength": request.strength,
            "seed": request.seed,
            "image_size": _size(request),
        }
        return {name: value for name, value in given.items() if value is not None}

    def _ignored(self, request: Wanted) -> tuple[str, ...]:
        return tuple(name for name in _NO_INPUT if getattr(request, name) is not None)

    def _drawn(self, answer: Any) -> Drawn | None:
        urls = picture_urls(answer.get("images")) if isinstance(answer, Mapping) else ()
        if not urls:
            return None
        flags = answer.get("has_nsfw_concepts")
        seed = answer.get("seed")
        details = {"seed": seed, "reproducible": True} if isinstance(seed, int) else {}
        return Drawn(urls[0], details, flagged=isinstance(flags, list) and flags[:1] == [True])


def _size(request: Wanted) -> dict[str, int] | None:
    if request.width is None or request.height is None:
        return None
    return {"width": request.width, "height": request.height}


REGISTRATION: Registration = {"config_class": FalLightningConfig, "generator_class": FalLightningI2IGenerator}
