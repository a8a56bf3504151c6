"""Programs with a plain JSON of settings, or a text of the PNG for each of them, as Easy Diffusion has it."""

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.dialects.automatic1111 import unknown_sampling
from vibes.recipes.lora_tags import without_tags
from vibes.recipes.members import Members, hash_of, name_of, number_of, prompt_of, seed_in, side_of, steps_of, text_of
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of
from vibes.recipes.told import COMMENT, PARAMETERS, Told

_PROMPTS = ("prompt", "positive_prompt", "Prompt")
_NEGATIVES = ("negative_prompt", "negativeprompt", "negativePrompt", "Negative Prompt", "uc")
_MODELS = ("model", "Model", "use_stable_diffusion_model", "Stable Diffusion model")
_UNKNOWN = "another program"
_EASY = "Easy Diffusion"
_EASYS = frozenset({"use_stable_diffusion_model", "Stable Diffusion model"})


def read_others(told: Told) -> Recipe | None:
    for members in (*told.members(PARAMETERS), *told.members(COMMENT)):
        if _first(members, _PROMPTS) is not None and prompt_of(_first(members, _PROMPTS)) is not None:
            return _recipe(members)
    texts = {name: told.first(name) for name in told.texts}
    return _recipe(texts) if _first(texts, _NEGATIVES) is not None and _first(texts, _PROMPTS) is not None else None


def _recipe(members: Members) -> Recipe:
    sampler = name_of(_first(members, ("sampler_name", "sampler", "Sampler")))
    scheduler = name_of(_first(members, ("scheduler", "scheduler_name", "Scheduler")))
    sampling = sampling_of(sampler, scheduler)
    prompt, loras = without_tags(prompt_of(_first(members, _PROMPTS)) or "")
    settings = RecipeSettings(
        prompt=text_of(prompt),
        negative_prompt=prompt_of(_first(members, _NEGATIVES)),
        seed=seed_in(_first(members, ("seed", "Seed"))),
        width=side_of(_first(members, ("width", "Width"))),
        height=side_of(_first(members, ("height", "Height"))),
        steps=steps_of(_first(members, ("steps", "num_inference_steps", "Steps"))),
        cfg_scale=number_of(_first(members, ("cfg_scale", "cfgScale", "guidance_scale", "Guidance Scale", "cfg"))),
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
    )
    model = name_of(_first(members, _MODELS))
    digits = hash_of(_first(members, ("model_hash", "Model hash")))
    files = loras if model is None else (RecipeFile(FileKind.MODEL, model, digits), *loras)
    program = name_of(_first(members, ("software", "app", "generator")))
    return Recipe(
        made_with=_EASY if _EASYS & members.keys() else program or _UNKNOWN,
        settings=settings,
        files=files,
        notes=tuple(unknown_sampling(sampler, scheduler, settings)),
    )


def _first(members: Members, names: tuple[str, ...]) -> object:
    return next((members[name] for name in names if members.get(name) is not None), None)
