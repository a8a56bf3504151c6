"""A hub without language models loads nothing for them."""

import subprocess
import sys

PROGRAM = """
import sys
import vibes.app.hub, vibes.app.web, vibes.app.chat
print([name for name in sys.modules if name == "httpx" or name.startswith("vibes.llm")])
"""


def test_a_hub_without_language_models_loads_no_library_for_them() -> None:
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own code

    assert done.stdout.strip() == "[]"
