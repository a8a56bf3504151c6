"""What a picture made for the tests tells, all of it."""

from collections.abc import Sequence
from dataclasses import dataclass

File = tuple[str, str, str | None, float | None]
"""Kind, name, hash and strength."""


@dataclass(frozen=True)
class Told:
    content: bytes
    made_with: str
    settings: dict[str, str | int | float]
    """Each one that is told, by the names of `GenerationRequest`."""
    files: Sequence[File] = ()
    version: str | None = None
    workflow: str | None = None
    """The format of the graph in it."""
    notes: tuple[str, ...] = ()
    """Words of each sentence, in order."""
    is_hidden: bool = False
    """Whether the text is in the pixels."""


def settings(
    seed: int,
    steps: int,
    size: tuple[int, int],
    cfg_scale: float,
    sampler: str,
    scheduler: str,
    *,
    prompt: str = "a red fox, snow",
    negative_prompt: str = "text, blur",
    **more: float,
) -> dict[str, str | int | float]:
    return {
        "prompt": prompt,
        "negative_prompt": negative_prompt,
        "seed": seed,
        "width": size[0],
        "height": size[1],
        "steps": steps,
        "cfg_scale": cfg_scale,
        "sampler": sampler,
        "scheduler": scheduler,
        **more,
    }
