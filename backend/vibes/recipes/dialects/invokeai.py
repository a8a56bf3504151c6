"""InvokeAI's three ways: a line of its command ``dream``, ``sd-metadata`` of version 2, and ``invokeai_metadata``."""

import re
from collections.abc import Iterator
from typing import Any

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
    text_of,
)
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of, unknown_sampling
from vibes.recipes.told import Told

NAME = "InvokeAI"
_NEGATIVE = re.compile(r"\[([^\[\]]*)\]")
_DREAM = re.compile(r'\s*"((?:[^"\\]|\\.)*+)"(.*)', re.DOTALL)
_OPTION = re.compile(r"(?:^|\s)-([A-Za-z])[ =]?([^\s-]\S{0,100}|-?[\d.]{1,30})")
"""``-s50``, as the program wrote it, or ``-s 50``, as people typed it."""
_OF_DREAM = {"s": "steps", "S": "seed", "W": "width", "H": "height", "C": "cfg_scale", "A": "sampler", "f": "strength"}
_WEIGHTS = re.compile(r"\)[+\-\d]|\w(?:\+\+|--|\+(?=[\s,.]|$))|\.(?:and|blend|swap)\(")
_OWN_WEIGHTS = "the prompt weighs words as InvokeAI does, (word)1.2 or word++, which ComfyUI takes for ordinary text"


def read_invokeai(told: Told) -> Recipe | None:
    for members in told.members("invokeai_metadata"):
        return _of_metadata(members)
    for members in told.members("sd-metadata"):
        image = members_of(members.get("image"))
        if image is not None:
            return _of_sd_metadata(members, image)
    return _of_dream(told.first("Dream") or told.first("dream"))


def _of_metadata(members: Members) -> Recipe:
    settings = _settings(
        {**members, "sampler": members.get("scheduler")},
        prompt_of(members.get("positive_prompt")),
        prompt_of(members.get("negative_prompt")),
    )
    return _recipe(members, settings, members.get("scheduler"), tuple(_files(members)))


def _of_sd_metadata(members: Members, image: Members) -> Recipe:
    told = image.get("prompt")
    parts = [members_of(each) for each in items_of(told)]
    text = told if isinstance(told, str) else ", ".join(str(each.get("prompt", "")) for each in parts if each)
    model = name_of(members.get("model_weights"))
    files = () if model is None else (RecipeFile(FileKind.MODEL, model, hash_of(members.get("model_hash"))),)
    return _recipe(members, _settings(image, *_sides(text)), image.get("sampler"), files)


def _of_dream(line: str) -> Recipe | None:
    found = _DREAM.fullmatch(line[:100_000])
    if found is None:
        return None
    options = {_OF_DREAM[key]: value for key, value in _OPTION.findall(found[2]) if key in _OF_DREAM}
    return _recipe({}, _settings(options, *_sides(found[1])), options.get("sampler"), ())


def _recipe(members: Members, settings: RecipeSettings, sampler: object, files: tuple[RecipeFile, ...]) -> Recipe:
    notes = [*unknown_sampling(name_of(sampler), None, settings)]
    if any(_WEIGHTS.search(text or "") for text in (settings.prompt, settings.negative_prompt)):
        notes.append(_OWN_WEIGHTS)
    version = text_of(members.get("app_version"))
    return Recipe(made_with=NAME, version=version, settings=settings, files=files, notes=tuple(notes))


def _settings(members: Members, prompt: str | None, negative: str | None) -> RecipeSettings:
    sampling = sampling_of(name_of(members.get("sampler")))
    return RecipeSettings(
        prompt=prompt,
        negative_prompt=negative,
        seed=seed_in(members.get("seed")),
        width=side_of(members.get("width")),
        height=side_of(members.get("height")),
        steps=steps_of(members.get("steps")),
        cfg_scale=number_of(members.get("cfg_scale")),
        guidance=number_of(members.get("guidance")),
        denoise_strength=number_of(members.get("strength")) if _starts_from_picture(members) else None,
        sampler=sampling.sampler,
        scheduler=sampling.scheduler or ("normal" if sampling.sampler else None),
    )


def _starts_from_picture(members: Members) -> bool:
    """InvokeAI also notes the strength of its form where the picture began with noise."""
    told = members.get("generation_mode", members.get("type"))
    return not isinstance(told, str) or not told.endswith("txt2img")


def _sides(text: str) -> tuple[str | None, str | None]:
    """What stands in square brackets is the negative prompt."""
    negative = ", ".join(each.strip(" ,") for each in _NEGATIVE.findall(text[:100_000]))
    positive = re.sub(r"[ ,]*\n[ ,]*", ", ", _NEGATIVE.sub("\n", text[:100_000]).strip(" ,\n"))
    return text_of(positive), text_of(negative)


def _files(members: Members) -> Iterator[RecipeFile]:
    yield from _file(FileKind.MODEL, members.get("model"))
    yield from _file(FileKind.MODEL, members.get("refiner_model"))
    yield from _file(FileKind.VAE, members.get("vae"))
    for item in items_of(members.get("loras")):
        told = members_of(item) or {}
        yield from _file(FileKind.LORA, told.get("model", told.get("lora")), told.get("weight"))
    for item in items_of(members.get("controlnets")):
        told = members_of(item) or {}
        yield from _file(FileKind.CONTROLNET, told.get("control_model"), told.get("control_weight"))


def _file(kind: FileKind, model: Any, weight: object = None) -> Iterator[RecipeFile]:
    told = members_of(model) or {"name": model}
    name = name_of(told.get("name")) or name_of(told.get("model_name"))
    if name is not None:
        yield RecipeFile(kind, name, hash_of(told.get("hash")), number_of(weight))
