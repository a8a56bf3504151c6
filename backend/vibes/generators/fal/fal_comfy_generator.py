"""A ComfyUI workflow that is stored at fal: what it can do is what its inputs are for."""

from typing import Any, ClassVar

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.errors import InvalidInput
from vibes.generators.factory import Registration
from vibes.generators.fal.config import FalComfyConfig
from vibes.generators.fal.fal_generator import Drawn, FalGenerator
from vibes.generators.fal.outputs import picture_urls
from vibes.generators.offers import Asked, GeneratorOperation, ModelOffer, Offers, SizeRule
from vibes.generators.wanted import Wanted

_C = GeneratorCapabilities
_O = GeneratorOperation
_ABLE = {
    "image": _C.IMAGE_TO_IMAGE,
    "depth_map": _C.CONTROLNET,
    "negative_prompt": _C.NEGATIVE_PROMPTS,
    "seed": _C.SEEDS,
    "sampler": _C.CUSTOM_SCHEDULERS,
}
"""By parameter, what an input for it makes of the workflow."""
_PICTURES = ("image", "mask", "depth_map")
_LATENT = 8
"""Sides of pictures are multiples of it, as ComfyUI's latents are."""


class FalComfyGenerator(FalGenerator):
    """Settings say by parameter which input of the workflow takes it. Steps and guidance without an input are left to
    the workflow, and told; whatever else has none is refused."""

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = {*_ABLE.values(), _C.LORA}
    config: FalComfyConfig

    @property
    def _endpoint(self) -> str:
        return self.config.endpoint

    def offers(self) -> Offers:
        config = self.config
        able = {capability for name, capability in _ABLE.items() if name in config.inputs}
        model = ModelOffer(
            name=config.model_name or config.endpoint.rpartition("/")[2],
            family=config.family,
            operations=frozenset(self._operations()),
            capabilities=frozenset({*able, _C.LORA} if config.lora_inputs else able),
            loras=tuple(config.lora_names) or None,
            sizes=self._sizes(),
            steps=(config.steps,) if config.steps is not None and "steps" not in config.inputs else (),
            price_usd=config.price_usd,
        )
        return Offers(models=(model,), concurrency=self.max_concurrent)

    def _operations(self) -> set[GeneratorOperation]:
        """A workflow with an input for a picture draws none without it."""
        inputs = self.config.inputs
        if "mask" in inputs:
            return {_O.INPAINT}
        if "depth_map" in inputs:
            return {_O.CONTROLNET}
        return {_O.IMG2IMG} if "image" in inputs else {_O.TXT2IMG}

    def _sizes(self) -> SizeRule:
        config = self.config
        if "width" in config.inputs:
            return SizeRule(multiple_of=_LATENT)
        only = ((config.width, config.height),) if config.width is not None and config.height is not None else ()
        return SizeRule(only=only)

    def refuses(self, request: Asked) -> tuple[str, ...]:
        reasons = super().refuses(request)
        most = len(self.config.lora_inputs)
        return (
            (*reasons, f"takes {most} LoRA{'s' if most > 1 else ''} at most") if 0 < most < request.loras else reasons
        )

    async def _arguments(self, request: Wanted) -> dict[str, Any]:
        given: dict[str, Any] = dict(self.config.constants)
        for name, at_fal in self.config.inputs.items():
            value = getattr(request, name)
            if value is None:
                continue
            given[at_fal] = await self._storage.address_of(value) if name in _PICTURES else value
        return {**given, **self._loras(request)}

    def _loras(self, request: Wanted) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for lora, slot in zip(request.loras, self.config.lora_inputs, strict=False):
            name = self.config.lora_names.get(lora.name, lora.name)
            if self.config.lora_names and name == lora.name not in self.config.lora_names.values():
                raise InvalidInput(f"{self.name} has no LoRA {lora.name!r}, only {', '.join(self.config.lora_names)}")
            given[slot.name] = name
            if slot.strength is not None:
                given[slot.strength] = lora.strength
        return given

    def _ignored(self, request: Wanted) -> tuple[str, ...]:
        possible = ("steps", "guidance_scale", "strength", "controlnet_strength")
        return tuple(name for name in possible if name not in self.config.inputs and getattr(request, name) is not None)

    def _drawn(self, answer: Any) -> Drawn | None:
        urls = picture_urls(answer, self.config.output_node)
        return Drawn(urls[0], {"reproducible": "seed" in self.config.inputs}) if urls else None


REGISTRATION: Registration = {"config_class": FalComfyConfig, "generator_class": FalComfyGenerator}
