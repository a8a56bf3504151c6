"""The headers of model files, as a safetensors file begins: JSON with its tensors and, in some, what its makers say."""

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from functools import cache, lru_cache

from PIL import Image

_TENSORS = {"lora_unet_mid.lora_up.weight": {"dtype": "F16", "shape": [1, 1], "data_offsets": [0, 2]}}
_LONGEST = 1024 * 1024
"""Bytes; ComfyUI hands out no longer header."""


@lru_cache(maxsize=100)
def header_of(name: str) -> str | None:
    """``name``: with slashes. None: longer than ComfyUI reads. May be no JSON: a broken download."""
    if name == "corrupt.safetensors":
        return '{"__metadata__": {"ss_output_name": "corr'
    metadata = _metadata().get(name)
    header = json.dumps(_TENSORS if metadata is None else {"__metadata__": metadata, **_TENSORS})
    return None if len(header.encode()) > _LONGEST else header


@cache
def _metadata() -> Mapping[str, Mapping[str, str]]:
    """By file; others were saved without any."""
    return {
        "sd_xl_base_1.0.safetensors": {
            "modelspec.sai_model_spec": "1.0.0",
            "modelspec.architecture": "stable-diffusion-xl-v1-base",
            "modelspec.title": "Stable Diffusion XL 1.0 Base",
            "modelspec.hash_sha256": "0x" + hashlib.sha256(b"a checkpoint of the simulator").hexdigest(),
        },
        "sd15-ink-sketch.safetensors": {
            "ss_output_name": "ink_sketch_v3",
            "ss_base_model_version": "sd_v1",
            "ss_sd_model_name": "v1-5-pruned-emaonly.safetensors",
            "ss_network_dim": "16",
            "ss_tag_frequency": json.dumps(
                {
                    "10_inksketch": {"inksketch": 48, "monochrome": 41, "cross-hatching": 33, "a lighthouse": 4},
                    "5_portraits": {"inksketch": 20, "portrait": 19},
                }
            ),
        },
        "sdxl-watercolor.safetensors": {
            "modelspec.sai_model_spec": "1.0.0",
            "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
            "modelspec.title": "Wet-on-wet watercolour",
            "modelspec.description": "<p>Loose washes, white paper. Strength 0.6 to 0.9.</p>",
            "modelspec.trigger_phrase": "wtrclr style, wet on wet",
            "modelspec.thumbnail": _thumbnail(),
        },
        "sdxl-film-grain.safetensors": {
            "ss_base_model_version": "sdxl_base_v1-0",
            "ss_tag_frequency": json.dumps({"12_grainfilm": {}}),
        },
        "styles/pixel-art-xl.safetensors": {
            "modelspec.architecture": "stable-diffusion-xl-v1-base/lora",
            "modelspec.title": "None",
            "ss_output_name": "pixel-art-xl",
            "ss_tag_frequency": "{broken",
        },
        "flux-realism.safetensors": {"ss_tag_frequency": json.dumps({"1_set": {f"tag {n}": n for n in range(90_000)}})},
    }


def _thumbnail() -> str:
    picture = Image.linear_gradient("L").resize((96, 96)).convert("RGB")
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{base64.b64encode(encoded.getvalue()).decode()}"
