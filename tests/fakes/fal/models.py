"""The models that the fake fal serves: what they take, refuse and answer."""

import io
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from PIL import Image

from tests.fakes.fal.faults import Answer, model_error

NAMED_SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
DEFAULT_SEED = 42
STEPS = ("1", "2", "4", "8")
FETCHED = ("http://", "https://", "data:image/")
"""How an address of a picture begins that the models can read."""


def lightning_refuses(given: Mapping[str, Any]) -> Answer | None:
    """What the image-to-image model finds wrong; unknown fields are let pass."""
    if not isinstance(given.get("prompt"), str):
        return model_error("missing", "Field required", "prompt")
    if not str(given.get("image_url", "")).startswith(FETCHED):
        return model_error("file_download_error", "Failed to download the file.", "image_url")
    if given.get("num_inference_steps", "4") not in STEPS:
        return model_error("literal_error", "Input should be '1', '2', '4' or '8'", "num_inference_steps")
    if not 0 <= given.get("strength", 0.95) <= 1:
        return model_error("less_than_equal", "Input should be between 0 and 1", "strength")
    return None


def size_of(given: Mapping[str, Any]) -> tuple[int, int]:
    """Own sizes snap to multiples of 32."""
    size = given.get("image_size", "square_hd")
    if isinstance(size, str):
        return NAMED_SIZES[size]
    return size["width"] // 32 * 32, size["height"] // 32 * 32


def painted(given: Mapping[str, Any], size: tuple[int, int], kind: str, *, black: bool = False) -> bytes:
    """One colour, which what was asked for determines."""
    red, green, blue = sha256(repr(sorted(given.items())).encode()).digest()[:3]
    encoded = io.BytesIO()
    Image.new("RGB", size, (0, 0, 0) if black else (red, green, blue)).save(encoded, kind)
    return encoded.getvalue()


def lightning_answer(given: Mapping[str, Any], url: str, *, flagged: bool) -> dict[str, Any]:
    width, height = size_of(given)
    return {
        "images": [{"url": url, "width": width, "height": height, "content_type": f"image/{format_of(given)}"}],
        "timings": {"inference": 0.9},
        "seed": given.get("seed", DEFAULT_SEED),
        "has_nsfw_concepts": [flagged],
        "prompt": given["prompt"],
    }


def comfy_answer(url: str, image_key: str) -> dict[str, Any]:
    """Nested by the graph nodes of the stored workflow, of which one shows a preview."""
    saved = {image_key: url, "type": "output", "filename": "a_0001.png", "subfolder": ""}
    return {"outputs": {"9": {"images": [saved]}, "12": {"text": ["done"]}}}


def format_of(given: Mapping[str, Any]) -> str:
    return str(given.get("format", "jpeg"))
