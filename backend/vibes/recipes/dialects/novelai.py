"""NovelAI: in texts of the PNG, or as one JSON in the lowest bits of its transparency."""

from collections.abc import Iterator

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
    text_of,
)
from vibes.recipes.recipe import Recipe, RecipeSettings
from vibes.recipes.samplers import sampling_of, unknown_sampling
from vibes.recipes.told import COMMENT, PARAMETERS, Told

NAME = "NovelAI"
_NO_FILE = "NovelAI keeps its models to itself: choose one of the fleet's"
_OWN_WEIGHTS = "the prompt weighs words as NovelAI does, {word} or 1.2::word::, which ComfyUI takes for ordinary text"
_CHARACTERS = "each character had a prompt of its own, for its own place: they stand at the end of the prompt"


def read_novelai(told: Told) -> Recipe | None:
    for members in told.members(COMMENT):
        if "c" in members:  # Draw Things
            continue
        if "uc" in members or "v4_prompt" in members or told.first("Software") == NAME:
            return _recipe(members, told.first("Description"), told.first("Source"))
    for outer in told.members(PARAMETERS):
        inner = members_of(outer.get(COMMENT))
        if inner is not None and (outer.get("Software") == NAME or "uc" in inner):
            return _recipe(inner, outer.get("Description"), outer.get("Source"))
    return None


def _recipe(members: Members, description: object, source: object) -> Recipe:
    sampler, scheduler = name_of(members.get("sampler")), name_of(members.get("noise_schedule"))
    sampling = sampling_of(sampler, scheduler)
    characters = list(_characters(members.get("v4_prompt")))
    whole = _base(members.get("v4_prompt")) or prompt_of(members.get("prompt")) or prompt_of(description)
    unwanted = [_base(members.get("v4_negative_prompt")) or prompt_of(members.get("uc"))]
    unwanted += _characters(members.get("v4_negative_prompt"))
    settings = RecipeSettings(
        prompt=text_of("\n".join(each for each in (whole, *characters) if each)),
        negative_prompt=text_of("\n".join(each for each in unwanted if each)),
        seed=seed_in(members.get("seed")),
        width=side_of(members.get("width")),
        height=side_of(members.get("height")),
        steps=steps_of(members.get("steps")),
        cfg_scale=number_of(members.get("scale")),
        denoise_strength=number_of(members.get("strength")) if "image" in members else None,
        sampler=sampling.sampler,
        scheduler=sampling.scheduler or ("normal" if sampling.sampler else None),
    )
    notes = [*unknown_sampling(sampler, scheduler, settings), _NO_FILE]
    if settings.prompt is not None and ("{" in settings.prompt or "::" in settings.prompt):
        notes.append(_OWN_WEIGHTS)
    if characters:
        notes.append(_CHARACTERS)
    return Recipe(made_with=NAME, version=text_of(source), settings=settings, notes=tuple(notes))


def _base(told: object) -> str | None:
    caption = members_of((members_of(told) or {}).get("caption")) or {}
    return prompt_of(caption.get("base_caption"))


def _characters(told: object) -> Iterator[str]:
    caption = members_of((members_of(told) or {}).get("caption")) or {}
    for item in items_of(caption.get("char_captions")):
        text = prompt_of((members_of(item) or {}).get("char_caption"))
        if text is not None:
            yield text
