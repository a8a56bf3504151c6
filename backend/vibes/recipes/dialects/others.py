"""Programs with a plain JSON of settings, or a text of the PNG for each of them, as Easy Diffusion has it."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.lora_tags import without_tags
from vibes.recipes.members import Members, hash_of, name_of, number_of, prompt_of, seed_in, side_of, steps_of, text_of
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of, unknown_sampling
from vibes.recipes.told import COMMENT, PARAMETERS, Told

_PROMPTS = ("prompt", "positive_prompt", "Prompt")
_NEGATIVES = ("negative_prompt", "negativeprompt", "negativePrompt", "Negative Prompt", "uc")
_MODELS = ("model", "Model", "use_stable_diffusion_model", "Stable Diffusion model")
_FILES = {
    FileKind.VAE: (("use_vae_model", "VAE model"), ()),
    FileKind.LORA: (("use_lora_model", "LoRA model"), ("lora_alpha", "LoRA Strength")),
    FileKind.CONTROLNET: (("use_controlnet_model", "ControlNet model"), ("control_alpha", "ControlNet Strength")),
}
"""Of Easy Diffusion: by kind the names of the members that hold the files, and those with their strengths."""
_MOST_FILES = 100
_RESOLUTION = re.compile(r"\s*(\d{1,5})\s*[x×]\s*(\d{1,5})\s*")
_UNKNOWN = "another program"
_EASY = "Easy Diffusion"
_EASYS = frozenset({"use_stable_diffusion_model", "Stable Diffusion model"})


def read_others(told: Told) -> Recipe | None:
    for members in (*told.members(PARAMETERS), *told.members(COMMENT)):
        if prompt_of(_first(members, _PROMPTS)) is not None:
            return _recipe(members)
    texts = {name: told.first(name) for name in told.texts}
    return _recipe(texts) if _first(texts, _NEGATIVES) is not None and _first(texts, _PROMPTS) is not None else None


def _recipe(members: Members) -> Recipe:
    sampler = name_of(_first(members, ("sampler_name", "sampler", "Sampler")))
    scheduler = name_of(_first(members, ("scheduler", "scheduler_name", "Scheduler")))
    sampling = sampling_of(sampler, scheduler)
    prompt, loras = without_tags(prompt_of(_first(members, _PROMPTS)) or "")
    width, height = _size(members)
    settings = RecipeSettings(
        prompt=text_of(prompt),
        negative_prompt=prompt_of(_first(members, _NEGATIVES)),
        seed=seed_in(_first(members, ("seed", "Seed"))),
        width=width,
        height=height,
        steps=steps_of(_first(members, ("steps", "num_inference_steps", "Steps"))),
        cfg_scale=number_of(_first(members, ("cfg_scale", "cfgScale", "guidance_scale", "Guidance Scale", "cfg"))),
        guidance=number_of(_first(members, ("distilled_guidance_scale", "Distilled Guidance"))),
        denoise_strength=number_of(_first(members, ("prompt_strength", "Prompt Strength"))),
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
    )
    program = name_of(_first(members, ("software", "app", "generator")))
    return Recipe(
        made_with=_EASY if _EASYS & members.keys() else program or _UNKNOWN,
        settings=settings,
        files=tuple(dict.fromkeys((*_files(members), *loras))),
        notes=tuple(unknown_sampling(sampler, scheduler, settings)),
    )


def _size(members: Members) -> tuple[int | None, int | None]:
    told = members.get("resolution")
    both = _RESOLUTION.fullmatch(told) if isinstance(told, str) else None
    if both is not None:
        return side_of(both[1]), side_of(both[2])
    return side_of(_first(members, ("width", "Width"))), side_of(_first(members, ("height", "Height")))


def _files(members: Members) -> Iterator[RecipeFile]:
    model = name_of(_first(members, _MODELS))
    if model is not None:
        yield RecipeFile(FileKind.MODEL, model, hash_of(_first(members, ("model_hash", "Model hash"))))
    for kind, (names, strengths) in _FILES.items():
        listed = zip_longest(_listed(_first(members, names)), _listed(_first(members, strengths)))
        for told, strength in listed:
            if (name := name_of(told)) is not None:
                yield RecipeFile(kind, name, strength=number_of(strength))


def _listed(value: object) -> list[object]:
    """A list, one thing alone, or either as Python writes it into a text."""
    if isinstance(value, str):
        return [each.strip(" '\"") for each in value.strip().strip("[]").split(",")[:_MOST_FILES]]
    return value[:_MOST_FILES] if isinstance(value, list) else [value]


def _first(members: Members, names: tuple[str, ...]) -> object:
    return next((members[name] for name in names if members.get(name) is not None), None)
