"""Draw Things: a JSON in the comment of the PNG, or in the user's comment of the XMP or the EXIF."""

import re
from collections.abc import Iterator

from vibes.documents.xmp_texts import user_comment
from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.members import (
    Members,
    items_of,
    members_of,
    name_of,
    number_of,
    prompt_of,
    seed_in,
    side_of,
    steps_of,
)
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of, unknown_sampling
from vibes.recipes.told import COMMENT, PARAMETERS, XMP, Told

_OWN = frozenset({"c", "uc"})
_ENLARGED = "it was enlarged in a second pass, which is not among the settings"
_SIZE = re.compile(r"(\d{1,5})x(\d{1,5})")


def read_draw_things(told: Told) -> Recipe | None:
    comments = [members_of(user_comment(each) or "") for each in told.all(XMP)]
    for members in (*comments, *told.members(PARAMETERS), *told.members(COMMENT)):
        if members is not None and members.keys() >= _OWN:
            return _recipe(members)
    return None


def _recipe(members: Members) -> Recipe:
    sampler = name_of(members.get("sampler"))
    sampling = sampling_of(sampler)
    told = members.get("first_stage_size") if members.get("hires_fix") is True else members.get("size")
    size = _SIZE.fullmatch(told) if isinstance(told, str) else None
    strength = number_of(members.get("strength"))
    settings = RecipeSettings(
        prompt=prompt_of(members.get("c")),
        negative_prompt=prompt_of(members.get("uc")),
        seed=seed_in(members.get("seed")),
        width=side_of(size[1]) if size else None,
        height=side_of(size[2]) if size else None,
        steps=steps_of(members.get("steps")),
        cfg_scale=number_of(members.get("scale")),
        denoise_strength=strength if strength is not None and strength < 1 else None,
        sampler=sampling.sampler,
        scheduler=sampling.scheduler or ("normal" if sampling.sampler else None),
    )
    notes = [*unknown_sampling(sampler, None, settings)]
    if members.get("hires_fix") is True:
        notes.append(_ENLARGED)
    return Recipe(made_with="Draw Things", settings=settings, files=tuple(_files(members)), notes=tuple(notes))


def _files(members: Members) -> Iterator[RecipeFile]:
    for model in (name_of(members.get("model")), name_of(members.get("refiner"))):
        if model is not None:
            yield RecipeFile(FileKind.MODEL, model)
    controls = members.get("control")
    for item in items_of(controls) if isinstance(controls, list) else [controls]:
        told = members_of(item) or {}
        if (name := name_of(told.get("file"))) is not None:
            yield RecipeFile(FileKind.CONTROLNET, name, strength=number_of(told.get("weight")))
    if (upscaler := name_of(members.get("upscaler"))) is not None:
        yield RecipeFile(FileKind.UPSCALER, upscaler)
    inner = members_of(members.get("v2")) or {}
    loras = [*items_of(members.get("lora")), *items_of(members.get("loras")), *items_of(inner.get("loras"))]
    names: set[str] = set()
    for item in loras:
        told = members_of(item) or {}
        name = name_of(told.get("model")) or name_of(told.get("file"))
        if name is not None and name not in names:
            names.add(name)
            yield RecipeFile(FileKind.LORA, name, strength=number_of(told.get("weight")))
