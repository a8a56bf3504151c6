"""Samplers and schedulers by the names that ComfyUI gives them, in Diffusers' terms. Standard library only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Sampler:
    """A scheduler class of Diffusers, and what makes it this sampler."""

    class_name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    spacings: frozenset[str] = frozenset({"normal", "sgm_uniform"})
    """Names in `SCHEDULERS` that it can be combined with."""


_SIGMAS = frozenset({"normal", "sgm_uniform", "karras", "exponential"})

SAMPLERS: Mapping[str, Sampler] = {
    "euler": Sampler("EulerDiscreteScheduler", spacings=_SIGMAS),
    "euler_ancestral": Sampler("EulerAncestralDiscreteScheduler"),
    "heun": Sampler("HeunDiscreteScheduler", spacings=_SIGMAS),
    "dpm_2": Sampler("KDPM2DiscreteScheduler", spacings=_SIGMAS),
    "dpm_2_ancestral": Sampler("KDPM2AncestralDiscreteScheduler", spacings=_SIGMAS),
    "dpmpp_2m": Sampler("DPMSolverMultistepScheduler", {"algorithm_type": "dpmsolver++"}, _SIGMAS),
    "dpmpp_2m_sde": Sampler("DPMSolverMultistepScheduler", {"algorithm_type": "sde-dpmsolver++"}, _SIGMAS),
    "uni_pc": Sampler("UniPCMultistepScheduler", spacings=_SIGMAS),
    "deis": Sampler("DEISMultistepScheduler", spacings=_SIGMAS),
    "ddim": Sampler("DDIMScheduler"),
    "lcm": Sampler("LCMScheduler"),
}
"""By the name in ComfyUI."""

SCHEDULERS: Mapping[str, Mapping[str, Any]] = {
    "normal": {"timestep_spacing": "linspace"},
    "sgm_uniform": {"timestep_spacing": "trailing"},
    "karras": {"timestep_spacing": "linspace", "use_karras_sigmas": True},
    "exponential": {"timestep_spacing": "linspace", "use_exponential_sigmas": True},
}
"""By the name in ComfyUI: how the steps are spaced."""

LIGHTNING = ("euler", "sgm_uniform")
"""What SDXL Lightning is trained for: with other spacing than trailing it draws noise."""
ORDINARY = ("euler", "normal")
"""Where nothing else is said."""


def refused_combination(sampler: str, scheduler: str) -> str | None:
    """Why these two do not go together, as the end of a sentence that begins with who draws."""
    known = SAMPLERS.get(sampler)
    if known is None or scheduler in known.spacings:
        return None
    return f"draws {sampler} with {' or '.join(sorted(known.spacings))}, not with {scheduler}"
