"""Tensor.Art: ``generation_data``, what was asked for, beside the graph that its machines drew."""

from collections.abc import Iterator

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.members import (
    Members,
    hash_of,
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
from vibes.recipes.samplers import sampling_of
from vibes.recipes.told import Told

_KINDS = {"BASE_MODEL": FileKind.MODEL, "LORA": FileKind.LORA, "CONTROLNET": FileKind.CONTROLNET}


def read_tensorart(told: Told) -> Recipe | None:
    members = next(told.members("generation_data"), None)
    if members is None or "baseModel" not in members:
        return None
    sampling = sampling_of(name_of(members.get("ksamplerName")), name_of(members.get("schedule")))
    settings = RecipeSettings(
        prompt=prompt_of(members.get("prompt")),
        negative_prompt=prompt_of(members.get("negativePrompt")),
        seed=seed_in(members.get("seed")),  # -1 where chance drew it, which the graph tells
        width=side_of(members.get("width")),
        height=side_of(members.get("height")),
        steps=steps_of(members.get("steps")),
        cfg_scale=number_of(members.get("cfgScale")),
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
    )
    return Recipe(made_with="Tensor.Art", settings=settings, files=tuple(_files(members)))


def _files(members: Members) -> Iterator[RecipeFile]:
    """The names by which its graph loads them are numbers of its own."""
    for item in (members.get("baseModel"), *items_of(members.get("models"))):
        told = members_of(item) or {}
        kind, name = _KINDS.get(str(told.get("type"))[:20]), name_of(told.get("modelFileName"))
        if kind is not None and name is not None:
            yield RecipeFile(kind, name, hash_of(told.get("hash")), number_of(told.get("weight")))
