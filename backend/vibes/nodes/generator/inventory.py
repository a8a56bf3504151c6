"""What a generator has to offer, and why it cannot carry out an order: by its models, not by graphs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from vibes.domain.cost import NodeCost
from vibes.domain.money import reported_usd
from vibes.domain.nodes.inventory import NodeInventory, OfferedModel
from vibes.domain.nodes.node import ModelFolder, NodeConfig
from vibes.domain.nodes.requirements import Requirements, file_word
from vibes.domain.nodes.wanted import Wanted
from vibes.domain.pictures.spec import Operation
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.generator import ImageGenerator
from vibes.generators.offers import Asked, GeneratorOperation, ModelOffer, Offers
from vibes.nodes.generator.sizes import nearest_size

OWN_CONTROLNET = "depth"
"""The name of a generator's own ControlNet, which follows depth maps."""

PLAIN = frozenset(
    {
        "CheckpointLoaderSimple", "UNETLoader", "UnetLoaderGGUF", "CLIPLoader", "DualCLIPLoader", "VAELoader",
        "CLIPTextEncode", "FluxGuidance", "ConditioningZeroOut", "ModelSamplingAuraFlow",
        "EmptyLatentImage", "EmptySD3LatentImage", "KSampler", "VAEDecode", "VAEEncode",
        "LoadImage", "LoadImageMask", "ImageScale", "GrowMask", "ImageToMask", "MaskToImage",
        "ImageCompositeMasked",
        "InpaintModelConditioning", "ControlNetLoader", "ControlNetApplyAdvanced", "LoraLoader", "LoraLoaderModelOnly",
        "UpscaleModelLoader", "ImageUpscaleWithModel", "SaveImage", "PreviewImage",
    }
)  # fmt: skip
"""Graph nodes that say nothing beyond the operation and the values of an order. A workflow with any other one means
something that only its graph can carry out."""

NO_FAMILIES = frozenset({"upscale", "controlnet", "ipadapter", "faceid"})
"""Capabilities in ``gpus.yaml`` besides families."""
_MODEL_FOLDERS = frozenset({ModelFolder.CHECKPOINTS, ModelFolder.UPSCALE_MODELS})
_SHOWN = 3
"""Names that a reason tells at most."""
_C = GeneratorCapabilities
_OPERATIONS = frozenset(map(str, GeneratorOperation))


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorInventory(NodeInventory):
    offered: Offers
    refuses: Callable[[Asked], tuple[str, ...]] = field(compare=False, repr=False)
    """The generator's own judgement (`ImageGenerator.refuses`)."""
    serves: frozenset[str] = frozenset()
    """Checkpoints of others that it stands in for with its first model."""

    def lacks(self, needed: Requirements) -> tuple[str, ...]:
        """In this order: what a graph alone can do, files, what the generator itself says."""
        reasons = [*self._beyond_it(needed), *self._files_lacking(needed)]
        if needed.operation is not None and str(needed.operation) not in _OPERATIONS:
            reasons.append(f"does no {needed.operation.replace('_', ' ')}")
        elif not reasons and needed.operation is not None:
            reasons += self.refuses(asked(needed, needed.operation, self._model(needed)))
        return tuple(dict.fromkeys(reasons))

    def suggests(self, checkpoint: str, width: int, height: int, steps: int) -> tuple[int, int, int]:
        offer = self.offer(checkpoint)
        if offer is None:
            return width, height, steps
        nearest_steps = min(offer.steps or (steps,), key=lambda each: abs(each - steps))
        return (*nearest_size(offer.sizes, width, height), nearest_steps)

    def offer(self, checkpoint: str | None) -> ModelOffer | None:
        """The model that draws for this checkpoint; the first for one that it only stands in for."""
        if checkpoint is None or (checkpoint in self.serves and self.offered.model(checkpoint) is None):
            return self.offered.model(None)
        return self.offered.model(checkpoint)

    def _beyond_it(self, needed: Requirements) -> Iterator[str]:
        particular = sorted(needed.graph_node_classes - PLAIN)
        if particular:
            more = f" and {len(particular) - _SHOWN} more" if len(particular) > _SHOWN else ""
            yield f"runs no graphs, and {needed.workflow or 'this'} needs {', '.join(particular[:_SHOWN])}{more}"
        wanted = needed.wanted
        if wanted is None:
            return
        if wanted.passes > 1:
            yield f"draws in one pass, not in {wanted.passes}"
        if wanted.pictures > 1:
            yield f"starts from one picture, not from {wanted.pictures}"
        if wanted.particular:
            yield f"knows no {', '.join(wanted.particular[:_SHOWN])}"

    def _files_lacking(self, needed: Requirements) -> Iterator[str]:
        for folder, name in sorted(needed.files):
            match folder:
                case ModelFolder.CHECKPOINTS if self.has_file(folder, name) or name in self.serves:
                    pass
                case ModelFolder.CONTROLNET if OWN_CONTROLNET in name.lower():
                    pass
                case ModelFolder.CONTROLNET:
                    yield (
                        f"follows depth maps only, and {name} does not say that it does: name one that has "
                        f"{OWN_CONTROLNET!r} in its name, such as {OWN_CONTROLNET}"
                    )
                case ModelFolder.LORAS if self._any_lora or self.has_file(folder, name):
                    pass
                case ModelFolder.UPSCALE_MODELS:
                    pass  # whether it takes any is for the generator to say
                case _:
                    yield f"lacks {file_word(folder)} {name}"

    @property
    def _any_lora(self) -> bool:
        """Also where it takes none, which the generator itself says."""
        return any(model.loras is None for model in self.offered.models)

    def _model(self, needed: Requirements) -> str | None:
        named = {name for folder, name in needed.files if folder in _MODEL_FOLDERS}
        return next((each.name for each in self.offered.models if each.name in named), None)


def asked(needed: Requirements, operation: Operation, model: str | None) -> Asked:
    """The requirements in the words of generators."""
    of_a_picture = operation is not Operation.TXT2IMG
    wanted = needed.wanted or Wanted(pictures=int(of_a_picture), mask=operation is Operation.INPAINT)
    follows = operation is Operation.CONTROLNET
    return Asked(
        operation=GeneratorOperation(operation),
        model=model,
        width=wanted.width,
        height=wanted.height,
        steps=wanted.steps,
        guidance_scale=wanted.guidance_scale,
        sampler=wanted.sampler,
        scheduler=wanted.scheduler,
        strength=wanted.strength,
        negative_prompt=wanted.negative_prompt,
        seed=wanted.seed,
        loras=wanted.loras,
        image=wanted.pictures > 0 and not follows and operation is not Operation.UPSCALE,
        mask=wanted.mask,
        control=follows,
    )


def inventory_of(generator: ImageGenerator, config: NodeConfig, serves: frozenset[str]) -> GeneratorInventory:
    """Its models are listed as checkpoints, so that they are chosen like those of any node."""
    offered = generator.offers()
    families = frozenset(config.capabilities - NO_FAMILIES)
    drawing = [model for model in offered.models if model.operations - {GeneratorOperation.UPSCALE}]
    enlarging = [model for model in offered.models if GeneratorOperation.UPSCALE in model.operations]
    follows = any(_C.CONTROLNET in model.capabilities for model in offered.models)
    return GeneratorInventory(
        version="",
        device_name=", ".join(model.name for model in offered.models),
        simulated=False,
        vram_total_bytes=0,
        files={
            ModelFolder.CHECKPOINTS: frozenset(model.name for model in drawing),
            ModelFolder.UPSCALE_MODELS: frozenset(model.name for model in enlarging),
            ModelFolder.LORAS: frozenset(lora for model in offered.models for lora in model.loras or ()),
            ModelFolder.CONTROLNET: frozenset({OWN_CONTROLNET} if follows else ()),
        },
        takes_any_lora=any(model.loras is None and _C.LORA in model.capabilities for model in offered.models),
        samplers=frozenset(sampler for model in offered.models for sampler in model.samplers),
        schedulers=frozenset(scheduler for model in offered.models for scheduler in model.schedulers),
        slots=max(offered.concurrency, 1),
        provider=generator.provider or config.kind,
        models=tuple(_offered(model, families) for model in offered.models),
        cost=_cost(generator, offered),
        offered=offered,
        refuses=generator.refuses,
        serves=serves,
    )


def _offered(model: ModelOffer, families: frozenset[str]) -> OfferedModel:
    return OfferedModel(
        name=model.name,
        families=frozenset({model.family}) if model.family else families,
        operations=frozenset(map(str, model.operations)),
        price=reported_usd(model.price_usd),
    )


def _cost(generator: ImageGenerator, offered: Offers) -> NodeCost | None:
    """The dearest of its models: what is set aside must be enough for any of them."""
    prices = [price for model in offered.models if (price := reported_usd(model.price_usd)) is not None]
    return NodeCost(per_image=max(prices)) if generator.charges and prices else None
