"""Reads a picture's file, whoever wrote it."""

from dataclasses import dataclass
from functools import reduce

from vibes.recipes.dialects.automatic1111 import read_infotext
from vibes.recipes.dialects.civitai import read_civitai
from vibes.recipes.dialects.comfyui import read_comfyui
from vibes.recipes.dialects.draw_things import read_draw_things
from vibes.recipes.dialects.fooocus import read_fooocus
from vibes.recipes.dialects.invokeai import read_invokeai
from vibes.recipes.dialects.novelai import read_novelai
from vibes.recipes.dialects.others import read_others
from vibes.recipes.dialects.swarmui import read_swarmui
from vibes.recipes.dialects.tensorart import read_tensorart
from vibes.recipes.recipe import Recipe
from vibes.recipes.told import PARAMETERS, Told, told_by
from vibes.workflows.meaning.schema import Schema

_READERS = (
    *(read_swarmui, read_invokeai, read_novelai, read_fooocus, read_draw_things, read_infotext),
    *(read_civitai, read_tensorart),
)


@dataclass(frozen=True, slots=True)
class WrittenPrompt:
    prompt: str
    negative_prompt: str


def written_prompt(content: bytes) -> WrittenPrompt | None:
    """What a PNG, JPEG or WebP tells; None without a prompt, or where it is told in no known way."""
    recipe = read_recipe(content)
    if recipe is None or recipe.settings.prompt is None:
        return None
    return WrittenPrompt(recipe.settings.prompt, recipe.settings.negative_prompt or "")


def read_recipe(content: bytes) -> Recipe | None:
    """What a PNG, JPEG or WebP tells, or a text that was copied out of one; None where it tells nothing."""
    return recipe_of(told_by(content))


def told_hidden(text: str) -> Told:
    """What a text tells that was hidden in the pixels."""
    return Told({PARAMETERS: [text]})


def recipe_of(told: Told, schema: Schema | None = None) -> Recipe | None:
    """What was told in several ways is taken from the first, and what that leaves out from the next.

    ``schema``: the graph-node classes that the machines have, over those that come with ComfyUI.
    """
    written = [read(told) for read in _READERS]  # before the graph, since people read it
    found = [recipe for recipe in (*written, read_comfyui(told, schema)) if recipe is not None]
    return reduce(Recipe.and_then, found) if found else read_others(told)
