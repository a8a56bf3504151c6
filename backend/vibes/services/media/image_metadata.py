"""The ``parameters`` text that A1111 and its successors read, and sites such as Civitai."""

from collections.abc import Mapping

from vibes.domain.pictures.spec import GenerationSpec
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
_AUTOV3 = 12
"""Digits of the hash by which A1111 names a LoRA's file, and Civitai finds it."""


def a1111_parameters(spec: GenerationSpec, lora_hashes: Mapping[str, str] | None = None) -> str:
    """Prompt, negative prompt and settings in A1111's layout; depends on these alone. ``lora_hashes``: of the tensors,
    by the LoRA's name, as far as they are known.

    A1111 and Civitai know a file by its name without folder and extension; blanks and slashes end a tag for Civitai.
    """
    tags = "".join(f" <lora:{stem_of(lora.name)}:{lora.strength_model:g}>" for lora in spec.drawn_loras)
    lines = [spec.prompt + tags]
    if spec.negative_prompt:
        lines.append(f"Negative prompt: {spec.negative_prompt}")
    settings: list[tuple[str, object | None]] = [
        ("Steps", spec.steps),
        ("Sampler", _named(SAMPLERS, spec.parameters.get("sampler"))),
        ("Schedule type", _named(SCHEDULERS, spec.parameters.get("scheduler"))),
        ("CFG scale", f"{spec.cfg_scale:g}" if spec.cfg_scale is not None else None),
        ("Seed", spec.seed),
        ("Size", f"{spec.width}x{spec.height}" if spec.width and spec.height else None),
        ("Model", stem_of(spec.checkpoint) if spec.checkpoint else None),
        ("Denoising strength", f"{spec.denoise_strength:g}" if (spec.denoise_strength or 1.0) < 1 else None),
        ("Lora hashes", _hashes(spec, lora_hashes or {})),
        ("Version", "Vibes ImGen"),
    ]
    lines.append(", ".join(f"{name}: {value}" for name, value in settings if value is not None))
    return "\n".join(lines)


def _named(names: Mapping[str, str], name: object | None) -> object | None:
    return names.get(name, name) if isinstance(name, str) else name


def _hashes(spec: GenerationSpec, known: Mapping[str, str]) -> str | None:
    """Names that would break the list are left out."""
    told = {stem_of(lora.name): known[lora.name][:_AUTOV3] for lora in spec.drawn_loras if lora.name in known}
    pairs = [f"{name}: {digits}" for name, digits in told.items() if not {*',:"'} & {*name}]
    return f'"{", ".join(pairs)}"' if pairs else None
