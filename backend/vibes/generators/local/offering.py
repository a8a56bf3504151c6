"""What Diffusers can draw with its present settings, why it would not draw something, and how it draws it. Pure."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.local.local_config import LocalGeneratorConfig
from vibes.generators.local.samplers import LIGHTNING, SAMPLERS, SCHEDULERS, refused_combination
from vibes.generators.offers import Asked, GeneratorOperation, ModelOffer, Offers, SizeRule, operations_of
from vibes.generators.wanted import Wanted

NO_GUIDANCE = 1.0
"""Up to here Diffusers computes no second pass: a negative prompt would change nothing."""

_C = GeneratorCapabilities


def offers_of(config: LocalGeneratorConfig, loras: tuple[str, ...] | None = None) -> Offers:
    """``loras``: those in the folder; None: nobody has looked yet."""
    lightning = config.lightning_steps is not None
    capabilities = frozenset(_capabilities(config))
    return Offers(
        models=(
            ModelOffer(
                name=config.name_of_model,
                family=config.family,
                operations=operations_of(capabilities) | {GeneratorOperation.INPAINT},
                capabilities=capabilities,
                sizes=SizeRule(multiple_of=8, least_side=64, most_side=config.most_side),
                samplers=() if lightning else tuple(SAMPLERS),
                schedulers=() if lightning else tuple(SCHEDULERS),
                steps=() if config.lightning_steps is None else (config.lightning_steps,),
                loras=loras,
                price_usd=0.0,
            ),
        )
    )


def _capabilities(config: LocalGeneratorConfig) -> Iterator[GeneratorCapabilities]:
    yield _C.IMAGE_TO_IMAGE
    yield _C.SEEDS
    if config.lightning_steps is None:
        yield _C.NEGATIVE_PROMPTS
        yield _C.CUSTOM_SCHEDULERS
    if config.controlnet is not None:
        yield _C.CONTROLNET
    if config.loras_dir is not None:
        yield _C.LORA


def further_reasons(config: LocalGeneratorConfig, asked: Asked) -> Iterator[str]:
    """Besides what its offer says."""
    guidance = asked.guidance_scale
    if config.lightning_steps is not None:
        if guidance is not None and guidance > NO_GUIDANCE:
            yield f"draws SDXL Lightning without guidance (0 to 1), not at {guidance:g}"
    else:
        used = config.guidance_scale if guidance is None else guidance
        if asked.negative_prompt and used <= NO_GUIDANCE:
            yield f"takes no negative prompt at guidance {used:g}"
        reason = refused_combination(asked.sampler or config.sampler, asked.scheduler or config.scheduler)
        if reason:
            yield reason
    if asked.control and asked.mask:
        yield "takes no mask together with a depth map"
    if asked.image or asked.operation in {GeneratorOperation.IMG2IMG, GeneratorOperation.INPAINT}:
        steps = asked.steps or config.lightning_steps or config.steps
        strength = config.strength if asked.strength is None else asked.strength
        if int(steps * strength) < 1:
            yield f"changes nothing at strength {strength:g} in {steps} steps: {1 / steps:g} is the least"


def drawing_of(config: LocalGeneratorConfig, wanted: Wanted, seed: int) -> dict[str, Any]:
    """What the child is told of a picture, without its own pictures; every value is set."""
    lightning = config.lightning_steps is not None
    sampler, scheduler = LIGHTNING if lightning else (config.sampler, config.scheduler)
    guidance = config.guidance_scale if wanted.guidance_scale is None else wanted.guidance_scale
    return {
        "id": wanted.request_id,
        "prompt": wanted.prompt,
        "negative_prompt": wanted.negative_prompt or "",
        "seed": seed,
        "width": wanted.width or config.width,
        "height": wanted.height or config.height,
        "steps": config.lightning_steps or wanted.steps or config.steps,
        "guidance_scale": 0.0 if lightning else guidance,
        "sampler": sampler if lightning else wanted.sampler or sampler,
        "scheduler": scheduler if lightning else wanted.scheduler or scheduler,
        "strength": config.strength if wanted.strength is None else wanted.strength,
        "controlnet_strength": (
            config.controlnet_strength if wanted.controlnet_strength is None else wanted.controlnet_strength
        ),
        "loras": [{"name": each.name, "strength": each.strength} for each in wanted.loras],
        "previews": config.previews,
    }


def loading_of(config: LocalGeneratorConfig) -> dict[str, Any]:
    """What the child is told to load."""
    kept = {
        "model", "family", "configuration_dir", "downloads", "lightning_file", "lightning_steps", "vae", "controlnet",
        "loras_dir", "device", "dtype", "offload", "vae_tiling", "compile", "warm_up",
    }  # fmt: skip
    return config.model_dump(mode="json", include=kept)


def loras_in(folder: Path | None) -> tuple[str, ...] | None:
    """Their names as requests say them, with the folders within this one; none where nothing can be read. Looks at the
    disk."""
    if folder is None:
        return None
    return tuple(sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*.safetensors")))


def missing_files(config: LocalGeneratorConfig) -> Iterator[str]:
    """In words, what the settings name and is not there. Looks at the disk."""
    named: Mapping[str, Path | None] = {
        "model": config.model,
        "configuration_dir": config.configuration_dir,
        "lightning_file": config.lightning_file,
        "vae": config.vae,
        "controlnet": config.controlnet,
        "loras_dir": config.loras_dir,
        "python": config.python,
    }
    for setting, path in named.items():
        if path is not None and not path.exists():
            yield f"{setting}: there is no {path}"
