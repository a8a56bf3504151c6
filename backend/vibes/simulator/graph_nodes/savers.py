"""Graph nodes that save something else than a PNG each: animations, videos, pictures of other formats."""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

from vibes.simulator.graph_nodes.base import Bench, Done, GraphNodeClass, Inputs, Work
from vibes.simulator.graph_nodes.values import Images, megapixels_of
from vibes.simulator.pictures import finish
from vibes.simulator.setup.profiles import GpuProfile
from vibes.simulator.state.files import SavedFile

_MODEL_TAG, _MAKE_TAG = 0x0110, 0x010F
"""EXIF tags that savers misuse for graphs: ComfyUI's own for the prompt the one, the WAS pack the other."""
_METHODS = {"default": 4, "fastest": 0, "slowest": 6}
_FORMATS = {
    "image/gif": ("GIF", ".gif"),
    "image/webp": ("WEBP", ".webp"),
    "video/h264-mp4": (None, ".mp4"),
    "video/webm": (None, ".webm"),
}
_EXTENSIONS = {"png": "PNG", "jpg": "JPEG", "webp": "WEBP", "bmp": "BMP"}


def _animated_webp(inputs: Inputs, bench: Bench) -> Done:
    content = finish.to_file(
        _marked(inputs["images"]),
        "WEBP",
        {_MODEL_TAG: f"prompt:{json.dumps(bench.graph)}"} if bench.metadata else {},
        duration=int(1000 / inputs["fps"]),
        lossless=inputs["lossless"],
        quality=inputs["quality"],
        method=_METHODS[inputs["method"]],
    )
    [saved] = _saved(inputs, bench, [content], ".webp")
    return Done(ui={"images": [saved.as_json()], "animated": (True,)})


def _webm(inputs: Inputs, bench: Bench) -> Done:
    [saved] = _saved(inputs, bench, [_clip(".webm")], ".webm")
    return Done(ui={"images": [saved.as_json()], "animated": (True,)})


def _video_combine(inputs: Inputs, bench: Bench) -> Done:
    """The pack lists whatever it saves as a GIF."""
    kind, suffix = _FORMATS[inputs["format"]]
    duration = int(1000 / inputs["frame_rate"])
    images = _marked(inputs["images"])
    content = _clip(suffix) if kind is None else finish.to_file(images, kind, {}, duration=duration)
    [saved] = _saved(inputs, bench, [content], suffix, "output" if inputs["save_output"] else "temp")
    told: dict[str, Any] = {**saved.as_json(), "format": inputs["format"], "frame_rate": inputs["frame_rate"]}
    return Done(ui={"gifs": [told]})


def _image_save(inputs: Inputs, bench: Bench) -> Done:
    extension = inputs["extension"]
    exif = {_MAKE_TAG: f"Prompt:{json.dumps(bench.graph)}"} if bench.metadata else {}
    quality = {"quality": inputs["quality"]} if extension in {"jpg", "webp"} else {}
    images = _marked(inputs["images"])
    contents = [finish.to_file([image], _EXTENSIONS[extension], exif, **quality) for image in images]
    saved = _saved(inputs, bench, contents, f".{extension}")
    return Done(ui={"images": [file.as_json() for file in saved], "files": [file.filename for file in saved]})


def _marked(images: Images) -> list[Any]:
    return [finish.marked(image).convert("RGB") for image in images]


def _saved(
    inputs: Inputs, bench: Bench, contents: Sequence[bytes], suffix: str, kind: str = "output"
) -> list[SavedFile]:
    return bench.files.save(kind, inputs["filename_prefix"], inputs["images"][0].size, contents, suffix)


@cache
def _clip(suffix: str) -> bytes:
    """A second of a square that moves: this simulator has no encoder of videos."""
    return (resources.files("vibes.simulator") / "data" / f"clip{suffix}").read_bytes()


def _saving(inputs: Inputs, profile: GpuProfile) -> Work:
    return Work(seconds=profile.save_seconds(megapixels_of(inputs["images"])))


CLASSES = {
    "SaveAnimatedWEBP": GraphNodeClass(_animated_webp, _saving, heavy=True),
    "SaveWEBM": GraphNodeClass(_webm, _saving, heavy=True),
    "VHS_VideoCombine": GraphNodeClass(_video_combine, _saving, heavy=True),
    "Image Save": GraphNodeClass(_image_save, _saving, heavy=True),
}
