"""A story is over when it has been told: nothing of its hubs may speak up later."""

import gc
import sys
import warnings
from unittest.mock import patch

from tests.simulation.life import forget
from tests.simulation.story import deeds_of, tell
from tests.simulation.virtual_time import VirtualLoop


def test_killed_hubs_are_gone_once_their_story_is_forgotten() -> None:
    heard: list[object] = []
    for seed in (2, 10):
        tell(seed, deeds_of(seed))
    forget([])
    with warnings.catch_warnings(), patch.object(sys, "unraisablehook", heard.append):
        warnings.simplefilter("error")
        gc.collect()
    assert heard == []
    assert not [each for each in gc.get_objects() if isinstance(each, VirtualLoop)]
