"""What Civitai says of a picture: a list of resources by their number there or by AIR, in A1111's text, and
``extraMetadata`` beside the graph that its own machines drew."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.lora_tags import without_tags
from vibes.recipes.members import (
    Members,
    hash_of,
    items_of,
    letters_of,
    members_of,
    name_of,
    number_of,
    prompt_of,
    seed_in,
    side_of,
    steps_of,
    text_of,
)
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of
from vibes.recipes.told import COMMENT, GRAPH, PARAMETERS, Told

CIVITAI = "Civitai"
_EXTRA = "extraMetadata"
_AIR = re.compile(
    r"(?:urn:)?(?:air:)?[\w.\-]{0,40}:(?P<type>[\w\-]{1,40}):[\w.\-]{1,40}:(?P<id>[\w.\-/]{1,200})"
    r"(?:@(?P<version>[\w.\-]{1,80}))?(?:\?.{0,200}|\.\w{1,20})?"
)
"""``urn:air:sdxl:lora:civitai:328553@368189``."""
_KINDS = {
    **dict.fromkeys(("checkpoint", "model", "unet", "diffusionmodel"), FileKind.MODEL),
    **dict.fromkeys(("lora", "locon", "lycoris", "dora"), FileKind.LORA),
    "vae": FileKind.VAE,
    "controlnet": FileKind.CONTROLNET,
    "upscaler": FileKind.UPSCALER,
    "textencoder": FileKind.TEXT_ENCODER,
}
_LEAST_ALIKE = 4
"""Letters that one of two names has to share with the other, which holds it, to be taken for the same."""


def read_civitai(told: Told) -> Recipe | None:
    """Of ``extraMetadata``: what was asked for, while the graph beside it may be a later step's, such as enlarging."""
    for text in (*told.all(_EXTRA), *told.all(PARAMETERS), *told.all(COMMENT), *told.all(GRAPH)):
        outer = told.json(text)
        if outer is None:
            continue
        extra = members_of(outer.get(_EXTRA, outer if text in told.all(_EXTRA) else None))
        if extra is not None and "prompt" in extra:
            return _recipe(extra, members_of(outer.get("extra")) or {})
    return None


def _recipe(extra: Members, beside: Members) -> Recipe:
    prompt, tagged = without_tags(prompt_of(extra.get("prompt")) or "")
    sampler = name_of(extra.get("sampler"))
    sampling = sampling_of(sampler)
    strength = number_of(extra.get("denoise"))
    files = (*tagged, *civitai_files(_resources(extra, beside), tagged))
    settings = RecipeSettings(
        prompt=text_of(prompt),
        negative_prompt=prompt_of(extra.get("negativePrompt")),
        seed=seed_in(extra.get("seed")),
        width=side_of(extra.get("width")),
        height=side_of(extra.get("height")),
        steps=steps_of(extra.get("steps")),
        cfg_scale=number_of(extra.get("cfgScale")),
        denoise_strength=strength if strength is not None and 0 < strength < 1 else None,
        sampler=sampling.sampler,
        scheduler=sampling.scheduler or ("normal" if sampling.sampler else None),
    )
    return Recipe(made_with=CIVITAI, settings=settings, files=files, tells_strength=True)


def _resources(extra: Members, beside: Members) -> list[Any]:
    """The list of numbers and strengths, with the AIRs of the graph, which say what kind each is."""
    told = [each for each in map(members_of, items_of(extra.get("resources"))) if each is not None]
    strengths = {str(each.get("modelVersionId")): each.get("strength", each.get("weight")) for each in told}
    airs = [each for each in items_of(beside.get("airs")) if isinstance(each, str)]
    named = [{"air": each, "weight": strengths.get(_version(each))} for each in airs]
    return named or [{"type": "checkpoint" if not index else "lora", **each} for index, each in enumerate(told)]


def _version(air: str) -> str:
    found = _AIR.fullmatch(air)
    return (found and found["version"]) or ""


def is_flux(file: RecipeFile) -> bool:
    """Whether it is a model of Flux, of which Civitai notes the guidance as the CFG scale (Forge puts that right, too,
    when such a text is pasted)."""
    return file.kind is FileKind.MODEL and file.name.casefold().startswith(("flux", "urn:air:flux"))


def civitai_files(resources: object, known: Sequence[RecipeFile] = ()) -> Iterator[RecipeFile]:
    """Those that are not known already; one without a name goes by its AIR or its number."""
    found = [file for item in items_of(resources) if (file := _file(item)) is not None]
    has_model = any(each.kind is FileKind.MODEL for each in known)
    told = _told_already([each for each in found if each.kind is FileKind.LORA], known)
    for each in found:
        if each.kind is FileKind.MODEL and has_model:
            continue  # A1111's line names it by its file
        if each not in told:
            yield each


def _file(item: object) -> RecipeFile | None:
    told = members_of(item)
    if told is None:
        return None
    air = told.get("air")
    found = _AIR.fullmatch(air) if isinstance(air, str) else None
    kind = _KINDS.get(_plain(told.get("type") or (found["type"] if found else "")))
    name = name_of(_name(told.get("modelName"), told.get("versionName"))) or _number(told, air)
    if kind is None or name is None:
        return None
    strength = None if kind is FileKind.MODEL else number_of(told.get("weight", told.get("strength")))
    return RecipeFile(kind, name, hash_of(told.get("hash")), strength)


def _told_already(loras: Sequence[RecipeFile], known: Sequence[RecipeFile]) -> set[RecipeFile]:
    """Those that are among the known ones under the name of their file: alike in hash or name, or else in strength,
    where that many of the known ones are left."""
    left = [each for each in known if each.kind is FileKind.LORA]
    told: set[RecipeFile] = set()
    for is_same in (_is_alike, _is_as_strong):
        for each in loras:
            same = [other for other in left if is_same(each, other)]
            like_it = [other for other in loras if other not in told and _is_as_strong(other, each)]
            if each not in told and same and (is_same is _is_alike or len(like_it) <= len(same)):
                told.add(each)
                left.remove(same[0])
    return told


def _is_alike(one: RecipeFile, other: RecipeFile) -> bool:
    if one.hash is not None and other.hash is not None:
        return one.hash.startswith(other.hash) or other.hash.startswith(one.hash)
    short, long = sorted((letters_of(one.name), letters_of(other.name)), key=len)
    return short == long or (len(short) >= _LEAST_ALIKE and short in long)


def _is_as_strong(one: RecipeFile, other: RecipeFile) -> bool:
    return one.strength is not None and one.strength == other.strength


def _name(model: object, version: object) -> object:
    return f"{model} {version}" if isinstance(model, str) and isinstance(version, str) else model


def _number(told: Mapping[str, Any], air: object) -> str | None:
    if isinstance(air, str):
        return name_of(air)
    version = told.get("modelVersionId")
    return f"civitai {version}" if isinstance(version, int) and not isinstance(version, bool) else None


def _plain(kind: object) -> str:
    return re.sub(r"[^a-z]", "", kind[:60].lower()) if isinstance(kind, str) else ""
