"""A1111 and its successors, and whoever writes A1111's text: Civitai, Fooocus, this hub."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.dialects.civitai import civitai_files
from vibes.recipes.dialects.infotext import Infotext, infotext_of, named_values
from vibes.recipes.lora_tags import without_tags
from vibes.recipes.members import hash_of, name_of, number_of, seed_in, side_of, steps_of, text_of
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of
from vibes.recipes.told import COMMENT, PARAMETERS, Told

VIBES = "Vibes ImGen"
_WITH_HASH = re.compile(r"^(.*?)\s*\[([0-9a-fA-F]{8,64})\]$")
_SIZE = re.compile(r"\s*(\d{1,5})\s*[x×]\s*(\d{1,5})\s*")
_FORGE = re.compile(r"^(?:f\d|neo|forge|reforge|classic)", re.IGNORECASE)
_EMBEDDED = re.compile(r"\[[^\[\]:|]*:[^\[\]|]*:\s*[\d.]+\s*\]|\bBREAK\b")
_ITS_OWN_SYNTAX = (
    "the prompt holds words of A1111's own, [one:other:0.5] or BREAK, which ComfyUI takes for ordinary text"
)
OTHER_NOISE = "the same seed draws another picture here: {} makes its noise otherwise than ComfyUI"
_RAW_PROMPT, _RAW_NEGATIVE = "Raw prompt", "Raw negative prompt"


def read_infotext(told: Told) -> Recipe | None:
    for text in (*told.all(PARAMETERS), *told.all(COMMENT)):
        found = infotext_of(text) if text.lstrip()[:1] != "{" else None
        if found is not None:
            return recipe_of(found)
    return None


def recipe_of(found: Infotext) -> Recipe:
    """What the text says."""
    made_with, version = _program(found)
    wanted, tagged = without_tags(found.text(_RAW_PROMPT) or found.prompt)
    unwanted, tagged_too = without_tags(found.text(_RAW_NEGATIVE) or found.negative_prompt)
    files = _files(found, (*tagged, *tagged_too))
    sampling = sampling_of(found.text("Sampler"), _scheduler(found))
    width, height = _size(found)
    settings = RecipeSettings(
        prompt=text_of(wanted),
        negative_prompt=text_of(unwanted),
        seed=seed_in(found.settings.get("Seed")),
        width=width,
        height=height,
        steps=steps_of(found.settings.get("Steps")),
        cfg_scale=number_of(found.settings.get("CFG scale")),
        guidance=number_of(found.settings.get("Distilled CFG Scale")),
        denoise_strength=None if _enlarged(found) else number_of(found.settings.get("Denoising strength")),
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
    )
    notes = tuple(_notes(found, made_with, settings))
    return Recipe(made_with=made_with, version=version, settings=settings, files=files, notes=notes)


def _program(found: Infotext) -> tuple[str, str | None]:
    version = text_of(found.text("Version"))
    if version is not None and version.startswith(VIBES):
        return VIBES, text_of(version.removeprefix(VIBES))
    if "Civitai resources" in found.settings:
        return "Civitai", version
    if version is not None and version.startswith("Fooocus"):
        return "Fooocus", text_of(version.removeprefix("Fooocus").lstrip(" v"))
    if version is not None and version.lower().startswith("comfy"):
        return "ComfyUI", None
    if (other := text_of(found.text("App"))) is not None:
        return other, version
    return ("Forge" if version is not None and _FORGE.match(version) else "Automatic1111"), version


def _scheduler(found: Infotext) -> str | None:
    return found.text("Schedule type") or found.text("Scheduler")


def _size(found: Infotext) -> tuple[int | None, int | None]:
    size = _SIZE.fullmatch(found.text("Size") or "")
    return (side_of(size[1]), side_of(size[2])) if size else (None, None)


def _enlarged(found: Infotext) -> bool:
    """Whether a second pass enlarged it, by a factor or to a size: the strength is then of that pass, and the picture
    began with noise."""
    return any(name.startswith("Hires ") for name in found.settings)


def _files(found: Infotext, tagged: tuple[RecipeFile, ...]) -> tuple[RecipeFile, ...]:
    """Each file once, under its first name; what only a hash is known of is not told."""
    hashes = found.settings.get("Hashes")
    told = hashes if isinstance(hashes, dict) else {}
    files = [*_models(found, told), *_loras(found, told, tagged), *_others(found, told)]
    files += civitai_files(found.settings.get("Civitai resources"), files)
    by_name: dict[tuple[FileKind, str], RecipeFile] = {}
    for each in files:
        by_name.setdefault((each.kind, each.name), each)
    return tuple(by_name.values())


def _models(found: Infotext, hashes: Mapping[str, Any]) -> Iterator[RecipeFile]:
    name = name_of(found.text("Model"))
    told = hash_of(found.text("Model hash")) or hash_of(hashes.get("model"))
    if name is not None:
        yield RecipeFile(FileKind.MODEL, name, told)
    elif told is not None:
        yield RecipeFile(FileKind.MODEL, told, told)
    yield from _named_with_hash(FileKind.MODEL, found.text("Refiner"))


def _loras(found: Infotext, hashes: Mapping[str, Any], tagged: tuple[RecipeFile, ...]) -> Iterator[RecipeFile]:
    told: dict[str, str | None] = {}
    strengths: dict[str, float | None] = {}
    for name, value in named_values(found.settings.get("Lora hashes")):
        digits, _, strength = value.partition(":")  # Fooocus puts the strength behind it
        told[name] = hash_of(digits)
        strengths[name] = number_of(strength.strip())
    for name, value in named_values(found.settings.get("Lora weights")):
        strengths[name] = number_of(value)
    for name, value in hashes.items():
        kind, _, rest = name.partition(":")
        if kind.casefold() == "lora" and rest:
            told.setdefault(rest, hash_of(value))
    for each in tagged:
        yield RecipeFile(FileKind.LORA, each.name, told.pop(each.name, None), each.strength)
    for name, short in told.items():
        if (known := name_of(name)) is not None:
            yield RecipeFile(FileKind.LORA, known, short, strengths.get(name))


def _others(found: Infotext, hashes: Mapping[str, Any]) -> Iterator[RecipeFile]:
    if (vae := name_of(found.text("VAE"))) is not None:
        yield RecipeFile(FileKind.VAE, vae, hash_of(found.text("VAE hash")) or hash_of(hashes.get("vae")))
    if (upscaler := name_of(found.text("Hires upscaler"))) is not None and not upscaler.startswith("Latent"):
        yield RecipeFile(FileKind.UPSCALER, upscaler)
    for name, value in found.settings.items():
        if name.startswith("Module ") and isinstance(value, str):  # Forge: text encoders, and the VAE among them
            kind = FileKind.VAE if _is_vae(value) else FileKind.TEXT_ENCODER
            yield from _named_with_hash(kind, value)
        elif name.startswith("ControlNet ") and isinstance(value, str):
            yield from _named_with_hash(FileKind.CONTROLNET, dict(named_values(value)).get("Model"))


def _is_vae(name: str) -> bool:
    return "vae" in name.lower() or name.lower() in {"ae", "ae.safetensors", "ae.sft"}


def _named_with_hash(kind: FileKind, value: str | None) -> Iterator[RecipeFile]:
    """``name [hash]``."""
    match = _WITH_HASH.match(value[:1000]) if value else None
    name = name_of(match[1] if match else value)
    if name is not None:
        yield RecipeFile(kind, name, hash_of(match[2]) if match else None)


def _notes(found: Infotext, made_with: str, settings: RecipeSettings) -> Iterator[str]:
    yield from unknown_sampling(found.text("Sampler"), _scheduler(found), settings)
    if made_with in {"Automatic1111", "Forge"}:
        if settings.prompt is not None and _EMBEDDED.search(settings.prompt):
            yield _ITS_OWN_SYNTAX
        if settings.seed is not None:
            yield OTHER_NOISE.format(made_with)
    if _enlarged(found):
        yield "it was enlarged in a second pass, which is not among the settings"
    skipped = steps_of(found.settings.get("Clip skip"))
    if skipped not in {None, 1}:
        yield f"it was drawn with clip skip {skipped}, which is not among the settings"


def unknown_sampling(sampler: str | None, scheduler: str | None, settings: RecipeSettings) -> Iterator[str]:
    """A sentence for each name that ComfyUI does not know."""
    told: tuple[tuple[str, str | None, str | None, Callable[[str], str]], ...] = (
        ("sampler", sampler, settings.sampler, repr),
        ("scheduler", scheduler, settings.scheduler, repr),
    )
    for word, name, known, shown in told:
        if (text := name_of(name)) is not None and known is None:
            yield f"ComfyUI has no {word} {shown(text[:60])}; the workflow's own is used"
