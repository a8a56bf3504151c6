"""Tells the family of a LoRA by what its file says that it was trained for."""

import re
from collections.abc import Iterable

from vibes.workflows.models.file_families import guess_file

_NAMES = (
    (re.compile(r"stable-diffusion-xl|^sdxl", re.IGNORECASE), "sdxl"),
    (re.compile(r"stable-diffusion-v1|^sd_?v?1", re.IGNORECASE), "sd15"),
    (re.compile(r"stable-diffusion-v2|^sd_?v?2", re.IGNORECASE), "SD 2"),
    (re.compile(r"stable-diffusion-v?3|^sd_?v?3", re.IGNORECASE), "SD 3"),
    (re.compile(r"^flux-?2", re.IGNORECASE), "Flux 2"),
    (re.compile(r"^flux", re.IGNORECASE), "flux"),
    (re.compile(r"^qwen", re.IGNORECASE), "qwen-image"),
    (re.compile(r"^z-?image", re.IGNORECASE), "z-image"),
)
"""Architectures as ModelSpec and Kohya's scripts name them: ``stable-diffusion-xl-v1-base/lora``, ``sd_v1``,
``flux1``."""
_NARROWER = {"sdxl": frozenset({"pony", "illustrious"})}
"""Families whose checkpoints have the architecture of another one."""


def lora_family(name: str, bases: Iterable[str]) -> str | None:
    """``name``: of its file; ``bases``: as in `LoraCard`. The file's own word counts for more than its name, unless
    that is narrower: whoever trains on Pony is told ``sdxl``. None: neither tells."""
    told = [_family(base) for base in bases]
    by_name = guess_file(name).family
    known = next((each for each in told if each is not None), None)
    if known is None:
        return by_name
    narrower = _NARROWER.get(known, frozenset())
    return next((each for each in (*told, by_name) if each in narrower), known)


def _family(base: str) -> str | None:
    named = next((family for pattern, family in _NAMES if pattern.search(base)), None)
    return named or guess_file(base).family
