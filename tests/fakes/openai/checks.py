"""What OpenAI's image routes find wrong with a request, in the order in which a person would mend it."""

import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from tests.fakes.openai.faults import Answer, refusal

MODELS = ("gpt-image-1.5", "gpt-image-1-mini", "gpt-image-2", "gpt-image-2.6-flare")
_GENERATION = {
    "background",
    "model",
    "moderation",
    "n",
    "output_compression",
    "output_format",
    "partial_images",
    "prompt",
    "quality",
    "size",
    "stream",
    "user",
}
_EDIT = {*_GENERATION, "image", "mask", "input_fidelity"} - {"moderation"}
_OLD_SIZES = {"auto", "1024x1024", "1536x1024", "1024x1536"}
_MOST_PROMPT = 32_000


def _wrong(code: str, text: str, param: str) -> Answer:
    return refusal(400, "invalid_request_error", code, text, param)


def refuses(asked: Mapping[str, Any], *, edit: bool) -> Answer | None:
    unknown = sorted({*asked} - (_EDIT if edit else _GENERATION))
    if unknown:
        return _wrong("unknown_parameter", f"Unknown parameter: '{unknown[0]}'.", unknown[0])
    if asked.get("model") not in MODELS:
        text = f"The model '{asked.get('model')}' does not exist or you do not have access to it."
        return refusal(404, "invalid_request_error", "model_not_found", text)
    if not 0 < len(asked.get("prompt", "")) <= _MOST_PROMPT:
        return _wrong("invalid_value", "Invalid prompt length.", "prompt")
    if not is_size(asked["model"], asked.get("size", "auto")):
        return _wrong("invalid_value", f"Invalid value: '{asked['size']}'.", "size")
    if asked.get("background") == "transparent" and asked.get("output_format") == "jpeg":
        return _wrong("invalid_value", "Transparent background is not supported for jpeg.", "background")
    if "input_fidelity" in asked and asked["model"] != "gpt-image-1.5":
        return _wrong("invalid_input_fidelity_model", "This model has no input fidelity.", "input_fidelity")
    return _refuses_pictures(asked) if edit else None


def is_size(model: str, size: str) -> bool:
    if size in _OLD_SIZES or model.startswith("gpt-image-1"):
        return size in _OLD_SIZES
    width, _, height = size.partition("x")
    if not (width.isdigit() and height.isdigit()):
        return False
    short, long = sorted((int(width), int(height)))
    return short % 16 == long % 16 == 0 and short * long >= 655_360 and long <= min(3 * short, 3840) and short <= 2160


def _refuses_pictures(asked: Mapping[str, Any]) -> Answer | None:
    """``image``: the bytes of each; ``mask``: those of the mask."""
    try:
        sizes = [size_of(each) for each in asked["image"]]
        masked = size_of(asked["mask"]) if "mask" in asked else None
    except (KeyError, OSError):
        return _wrong("invalid_image_file", "Invalid image file or mode for image 1.", "image")
    if masked is not None and masked != sizes[0]:
        return _wrong("invalid_value", "Mask size does not match image size.", "mask")
    return None


def size_of(picture: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(picture), formats=("PNG", "JPEG", "WEBP")) as opened:
        return opened.size
