"""Packs of custom graph nodes that a simulated node can have installed, as its catalogue lists them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_GGUF_FOLDER = "unet_gguf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """What a pack adds to a node: classes for ``/object_info``, files by folder with the gigabytes they need."""

    name: str
    classes: Mapping[str, dict[str, Any]]
    files: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def _model_class(pack: str, name: str, title: str, category: str, inputs: dict[str, list[Any]]) -> dict[str, Any]:
    """An entry of ``/object_info`` whose one output is a diffusion model."""
    return {
        "name": name,
        "display_name": title,
        "description": "",
        "python_module": f"custom_nodes.{pack}",
        "category": category,
        "input": {"required": inputs},
        "input_order": {"required": list(inputs)},
        "is_input_list": False,
        "output": ["MODEL"],
        "output_name": ["MODEL"],
        "output_is_list": [False],
        "output_node": False,
        "has_intermediate_output": False,
    }


GGUF = Pack(
    name="ComfyUI-GGUF",
    classes={
        "UnetLoaderGGUF": _model_class(
            "ComfyUI-GGUF", "UnetLoaderGGUF", "Unet Loader (GGUF)", "bootleg", {"unet_name": [[]]}
        ),
    },
    files={_GGUF_FOLDER: {"flux1-schnell-Q4_K_S.gguf": 8, "flux1-dev-Q4_K_S.gguf": 8}},
)

WAVESPEED = Pack(
    name="Comfy-WaveSpeed",
    classes={
        "ApplyFBCacheOnModel": _model_class(
            "Comfy-WaveSpeed",
            "ApplyFBCacheOnModel",
            "Apply First Block Cache",
            "wavespeed",
            {
                "model": ["MODEL"],
                "object_to_patch": ["STRING", {"default": "diffusion_model"}],
                "residual_diff_threshold": ["FLOAT", {"default": 0.0, "min": 0.0, "max": 1.0, "step": 0.001}],
                "start": ["FLOAT", {"default": 0.0, "min": 0.0, "max": 1.0, "step": 0.01}],
                "end": ["FLOAT", {"default": 1.0, "min": 0.0, "max": 1.0, "step": 0.01}],
                "max_consecutive_cache_hits": ["INT", {"default": -1, "min": -1}],
            },
        ),
    },
)

PACKS = {pack.name: pack for pack in (GGUF, WAVESPEED)}

CUSTOM_FOLDER_OF_INPUT = {("UnetLoaderGGUF", "unet_name"): _GGUF_FOLDER}
"""Inputs that list another folder's files than the same input of a stock class."""


def pack_of(name: str) -> Pack:
    """The pack of a name; ValueError names those there are."""
    if name not in PACKS:
        raise ValueError(f"no pack {name!r}; choose one of {', '.join(PACKS)}")
    return PACKS[name]
