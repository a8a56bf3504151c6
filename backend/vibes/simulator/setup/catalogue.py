"""What a node lists: model files by folder and graph-node classes, as ``/models`` and ``/object_info`` show them."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from vibes.simulator.setup.dialect import Dialect
from vibes.simulator.setup.options import NodeOptions
from vibes.simulator.setup.packs import CUSTOM_FOLDER_OF_INPUT, pack_of
from vibes.simulator.setup.profiles import GpuProfile

ClassInfo = dict[str, Any]
"""One entry of ``/object_info``."""

_NEEDS_NOTHING, _NEEDS_SDXL, _NEEDS_FLUX = 0, 8, 16
"""Gigabytes a card must have for such a file to be listed."""

_FILES: Mapping[str, Mapping[str, int]] = {
    "checkpoints": {
        "v1-5-pruned-emaonly.safetensors": _NEEDS_NOTHING,
        "sd_xl_base_1.0.safetensors": _NEEDS_SDXL,
        "ponyDiffusionV6XL.safetensors": _NEEDS_SDXL,
        "Illustrious-XL-v0.1.safetensors": _NEEDS_SDXL,
        "flux1-dev-fp8.safetensors": _NEEDS_FLUX,
    },
    "loras": {
        "sd15-ink-sketch.safetensors": _NEEDS_NOTHING,
        "detail-tweaker-xl.safetensors": _NEEDS_SDXL,
        "sdxl-film-grain.safetensors": _NEEDS_SDXL,
        "sdxl-watercolor.safetensors": _NEEDS_SDXL,
        "styles/pixel-art-xl.safetensors": _NEEDS_SDXL,
        "flux-realism.safetensors": _NEEDS_FLUX,
        "Minimal-Futuristic.safetensors": _NEEDS_FLUX,
        "corrupt.safetensors": _NEEDS_SDXL,
    },
    "vae": {
        "ae.safetensors": _NEEDS_FLUX,
        "flux2-vae.safetensors": _NEEDS_FLUX,
        "qwen_image_vae.safetensors": _NEEDS_FLUX,
    },
    "text_encoders": {
        "clip_l.safetensors": _NEEDS_FLUX,
        "t5xxl_fp16.safetensors": _NEEDS_FLUX,
        "qwen_2.5_vl_7b_fp8_scaled.safetensors": _NEEDS_FLUX,
        "qwen_3_4b.safetensors": _NEEDS_FLUX,
        "mistral_3_small_flux2_bf16.safetensors": _NEEDS_FLUX,
    },
    "diffusion_models": {
        "flux1-dev.safetensors": _NEEDS_FLUX,
        "flux1-fill-dev.safetensors": _NEEDS_FLUX,
        "flux2_dev_fp8mixed.safetensors": _NEEDS_FLUX,
        "qwen_image_fp8_e4m3fn.safetensors": _NEEDS_FLUX,
        "qwen_image_edit_2511_bf16.safetensors": _NEEDS_FLUX,
        "z_image_turbo_bf16.safetensors": _NEEDS_FLUX,
    },
    "controlnet": {
        "control_v11p_sd15_canny_fp16.safetensors": _NEEDS_NOTHING,
        "diffusers_xl_canny_full.safetensors": _NEEDS_SDXL,
    },
    "upscale_models": {"4x-UltraSharp.pth": _NEEDS_NOTHING, "RealESRGAN_x4plus.pth": _NEEDS_NOTHING},
}

_FOLDER_OF_INPUT = {
    "ckpt_name": "checkpoints",
    "lora_name": "loras",
    "vae_name": "vae",
    "unet_name": "diffusion_models",
    "clip_name1": "text_encoders",
    "clip_name2": "text_encoders",
    "clip_name3": "text_encoders",
    "control_net_name": "controlnet",
    "model_name": "upscale_models",
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The files and the classes of one node."""

    files: Mapping[str, Sequence[str]]
    classes: Mapping[str, ClassInfo]
    input_images: Callable[[], Sequence[str]]
    """The images in the input folder at this moment; the lists of LoadImage show them."""
    removed: Callable[[], str]
    """Files with this text in their names are gone since the start; empty: none."""

    def object_info(self, class_type: str) -> ClassInfo | None:
        """The class as it is described at this moment, or None."""
        info = self.classes.get(class_type)
        if info is None or not (class_type in _READS_INPUT_FOLDER or self.removed()):
            return info
        current = copy.deepcopy(info)
        if class_type in _READS_INPUT_FOLDER:
            current["input"]["required"]["image"][0] = list(self.input_images())
        for _, spec in _combos(current):
            _set_choices(spec, self.still_there(_choices(spec)))
        return current

    def files_in(self, folder: str) -> list[str]:
        """Files in the folder at this moment; empty for an unknown folder."""
        return self.still_there(self.files.get(folder, ()))

    def still_there(self, names: Sequence[Any]) -> list[Any]:
        removed = self.removed()
        return [name for name in names if not (removed and isinstance(name, str) and removed in name)]


_READS_INPUT_FOLDER = frozenset({"LoadImage", "LoadImageMask"})


def build_catalogue(
    dialect: Dialect,
    profile: GpuProfile,
    options: NodeOptions,
    input_images: Callable[[], Sequence[str]],
    removed: Callable[[], str],
) -> Catalogue:
    """The catalogue of a card: the files that fit into its memory, or the given ones instead, in every class that lists
    them."""
    files = {folder: list[str]() for folder in dialect.model_folders}
    installed = [pack_of(name) for name in options.packs]
    shelves = [_FILES, *(pack.files for pack in installed)]
    for folder, names in (entry for shelf in shelves for entry in shelf.items()):
        files[folder] = [name for name, gigabytes in names.items() if profile.vram_gigabytes >= gigabytes]
    files |= {folder: list(names) for folder, names in options.models.items()}
    separator = "\\" if options.windows else "/"
    files = {folder: sorted(name.replace("/", separator) for name in names) for folder, names in files.items()}
    classes = copy.deepcopy(_recorded(dialect.version))
    for pack in installed:
        classes |= copy.deepcopy(dict(pack.classes))
    for class_type, info in classes.items():
        _list_files(class_type, info, files)
        for _, spec in _combos(info):
            _set_choices(spec, [each for each in _choices(spec) if each not in options.without])
    return Catalogue(files, classes, input_images, removed)


@lru_cache(maxsize=2)
def _recorded(version: str) -> dict[str, ClassInfo]:
    text = (resources.files("vibes.simulator") / "data" / f"object_info-{version}.json").read_text("utf-8")
    classes: dict[str, ClassInfo] = json.loads(text)
    for info in classes.values():
        info |= {"description": "", "python_module": "nodes"}
    return classes


def _list_files(class_type: str, info: ClassInfo, files: Mapping[str, Sequence[str]]) -> None:
    for name, spec in _combos(info):
        folder = _folder_of(class_type, name)
        if folder is not None:
            _set_choices(spec, [*files[folder], *(["pixel_space"] if folder == "vae" else [])])


def _combos(info: ClassInfo) -> Iterator[tuple[str, list[Any]]]:
    """Inputs that take one value of a list, in either encoding, with their specifications."""
    for section in ("required", "optional"):
        for name, spec in info["input"].get(section, {}).items():
            if isinstance(spec[0], list) or spec[0] == "COMBO":
                yield name, spec


def _choices(spec: list[Any]) -> Sequence[Any]:
    names: Sequence[Any] = spec[0] if isinstance(spec[0], list) else spec[1].get("options", [])
    return names


def _set_choices(spec: list[Any], names: list[Any]) -> None:
    if isinstance(spec[0], list):
        spec[0] = names
    else:
        spec[1]["options"] = names


def _folder_of(class_type: str, input_name: str) -> str | None:
    if input_name == "clip_name":
        return "clip_vision" if class_type == "CLIPVisionLoader" else "text_encoders"
    return CUSTOM_FOLDER_OF_INPUT.get((class_type, input_name)) or _FOLDER_OF_INPUT.get(input_name)
