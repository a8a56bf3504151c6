"""SwarmUI: ``sui_image_params``, and the hashes of the files in ``sui_models``."""

import re
from collections.abc import Iterator, Mapping

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.lora_tags import without_tags
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
    stem_of,
    steps_of,
    text_of,
)
from vibes.recipes.recipe import Recipe, RecipeFile, RecipeSettings
from vibes.recipes.samplers import sampling_of, unknown_sampling
from vibes.recipes.told import COMMENT, PARAMETERS, Told

_CREATIVITY = "initimagecreativity"
_PARAMS = "sui_image_params"
_KINDS = {"model": FileKind.MODEL, "refinermodel": FileKind.MODEL, "vae": FileKind.VAE}
_TAG = re.compile(r"<[a-z]{2,30}(?=[\[:>])")
_OWN_TAGS = "the prompt holds tags of SwarmUI's own, such as {}…>, which ComfyUI takes for ordinary text"


def read_swarmui(told: Told) -> Recipe | None:
    for members in (*told.members(PARAMETERS), *told.members(COMMENT)):
        inner = members_of(members.get(_PARAMS))
        if inner is not None:
            return _recipe(inner, members)
    return None


def _recipe(members: Members, beside: Members) -> Recipe:
    sampler = name_of(members.get("sampler", members.get("comfyuisampler", members.get("autowebuisampler"))))
    scheduler = name_of(members.get("scheduler", members.get("comfyuischeduler")))
    sampling = sampling_of(sampler, scheduler)
    prompt, tagged = without_tags(prompt_of(members.get("prompt")) or "")
    settings = RecipeSettings(
        prompt=text_of(prompt),
        negative_prompt=prompt_of(members.get("negativeprompt")),
        seed=seed_in(members.get("seed")),
        width=side_of(members.get("width")),
        height=side_of(members.get("height")),
        steps=steps_of(members.get("steps")),
        cfg_scale=number_of(members.get("cfgscale")),
        guidance=number_of(members.get("fluxguidancescale")),
        denoise_strength=_strength(members, beside),
        sampler=sampling.sampler,
        scheduler=sampling.scheduler,
    )
    notes = [*unknown_sampling(sampler, scheduler, settings)]
    if (tag := _TAG.search(prompt)) is not None:
        notes.append(_OWN_TAGS.format(tag[0]))
    version = text_of(members.get("swarm_version", members.get("swarmVersion")))
    files = _files(members, _hashes(beside), tagged)
    return Recipe(made_with="SwarmUI", version=version, settings=settings, files=tuple(files), notes=tuple(notes))


def _strength(members: Members, beside: Members) -> float | None:
    """The picture to start from is seldom noted; settings that nothing used are listed since version 0.9.5."""
    unused = (members_of(beside.get("sui_extra_data")) or {}).get("unused_parameters")
    return None if _CREATIVITY in items_of(unused) else number_of(members.get(_CREATIVITY))


def _hashes(members: Members) -> Mapping[str, str]:
    """By the name without folder and extension."""
    found = {}
    for item in items_of(members.get("sui_models")):
        told = members_of(item) or {}
        name, digits = name_of(told.get("name")), hash_of(told.get("hash"))
        if name is not None and digits is not None:
            found[stem_of(name)] = digits
    return found


def _files(members: Members, hashes: Mapping[str, str], tagged: tuple[RecipeFile, ...]) -> Iterator[RecipeFile]:
    for parameter, kind in _KINDS.items():
        name = name_of(members.get(parameter))
        if name is not None and not name.startswith("("):  # "(Use Base)"
            yield RecipeFile(kind, name, hashes.get(stem_of(name)))
    told = {each.name: each.strength for each in tagged}
    for each, weight in zip(_listed(members.get("loras")), _weights(members.get("loraweights")), strict=False):
        known = name_of(each)
        if known is not None:
            told[known] = number_of(weight)
    for name, strength in told.items():
        yield RecipeFile(FileKind.LORA, name, hashes.get(stem_of(name)), strength)


def _listed(value: object) -> list[object]:
    return list(items_of(value.split(",") if isinstance(value, str) else value))


def _weights(value: object) -> Iterator[object]:
    yield from _listed(value)
    while True:
        yield 1.0
