"""A1111 and its successors, and whoever writes A1111's text: Civitai, Fooocus, this hub."""

import re
from collections.abc import Iterator
from dataclasses import replace

from vibes.recipes.dialects.civitai import CIVITAI, is_flux
from vibes.recipes.dialects.infotext import Infotext, infotext_of
from vibes.recipes.dialects.infotext_files import files_of
from vibes.recipes.lora_tags import without_tags
from vibes.recipes.members import members_of, name_of, number_of, seed_in, side_of, steps_of, text_of
from vibes.recipes.recipe import Recipe, RecipeSettings
from vibes.recipes.samplers import sampling_of, unknown_sampling
from vibes.recipes.told import COMMENT, GRAPH, PARAMETERS, Told

VIBES = "Vibes ImGen"
A1111, COMFYUI, STABILITY_MATRIX = "Automatic1111", "ComfyUI", "Stability Matrix"
_OF_SDNEXT = frozenset({"Parser", "Backend", "Pipeline", "Operations", "LoRA networks"})
"""Settings that SD.Next alone writes; it did not always write its name."""
_OF_STABILITY_MATRIX = frozenset({"parameters-json", "smproj"})
"""Texts that it writes beside A1111's, in which the size is that of the enlarged picture; the graph tells the other."""
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
        is_json = text.lstrip()[:1] == "{" and members_of(text) is not None  # else a prompt with wildcards
        found = None if is_json else infotext_of(text)
        if found is not None:
            recipe = _recipe(found, *_program(found, told))
            enlarged = recipe.made_with == STABILITY_MATRIX and told.first(GRAPH)
            sizes = replace(recipe.settings, width=None, height=None) if enlarged else recipe.settings
            return replace(recipe, settings=sizes)
    return None


def _recipe(found: Infotext, made_with: str, version: str | None) -> Recipe:
    wanted, tagged = without_tags(found.text(_RAW_PROMPT) or found.prompt)
    unwanted, tagged_too = without_tags(found.text(_RAW_NEGATIVE) or found.negative_prompt)
    files = files_of(found, (*tagged, *tagged_too))
    sampling = sampling_of(found.text("Sampler"), _scheduler(found))
    width, height = _size(found)
    cfg_scale, guidance = number_of(found.value("CFG scale")), number_of(found.value("Distilled CFG Scale"))
    if made_with == CIVITAI and guidance is None and any(is_flux(each) for each in files):
        cfg_scale, guidance = 1.0, cfg_scale
    settings = RecipeSettings(
        prompt=_prompt(wanted, made_with),
        negative_prompt=_prompt(unwanted, made_with),
        seed=seed_in(found.value("Seed")),
        width=width,
        height=height,
        steps=steps_of(found.value("Steps")),
        cfg_scale=cfg_scale,
        guidance=guidance,
        denoise_strength=None if _enlarged(found) else number_of(found.value("Denoising strength")),
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
    )
    notes = tuple(_notes(found, made_with, settings))
    return Recipe(made_with=made_with, version=version, settings=settings, files=files, notes=notes)


def _prompt(text: str, made_with: str) -> str | None:
    """ComfyUI Image Saver writes ``unknown`` where nothing was linked to it."""
    return None if made_with == COMFYUI and text == "unknown" else text_of(text)


def _program(found: Infotext, told: Told) -> tuple[str, str | None]:
    """Its name and version, by what only it writes, in the text or beside it."""
    version = name_of(found.text("Version"))
    for name in (VIBES, "Fooocus"):
        if version is not None and version.startswith(name):
            return name, text_of(version.removeprefix(name).lstrip(" v"))
    lower = (version or "").lower()
    if lower.startswith("comfy"):
        return COMFYUI, None
    if found.value("Civitai resources") is not None:
        return CIVITAI, version
    if (other := name_of(found.text("App"))) is not None:
        return other, version
    if not _OF_SDNEXT.isdisjoint(found.settings):
        return "SD.Next", version
    return _program_beside(told) if version is None else ("Forge" if _FORGE.match(lower) else A1111), version


def _program_beside(told: Told) -> str:
    """The one whose text tells no version: early ones of A1111, and savers of ComfyUI."""
    if not _OF_STABILITY_MATRIX.isdisjoint(told.texts):
        return STABILITY_MATRIX
    return COMFYUI if told.first(GRAPH) else A1111


def _scheduler(found: Infotext) -> str | None:
    return found.text("Schedule type") or found.text("Scheduler")


def _size(found: Infotext) -> tuple[int | None, int | None]:
    size = _SIZE.fullmatch(found.text("Size") or "")
    return (side_of(size[1]), side_of(size[2])) if size else (None, None)


def _enlarged(found: Infotext) -> bool:
    """Whether a second pass enlarged it, by a factor or to a size: the strength is then of that pass, and the picture
    began with noise."""
    return any(name.startswith("Hires ") for name in found.settings)


def _notes(found: Infotext, made_with: str, settings: RecipeSettings) -> Iterator[str]:
    yield from unknown_sampling(found.text("Sampler"), _scheduler(found), settings)
    if made_with in {A1111, "Forge"}:
        if settings.prompt is not None and _EMBEDDED.search(settings.prompt):
            yield _ITS_OWN_SYNTAX
        if settings.seed is not None:
            yield OTHER_NOISE.format(made_with)
    if _enlarged(found):
        yield "it was enlarged in a second pass, which is not among the settings"
    skipped = steps_of(found.value("Clip skip"))
    if skipped not in {None, 1} and settings.guidance is None:  # Civitai notes it of Flux, too, which knows none
        yield f"it was drawn with clip skip {skipped}, which is not among the settings"
