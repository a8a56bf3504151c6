"""The files that A1111's text names: in its line of settings, by tags in the prompt, and in Civitai's list."""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from vibes.domain.pictures.file_kind import FileKind
from vibes.recipes.dialects.civitai import civitai_files
from vibes.recipes.dialects.infotext import Infotext, named_values
from vibes.recipes.members import hash_of, name_of, number_of
from vibes.recipes.recipe import RecipeFile

_WITH_HASH = re.compile(r"^(.*?)\s*\[([0-9a-fA-F]{8,64})\]$")
_LORA, _MOST = "lora", 100
_NO_FILE = re.compile(r"Latent|Built-in|Use same")
"""What stands in the place of a file's name: ways to enlarge that need none, and choices of another field."""


def files_of(found: Infotext, tagged: tuple[RecipeFile, ...]) -> tuple[RecipeFile, ...]:
    """Each file once, under its first name. ``tagged``: the LoRAs that the prompts name."""
    hashes = found.value("Hashes")
    told = hashes if isinstance(hashes, dict) else {}
    files = [*_models(found, told), *_loras(found, told, tagged), *_others(found, told)]
    files += civitai_files(found.value("Civitai resources"), files)
    by_name: dict[tuple[FileKind, str], RecipeFile] = {}
    for each in files:
        by_name.setdefault((each.kind, each.name), each)
    return tuple(by_name.values())


def _models(found: Infotext, hashes: Mapping[str, Any]) -> Iterator[RecipeFile]:
    """SD.Next notes a model that it loads in parts as ``UNet``, beside the one that the parts are put into."""
    name = name_of(found.text("UNet")) or name_of(found.text("Model"))
    told = hash_of(found.text("Model hash")) or hash_of(hashes.get("model"))
    if name is not None:
        yield RecipeFile(FileKind.MODEL, name, None if name_of(found.text("UNet")) else told)
    elif told is not None:
        yield RecipeFile(FileKind.MODEL, told, told)
    yield from _named_with_hash(FileKind.MODEL, found.text("Refiner"), hash_of(found.text("Refiner hash")))


def _loras(found: Infotext, hashes: Mapping[str, Any], tagged: tuple[RecipeFile, ...]) -> Iterator[RecipeFile]:
    told: dict[str, str | None] = dict(_networks(found))
    strengths: dict[str, float | None] = {}
    for name, value in named_values(found.value("Lora hashes")):
        digits, _, strength = value.partition(":")  # Fooocus puts the strength behind it
        told[name] = hash_of(digits)
        strengths[name] = number_of(strength.strip())
    for name, value in named_values(found.value("Lora weights")):
        strengths[name] = number_of(value)
    for name, value in hashes.items():
        kind, _, rest = name.partition(":")
        if kind.casefold() == _LORA and rest:
            told.setdefault(rest, hash_of(value))
    for each in tagged:
        yield RecipeFile(FileKind.LORA, each.name, told.pop(each.name, None), each.strength)
    for name, short in told.items():
        if (known := name_of(name)) is not None:
            yield RecipeFile(FileKind.LORA, known, short, strengths.get(name))


def _networks(found: Infotext) -> Iterator[tuple[str, str | None]]:
    """SD.Next lists names and hashes apart, in one order; it leaves out hashes that it does not know."""
    names = [each.strip() for each in (found.text("LoRA networks") or "").split(",")[:_MOST] if each.strip()]
    digits = [each.strip() for each in (found.text("LoRA hashes") or "").split(",")[:_MOST]]
    if len(digits) != len(names):
        digits = []
    for name, short in zip_longest(names, digits):
        yield name, hash_of(short)


def _others(found: Infotext, hashes: Mapping[str, Any]) -> Iterator[RecipeFile]:
    vae = name_of(found.text("VAE"))
    if vae is not None and not vae.startswith("Default ("):  # Fooocus: the model's own
        yield RecipeFile(FileKind.VAE, vae, hash_of(found.text("VAE hash")) or hash_of(hashes.get("vae")))
    yield from _named_with_hash(FileKind.TEXT_ENCODER, found.text("TE"))
    if (upscaler := name_of(found.text("Hires upscaler"))) is not None and not _NO_FILE.match(upscaler):
        yield RecipeFile(FileKind.UPSCALER, upscaler)
    for name, value in found.settings.items():
        if name.startswith("Module ") and isinstance(value, str):  # Forge: text encoders, and the VAE among them
            kind = FileKind.VAE if _is_vae(value) else FileKind.TEXT_ENCODER
            yield from _named_with_hash(kind, value)
        elif name.startswith("ControlNet ") and isinstance(value, str):
            yield from _named_with_hash(FileKind.CONTROLNET, dict(named_values(value)).get("Model"))


def _is_vae(name: str) -> bool:
    return "vae" in name.lower() or name.lower() in {"ae", "ae.safetensors", "ae.sft"}


def _named_with_hash(kind: FileKind, value: str | None, digits: str | None = None) -> Iterator[RecipeFile]:
    """``name [hash]``; ``digits``: its hash where it stands apart."""
    match = _WITH_HASH.match(value[:1000]) if value else None
    name = name_of(match[1] if match else value)
    if name is not None and not _NO_FILE.match(name):
        yield RecipeFile(kind, name, hash_of(match[2]) if match else digits)
