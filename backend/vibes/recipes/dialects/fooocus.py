"""Fooocus's own scheme, a JSON of its log, and that of RuinedFooocus; its other scheme is A1111's text."""

import re
from collections.abc import Iterator

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.members import Members, hash_of, items_of, name_of, number_of, prompt_of, seed_in, side_of, steps_of
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of, unknown_sampling
from vibes.recipes.told import COMMENT, PARAMETERS, Told

_OWN = frozenset(
    {"fooocus_v2_expansion", "base_model", "performance", "full_prompt", "adm_guidance", "base_model_hash"}
)
_LEAST = 2
_SIDES = re.compile(r"\D{0,5}(\d{1,5})\D{1,5}(\d{1,5})\D{0,5}")
_WEIGHT_AND_NAME = re.compile(r"(-?[\d.]{1,20}) - (.+)", re.DOTALL)
"""Behind the hash, in RuinedFooocus: ``1.4 - folder/name.safetensors``."""
_MOST_LORAS = 20
_EXPANSION = "its styles and its prompt expansion are not among the settings: {}"


def read_fooocus(told: Told) -> Recipe | None:
    for members in (*told.members(PARAMETERS), *told.members(COMMENT)):
        ruined = members.get("software") == "RuinedFooocus"
        if ruined or len(_OWN & members.keys()) >= _LEAST:
            return _recipe(members, "RuinedFooocus" if ruined else "Fooocus")
    return None


def _recipe(members: Members, made_with: str) -> Recipe:
    sampler, scheduler = members.get("sampler", members.get("sampler_name")), members.get("scheduler")
    sampling = sampling_of(name_of(sampler), name_of(scheduler))
    width, height = _size(members)
    settings = RecipeSettings(
        prompt=prompt_of(members.get("prompt", members.get("Prompt"))),
        negative_prompt=prompt_of(members.get("negative_prompt", members.get("Negative"))),
        seed=seed_in(members.get("seed")),
        width=width,
        height=height,
        steps=steps_of(members.get("steps")),
        cfg_scale=number_of(members.get("guidance_scale", members.get("cfg"))),
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
    )
    version = name_of(members.get("version"))
    notes = [*unknown_sampling(name_of(sampler), name_of(scheduler), settings), *_notes(members)]
    return Recipe(
        made_with=made_with,
        version=None if version is None else version.removeprefix(made_with).lstrip(" v") or None,
        settings=settings,
        files=tuple(_files(members)),
        notes=tuple(notes),
    )


def _size(members: Members) -> tuple[int | None, int | None]:
    resolution = members.get("resolution")
    if isinstance(resolution, list) and len(resolution) > 1:
        return side_of(resolution[0]), side_of(resolution[1])
    found = _SIDES.fullmatch(resolution) if isinstance(resolution, str) else None
    if found is not None:
        return side_of(found[1]), side_of(found[2])
    return side_of(members.get("width")), side_of(members.get("height"))


def _files(members: Members) -> Iterator[RecipeFile]:
    model = name_of(members.get("base_model", members.get("base_model_name")))
    if model is not None:
        yield RecipeFile(FileKind.MODEL, model, hash_of(members.get("base_model_hash")))
    if (refiner := name_of(members.get("refiner_model"))) is not None:
        yield RecipeFile(FileKind.MODEL, refiner, hash_of(members.get("refiner_model_hash")))
    vae = name_of(members.get("vae"))
    if vae is not None and not vae.startswith("Default"):
        yield RecipeFile(FileKind.VAE, vae)
    loras = list(_loras(members))
    yield from {each.name: each for each in loras}.values()


def _loras(members: Members) -> Iterator[RecipeFile]:
    for number in range(1, _MOST_LORAS + 1):
        combined = members.get(f"lora_combined_{number}", members.get(f"LoRA {number}"))
        if isinstance(combined, str):
            parts = [part.strip() for part in combined[:1000].split(" : ")]
            name = name_of(parts[-2]) if len(parts) > 1 else None
            if name is not None and parts[0] != "False":
                yield RecipeFile(FileKind.LORA, name, strength=number_of(parts[-1]))
    for item in items_of(members.get("loras")):
        if isinstance(item, list) and len(item) > 1:
            ruined = _WEIGHT_AND_NAME.fullmatch(item[1][:1000]) if isinstance(item[1], str) else None
            name = name_of(ruined[2] if ruined else item[0])
            digits = hash_of(item[0]) if ruined else next(map(hash_of, item[2:]), None)
            if name is not None:
                yield RecipeFile(FileKind.LORA, name, digits, number_of(ruined[1] if ruined else item[1]))


def _notes(members: Members) -> Iterator[str]:
    styles = members.get("styles", members.get("style"))
    if isinstance(styles, list):
        styles = ", ".join(each for each in styles if isinstance(each, str))
    if isinstance(styles, str) and styles.strip("[]() "):
        yield _EXPANSION.format(styles.strip("[]() ").replace("'", "")[:200])
