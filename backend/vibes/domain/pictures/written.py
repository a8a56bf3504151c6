"""What a person wrote, where a picture was drawn from something else: before styles and wildcards."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Written:
    prompt: str
    negative_prompt: str
    styles: tuple[str, ...] = ()
    """The names of the styles and characters that were laid over it."""
