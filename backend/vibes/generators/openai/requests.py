"""What is asked of a server for one picture, as its fields and files. Pure, apart from reading masks."""

import base64
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image, ImageOps

from vibes.generators.errors import InvalidInput
from vibes.generators.given import media_type_of
from vibes.generators.openai.config import OpenAIConfig
from vibes.generators.wanted import Wanted

MOST_PROMPT = 32_000
"""Characters. What is longer is refused by OpenAI."""
_MOST_MASK = 4 * 1024**2
_FORMATS = ("PNG", "JPEG", "WEBP")
_NOT_ALWAYS = {"quality": "auto", "background": "auto", "output_format": "png", "moderation": "auto"}
"""Options and what is left out, since it is so anyway."""


@dataclass(frozen=True, slots=True)
class DrawingRequest:
    """A request for a picture: JSON, or a form as soon as it has files."""

    path: str
    fields: Mapping[str, Any]
    files: tuple[tuple[str, bytes], ...] = field(default=(), repr=False)
    """Name and picture of each."""

    def as_httpx(self) -> dict[str, Any]:
        """The arguments that make it one."""
        if not self.files:
            return {"json": dict(self.fields)}
        texts = {name: _as_text(value) for name, value in self.fields.items()}
        return {"data": texts, "files": [(name, _file(name, picture)) for name, picture in self.files]}


def request_for(config: OpenAIConfig, wanted: Wanted) -> DrawingRequest:
    """Blocks while it converts a mask. Raises InvalidInput."""
    if len(wanted.prompt) > MOST_PROMPT:
        raise InvalidInput(f"the prompt has {len(wanted.prompt)} characters, at most {MOST_PROMPT} are taken")
    server = config.about_server
    fields = {"model": config.model_name, "prompt": _prompt(config, wanted), **server.always, **_options(config)}
    if wanted.width is not None and wanted.height is not None:
        fields["size"] = f"{wanted.width}x{wanted.height}"
    for name, at_server in server.fields.items():
        value = getattr(wanted, name)
        if value is not None:
            fields[at_server] = value
    if server.streams and config.partial_images:
        fields |= {"stream": True, "partial_images": config.partial_images}
    return _with_pictures(config, wanted, fields | config.extra_fields)


def ignored(config: OpenAIConfig, wanted: Wanted) -> tuple[str, ...]:
    """Parameters that were given and that the server has no field for."""
    possible = ("steps", "guidance_scale", "strength", "controlnet_strength")
    return tuple(
        each for each in possible if each not in config.about_server.fields and getattr(wanted, each) is not None
    )


def _prompt(config: OpenAIConfig, wanted: Wanted) -> str:
    """A ``|`` in the prompt itself would cut it there, where the server joins both."""
    if not config.about_server.joined_negative:
        return wanted.prompt
    both = (each.replace("|", ",") for each in (wanted.prompt, wanted.negative_prompt or "") if each)
    return "|".join(both)


def _options(config: OpenAIConfig) -> dict[str, Any]:
    told = {name: getattr(config, name) for name in sorted(config.about_server.options)}
    return {name: value for name, value in told.items() if value is not None and value != _NOT_ALWAYS.get(name)}


def _with_pictures(config: OpenAIConfig, wanted: Wanted, fields: Mapping[str, Any]) -> DrawingRequest:
    if wanted.image is None:
        return DrawingRequest("/images/generations", fields)
    if not config.about_server.edits:
        encoded = base64.b64encode(wanted.image).decode()
        return DrawingRequest("/images/generations", {**fields, "file": encoded})
    edit = {name: value for name, value in fields.items() if name != "moderation"}
    files = [("image", wanted.image)]
    if wanted.mask is not None:
        files.append(("mask", see_through(wanted.mask, wanted.image)))
    return DrawingRequest("/images/edits", edit, tuple(files))


def see_through(mask: bytes, image: bytes) -> bytes:
    """The mask as OpenAI wants it, transparent where is drawn anew and of the picture's size, out of one that is white
    there; one that is transparent already stays so. InvalidInput where it cannot be read, or stays too large."""
    try:
        with Image.open(io.BytesIO(image), formats=_FORMATS) as opened:
            size = opened.size
        with Image.open(io.BytesIO(mask), formats=_FORMATS) as opened:
            alpha = _alpha(opened)
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise InvalidInput(f"the mask cannot be read: {error}") from None
    if alpha.size != size:
        alpha = alpha.resize(size)
    masked = Image.new("RGBA", size)
    masked.putalpha(alpha)
    encoded = io.BytesIO()
    masked.save(encoded, "PNG", optimize=False)
    if encoded.tell() > _MOST_MASK:
        raise InvalidInput(f"the mask has {encoded.tell()} bytes, at most {_MOST_MASK} are taken")
    return encoded.getvalue()


def _alpha(mask: Image.Image) -> Image.Image:
    if "A" in mask.getbands():
        alpha = mask.getchannel("A")
        if alpha.getextrema() != (255, 255):
            return alpha
    return ImageOps.invert(mask.convert("L"))


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _file(name: str, picture: bytes) -> tuple[str, bytes, str]:
    media_type = media_type_of(picture)
    return f"{name}.{media_type.partition('/')[2]}", picture, media_type
