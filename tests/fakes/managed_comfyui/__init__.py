"""A ComfyUI to be started as a process, with the real one's flags and none of its weight."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


def traits(**given: Any) -> dict[str, str]:
    """The variable by which it is told: ``starts_after`` seconds, ``dies_with`` a message, ``dies_after`` prompts,
    ``deaf`` (to SIGINT), ``floods`` with bytes, ``grandchild``, ``hangs_after`` answers, ``never_runs``, ``draws``."""
    return {"FAKE_COMFYUI": json.dumps(given)}
