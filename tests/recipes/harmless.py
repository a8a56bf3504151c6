"""What anybody may be told of a picture, whatever is in it."""

import json
import math
from dataclasses import asdict

from vibes.domain.pictures.spec import MAX_SEED
from vibes.recipes.members import MAX_NAME
from vibes.recipes.recipe import MAX_PROMPT, Recipe

MOST_NOTE = 600
MOST_FILES = 2_000


def assert_harmless(recipe: Recipe | None) -> None:
    """Within the limits of a request, and written as JSON in UTF-8."""
    if recipe is None:
        return
    told = recipe.settings
    json.dumps(asdict(recipe), ensure_ascii=False, allow_nan=False).encode()
    assert told.seed is None or 0 <= told.seed <= MAX_SEED
    assert all(side is None or 0 < side <= 65_536 for side in (told.width, told.height))
    assert told.steps is None or 0 < told.steps <= 10_000
    strengths = [each.strength for each in recipe.files]
    numbers = [told.cfg_scale, told.guidance, told.denoise_strength, *strengths]
    assert all(each is None or (math.isfinite(each) and abs(each) <= 1_000) for each in numbers)
    assert max(map(len, (told.prompt or "", told.negative_prompt or ""))) <= MAX_PROMPT
    names = [told.sampler, told.scheduler, recipe.made_with, *(each.name for each in recipe.files)]
    assert all(each is None or 0 < len(each) <= MAX_NAME for each in names)
    assert len(recipe.files) <= MOST_FILES
    assert all(len(each) <= MOST_NOTE for each in recipe.notes)
