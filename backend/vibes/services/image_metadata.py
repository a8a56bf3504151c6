"""The ``parameters`` text that A1111 and its heirs read, and how it gets into a PNG without re-encoding it."""

import struct
import zlib

from vibes.domain.spec import GenerationSpec
from vibes.services.png_chunks import PNG_SIGNATURE

_IHDR_END = len(PNG_SIGNATURE) + 25
"""The IHDR chunk has a fixed size: 4 length, 4 type, 13 data, 4 checksum."""


def a1111_parameters(spec: GenerationSpec) -> str:
    """Prompt, negative prompt and settings in the layout that A1111 writes; depends on the spec alone."""
    lora_tags = "".join(
        f" <lora:{lora.name.removesuffix('.safetensors')}:{lora.strength_model:g}>" for lora in spec.loras
    )
    lines = [spec.prompt + lora_tags]
    if spec.negative_prompt:
        lines.append(f"Negative prompt: {spec.negative_prompt}")
    settings: list[tuple[str, object | None]] = [
        ("Steps", spec.steps),
        ("Sampler", spec.parameters.get("sampler")),
        ("Schedule type", spec.parameters.get("scheduler")),
        ("CFG scale", f"{spec.cfg_scale:g}" if spec.cfg_scale is not None else None),
        ("Seed", spec.seed),
        ("Size", f"{spec.width}x{spec.height}" if spec.width and spec.height else None),
        ("Model", spec.checkpoint.rsplit(".", 1)[0] if spec.checkpoint else None),
        ("Denoising strength", f"{spec.denoise_strength:g}" if (spec.denoise_strength or 1.0) < 1 else None),
        ("Version", "Vibes ImGen"),
    ]
    lines.append(", ".join(f"{name}: {value}" for name, value in settings if value is not None))
    return "\n".join(lines)


def with_text_chunk(png: bytes, keyword: str, text: str) -> bytes:
    """The same PNG with one more international text chunk behind its header; every other byte stays.

    Raises ValueError when the bytes do not start like a PNG.
    """
    if not png.startswith(PNG_SIGNATURE) or png[12:16] != b"IHDR":
        raise ValueError("not a PNG")
    body = keyword.encode("latin-1") + b"\0\0\0\0\0" + text.encode("utf-8", "replace")
    kind = b"iTXt"
    checksum = zlib.crc32(kind + body)
    chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", checksum)
    return png[:_IHDR_END] + chunk + png[_IHDR_END:]
