"""The names of samplers and schedulers in other programs, as ComfyUI names them."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from vibes.recipes.members import name_of
from vibes.recipes.recipe import RecipeSettings

SAMPLERS = frozenset(
    {
        *("euler", "euler_cfg_pp", "euler_ancestral", "euler_ancestral_cfg_pp", "heun", "heunpp2", "exp_heun_2_x0"),
        *("exp_heun_2_x0_sde", "dpm_2", "dpm_2_ancestral", "lms", "dpm_fast", "dpm_adaptive", "dpmpp_2s_ancestral"),
        *("dpmpp_2s_ancestral_cfg_pp", "dpmpp_sde", "dpmpp_sde_gpu", "dpmpp_2m", "dpmpp_2m_cfg_pp", "dpmpp_2m_sde"),
        *("dpmpp_2m_sde_gpu", "dpmpp_2m_sde_heun", "dpmpp_2m_sde_heun_gpu", "dpmpp_3m_sde", "dpmpp_3m_sde_gpu"),
        *("ddpm", "lcm", "ipndm", "ipndm_v", "deis", "res_multistep", "res_multistep_cfg_pp"),
        *("res_multistep_ancestral", "res_multistep_ancestral_cfg_pp", "gradient_estimation"),
        *("gradient_estimation_cfg_pp", "er_sde", "seeds_2", "seeds_3", "sa_solver", "sa_solver_pece", "ddim"),
        *("uni_pc", "uni_pc_bh2"),
    }
)
"""Of ComfyUI 0.33.0 (docs/comfyui-protocol.md#catalogue)."""
SCHEDULERS = frozenset(
    {
        *("simple", "sgm_uniform", "karras", "exponential", "ddim_uniform", "beta", "normal", "linear_quadratic"),
        "kl_optimal",
    }
)

_SAMPLERS = {
    **{name.replace("_", ""): name for name in SAMPLERS},
    "eulera": "euler_ancestral",
    "eulerancestral": "euler_ancestral",
    "dpm2": "dpm_2",
    "dpm2a": "dpm_2_ancestral",
    "dpm2ancestral": "dpm_2_ancestral",
    "dpmpp2sa": "dpmpp_2s_ancestral",
    "dpmpp2s": "dpmpp_2s_ancestral",
    "plms": "ipndm",
    "pndm": "ipndm",
    "unipc": "uni_pc",
    "ddimcfgpp": "ddim",
    "tcd": "lcm",
    "heunpp": "heunpp2",
    "ddimv3": "ddim",
    "dpmpp": "dpmpp_2m",
    "dpmppmulti": "dpmpp_2m",
    "dpmppsingle": "dpmpp_2s_ancestral",
    "dpmpp2msdegpu": "dpmpp_2m_sde_gpu",
    "flowmatcheuler": "euler",
    "lmsdiscrete": "lms",
    "dpmmulti": "dpm_2",
    "kdpmpp2": "dpmpp_2m",
    "dpmpp2": "dpmpp_2s_ancestral",
    "flowmatchheun": "heun",
    "flowmatchlcm": "lcm",
    "euleracfgpp": "euler_ancestral_cfg_pp",
    "eulerflow": "euler",
}
"""By letters and digits alone, with ``pp`` for ``++``; a leading ``k`` of k-diffusion is taken off before."""

_SCHEDULERS = {
    **{name.replace("_", ""): name for name in SCHEDULERS},
    "uniform": "normal",
    "polyexponential": "exponential",
    "ddim": "ddim_uniform",
    "native": "normal",
    "sgm": "sgm_uniform",
    "trailing": "sgm_uniform",
    "substep": "sgm_uniform",
    "turbo": "sgm_uniform",
}

_AUTOMATIC = {
    **dict.fromkeys(("dpmpp_2m", "dpmpp_sde", "dpmpp_2s_ancestral", "dpm_2", "dpm_2_ancestral"), "karras"),
    **dict.fromkeys(("dpmpp_2m_sde", "dpmpp_2m_sde_heun", "dpmpp_3m_sde"), "exponential"),
}
"""What A1111 means by the schedule type *Automatic*, since version 1.9."""
_ENDINGS = (*("polyexponential", "trailing", "substep"), *(name.replace("_", "") for name in sorted(SCHEDULERS)))
"""ComfyUI's savers write ``euler_ancestral_karras``."""


class Sampling(NamedTuple):
    sampler: str | None
    """None: not told, or unknown to ComfyUI."""
    scheduler: str | None


def sampling_of(sampler: str | None, scheduler: str | None = None) -> Sampling:
    """``Euler a`` is ``euler_ancestral``; ``DPM++ 2M Karras`` is ``dpmpp_2m`` with ``karras``."""
    known, ending = _sampler(_letters(sampler or ""))
    if scheduler is None:
        return Sampling(known, ending)
    letters = _letters(scheduler)
    if letters == "automatic":
        return Sampling(known, ending or _AUTOMATIC.get(known or "", "normal" if known else None))
    return Sampling(known, _SCHEDULERS.get(letters))


def unknown_sampling(sampler: str | None, scheduler: str | None, settings: RecipeSettings) -> Iterator[str]:
    """A sentence for each name that a picture tells and ComfyUI does not know."""
    for word, told, known in (("sampler", sampler, settings.sampler), ("scheduler", scheduler, settings.scheduler)):
        name = name_of(told)
        if name is not None and known is None:
            yield f"ComfyUI has no {word} {name[:60]!r}; the workflow's own is used"


def _sampler(letters: str) -> tuple[str | None, str | None]:
    for name in dict.fromkeys((letters, letters.removeprefix("k"), letters.removeprefix("sample"))):
        if name in _SAMPLERS:
            return _SAMPLERS[name], None
        for ending in (*_ENDINGS, "ays", "k"):
            known = _SAMPLERS.get(name.removesuffix(ending)) if name.endswith(ending) else None
            if known is not None:
                return known, "karras" if ending == "k" else _SCHEDULERS.get(ending)
    return None, None


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name[:100].casefold().replace("++", "pp"))
