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


def _saver_class(module: str, name: str, category: str, inputs: dict[str, list[Any]]) -> dict[str, Any]:
    """An entry of ``/object_info`` that writes files and hands nothing on."""
    return {
        **_model_class(module, name, name, category, inputs),
        "python_module": module,
        "output": [],
        "output_name": [],
        "output_is_list": [],
        "output_node": True,
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

_PREFIX: list[Any] = ["STRING", {"default": "ComfyUI"}]
_FPS: list[Any] = ["FLOAT", {"default": 6.0, "min": 0.01, "max": 1000.0, "step": 0.01}]

EXTRAS = Pack(
    name="comfy-extras",
    classes={
        "SaveAnimatedWEBP": _saver_class(
            "comfy_extras.nodes_images",
            "SaveAnimatedWEBP",
            "image/animation",
            {
                "images": ["IMAGE"],
                "filename_prefix": _PREFIX,
                "fps": _FPS,
                "lossless": ["BOOLEAN", {"default": True}],
                "quality": ["INT", {"default": 80, "min": 0, "max": 100}],
                "method": [["default", "fastest", "slowest"]],
            },
        ),
        "SaveWEBM": _saver_class(
            "comfy_extras.nodes_video",
            "SaveWEBM",
            "image/video",
            {
                "images": ["IMAGE"],
                "filename_prefix": _PREFIX,
                "codec": [["vp9", "av1"]],
                "fps": _FPS,
                "crf": ["FLOAT", {"default": 32.0, "min": 0, "max": 63.0, "step": 1}],
            },
        ),
    },
)
"""Savers of animations that come with ComfyUI."""

VIDEO_HELPER = Pack(
    name="ComfyUI-VideoHelperSuite",
    classes={
        "VHS_VideoCombine": _saver_class(
            "custom_nodes.ComfyUI-VideoHelperSuite",
            "VHS_VideoCombine",
            "Video Helper Suite",
            {
                "images": ["IMAGE"],
                "frame_rate": ["FLOAT", {"default": 8, "min": 1, "step": 1}],
                "loop_count": ["INT", {"default": 0, "min": 0, "max": 100, "step": 1}],
                "filename_prefix": ["STRING", {"default": "AnimateDiff"}],
                "format": [["image/gif", "image/webp", "video/h264-mp4", "video/webm"]],
                "pingpong": ["BOOLEAN", {"default": False}],
                "save_output": ["BOOLEAN", {"default": True}],
            },
        ),
    },
)

WAS = Pack(
    name="was-node-suite-comfyui",
    classes={
        "Image Save": _saver_class(
            "custom_nodes.was-node-suite-comfyui",
            "Image Save",
            "WAS Suite/IO",
            {
                "images": ["IMAGE"],
                "filename_prefix": _PREFIX,
                "extension": [["png", "jpg", "webp", "bmp"]],
                "quality": ["INT", {"default": 100, "min": 1, "max": 100, "step": 1}],
            },
        ),
    },
)

PACKS = {pack.name: pack for pack in (GGUF, WAVESPEED, EXTRAS, VIDEO_HELPER, WAS)}

CUSTOM_FOLDER_OF_INPUT = {("UnetLoaderGGUF", "unet_name"): _GGUF_FOLDER}
"""Inputs that list another folder's files than the same input of a stock class."""


def pack_of(name: str) -> Pack:
    """The pack of a name; ValueError names those there are."""
    if name not in PACKS:
        raise ValueError(f"no pack {name!r}; choose one of {', '.join(PACKS)}")
    return PACKS[name]
