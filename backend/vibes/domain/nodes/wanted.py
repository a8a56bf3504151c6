"""What a picture is asked to be, apart from the graph that makes it: what nodes without graphs decide by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Values that only follow the workflow's defaults are left out (None, or False): nobody asked for them."""

    width: int | None = None
    height: int | None = None
    steps: int | None = None
    guidance_scale: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    strength: float | None = None
    """0 to 1: how much of the picture that it starts from may change; None without one."""
    negative_prompt: bool = False
    """Whether there is one that has an effect."""
    seed: bool = False
    """Whether a person chose the seed, so that the same picture must be drawn again from it."""
    loras: int = 0
    """How many."""
    pictures: int = 0
    """How many it starts from, masks left out."""
    mask: bool = False
    passes: int = 1
    """Samplers, one working on what another one has made."""
    particular: tuple[str, ...] = ()
    """Other parameters of the workflow whose values are not its defaults, by name: each means something to the graph
    alone."""
