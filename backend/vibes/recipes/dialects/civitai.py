"""What Civitai says of the files behind a picture: a list of resources, by their number there or by AIR."""

import re
from collections.abc import Iterator, Sequence

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.members import hash_of, items_of, members_of, name_of, number_of
from vibes.recipes.recipe import RecipeFile

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


def civitai_files(resources: object, known: Sequence[RecipeFile] = ()) -> Iterator[RecipeFile]:
    """Those that are not known already; one without a name goes by its AIR or its number."""
    for item in items_of(resources):
        told = members_of(item)
        if told is None:
            continue
        air = told.get("air")
        found = _AIR.fullmatch(air) if isinstance(air, str) else None
        kind = _KINDS.get(_plain(told.get("type") or (found["type"] if found else "")))
        name = name_of(_name(told.get("modelName"), told.get("versionName"))) or _number(told, air)
        if kind is None or name is None:
            continue
        if kind is FileKind.MODEL and any(each.kind is kind for each in known):
            continue  # A1111's line names it by its file
        weight = number_of(told.get("weight", told.get("strength")))
        yield RecipeFile(kind, name, hash_of(told.get("hash")), weight)


def _name(model: object, version: object) -> object:
    return f"{model} {version}" if isinstance(model, str) and isinstance(version, str) else model


def _number(told: object, air: object) -> str | None:
    if isinstance(air, str):
        return name_of(air)
    version = told.get("modelVersionId") if isinstance(told, dict) else None
    return f"civitai {version}" if isinstance(version, int) and not isinstance(version, bool) else None


def _plain(kind: object) -> str:
    return re.sub(r"[^a-z]", "", kind[:60].lower()) if isinstance(kind, str) else ""
