"""The ``parameters`` text that A1111 and its successors read, and sites such as Civitai."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from vibes.domain.pictures.spec import GenerationSpec
from vibes.recipes.matching import AUTOV3
from vibes.recipes.members import stem_of

SAMPLERS = {
    "euler": "Euler",
    "euler_ancestral": "Euler a",
    "heun": "Heun",
    "lms": "LMS",
    "dpm_2": "DPM2",
    "dpm_2_ancestral": "DPM2 a",
    "dpm_fast": "DPM fast",
    "dpm_adaptive": "DPM adaptive",
    "dpmpp_2s_ancestral": "DPM++ 2S a",
    "dpmpp_sde": "DPM++ SDE",
    "dpmpp_2m": "DPM++ 2M",
    "dpmpp_2m_sde": "DPM++ 2M SDE",
    "dpmpp_2m_sde_heun": "DPM++ 2M SDE Heun",
    "dpmpp_3m_sde": "DPM++ 3M SDE",
    "lcm": "LCM",
    "ddim": "DDIM",
    "uni_pc": "UniPC",
}
"""A1111's names for ComfyUI's samplers (modules/sd_samplers_*.py of version 1.10); others keep ComfyUI's."""
SCHEDULERS = {
    "karras": "Karras",
    "exponential": "Exponential",
    "sgm_uniform": "SGM Uniform",
    "simple": "Simple",
    "normal": "Normal",
    "ddim_uniform": "DDIM",
    "beta": "Beta",
    "kl_optimal": "KL Optimal",
}
"""Likewise (modules/sd_schedulers.py)."""
_BREAKS_A_LINE = re.compile(r"[,:\"<>\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""Signs that end a tag or a line, and those that A1111 sets a name into quotes for: what stands in quotes is a list to
Civitai, which then forgets all that the picture says."""
_TAKEN_FOR_SETTINGS = re.compile(r"^(?=Steps: |Template: |Negative Template: )", re.MULTILINE)
"""Beginnings of lines in a prompt that Civitai takes for the line of settings, or takes out."""


@dataclass(frozen=True, slots=True)
class Hashes:
    """As far as the node tells them, in hexadecimal digits."""

    loras: Mapping[str, str] = field(default_factory=dict)
    """SHA-256 of the tensors by the LoRA's name."""
    model: str = ""
    """SHA-256 of the model's tensors; empty: not known."""


def a1111_parameters(spec: GenerationSpec, hashes: Hashes | None = None) -> str:
    """Prompt, negative prompt and settings in A1111's layout; depends on these alone.

    A1111 and Civitai know a file by its name without folder and extension; blanks and slashes end a tag for Civitai.
    """
    hashes = hashes or Hashes()
    tags = "".join(f" <lora:{_plain(lora.name)}:{lora.strength_model:g}>" for lora in spec.drawn_loras)
    lines = [_indented(spec.prompt) + tags]
    if spec.negative_prompt:
        lines.append(f"Negative prompt: {_indented(spec.negative_prompt)}")
    settings: list[tuple[str, object | None]] = [
        ("Steps", spec.steps),
        ("Sampler", _named(SAMPLERS, spec.parameters.get("sampler"))),
        ("Schedule type", _named(SCHEDULERS, spec.parameters.get("scheduler"))),
        ("CFG scale", f"{spec.cfg_scale:g}" if spec.cfg_scale is not None else None),
        ("Seed", spec.seed),
        ("Size", f"{spec.width}x{spec.height}" if spec.width and spec.height else None),
        ("Model hash", hashes.model[:AUTOV3] if hashes.model else None),
        ("Model", _plain(spec.checkpoint) if spec.checkpoint else None),
        ("Denoising strength", f"{spec.denoise_strength:g}" if (spec.denoise_strength or 1.0) < 1 else None),
        ("Lora hashes", _lora_hashes(spec, hashes.loras)),
        ("Version", "Vibes ImGen"),
    ]
    lines.append(", ".join(f"{name}: {value}" for name, value in settings if value is not None))
    return "\n".join(lines)


def _named(names: Mapping[str, str], name: object | None) -> object | None:
    return _BREAKS_A_LINE.sub("_", names.get(name, name)) if isinstance(name, str) else name


def _plain(name: str) -> str:
    return _BREAKS_A_LINE.sub("_", stem_of(name)) or "_"


def _indented(prompt: str) -> str:
    return _TAKEN_FOR_SETTINGS.sub(" ", prompt)


def _lora_hashes(spec: GenerationSpec, known: Mapping[str, str]) -> str | None:
    """In a list of their own, in quotes."""
    told = {_plain(lora.name): known[lora.name][:AUTOV3] for lora in spec.drawn_loras if lora.name in known}
    pairs = [f"{name}: {digits}" for name, digits in told.items()]
    return f'"{", ".join(pairs)}"' if pairs else None
