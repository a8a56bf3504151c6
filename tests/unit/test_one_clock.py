"""The hub asks its clock alone for the time, and ``domain/chance`` alone for chance: a lint holds it to that."""

import random
import subprocess
import sys
from pathlib import Path

import pytest

from vibes.domain.chance import drawing_from, random_between, random_bits, random_uuid
from vibes.domain.ids import new_attempt_id

ROOT = Path(__file__).parents[2]
FORBIDDEN = {
    "import time\nprint(time.monotonic())": "time.monotonic",
    "from time import time\nprint(time())": "time.time",
    "import time\nprint(time.perf_counter())": "time.perf_counter",
    "from datetime import UTC, datetime\nprint(datetime.now(UTC))": "datetime.datetime.now",
    "import random\nprint(random.random())": "random",
    "from uuid import uuid4\nprint(uuid4())": "uuid.uuid4",
    "import os\nprint(os.urandom(4))": "os.urandom",
    "from secrets import randbits\nprint(randbits(4))": "secrets",
}


@pytest.mark.parametrize("room", ["services/fleet", "nodes/comfyui", "storage", "scheduling", "api/http", "app"])
def test_another_source_of_time_or_chance_is_refused_in_every_room_of_the_hub(room: str) -> None:
    text = "\n".join(FORBIDDEN)
    name = f"backend/vibes/{room}/some_module.py"
    command = [sys.executable, "-m", "ruff", "check", "--output-format", "concise", "--stdin-filename", name, "-"]
    said = subprocess.run(command, input=text, cwd=ROOT, capture_output=True, text=True, check=False).stdout  # noqa: S603 - our own lint
    for name in FORBIDDEN.values():
        assert f"TID251 `{name}` is banned" in said


def test_what_is_drawn_from_a_seed_is_drawn_again() -> None:
    def drawn() -> list[object]:
        with drawing_from(random.Random(7)):  # noqa: S311 - a story to be told again, no secret
            return [random_uuid(), random_bits(32), random_between(0, 1), new_attempt_id()]

    assert drawn() == drawn()
    assert random_uuid() != random_uuid()
    assert random_uuid().version == 4
