"""The command line is made of groups, each in a folder of its own, and starts without what its commands need."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from typer.main import get_command

from vibes.cli import app
from vibes.commands.groups import GROUPS

COMMANDS = Path(__file__).resolve().parents[2] / "backend" / "vibes" / "commands"
SELDOM_NEEDED = ("alembic", "httpx", "obstore", "PIL.ImageFont", "sqlalchemy.dialects.postgresql", "vibes.simulator")
"""Of other databases, of letters on tiles, of commands: megabytes in every hub."""
HEAVY = ("aiohttp", "alembic", "fastapi", "httpx", "PIL", "pydantic", "sqlalchemy", "uvicorn", "websockets", "yaml")


def test_every_folder_that_declares_commands_is_on_the_command_line() -> None:
    declared = {import_module(f"vibes.commands.{file.parent.name}.cli").commands for file in COMMANDS.glob("*/cli.py")}
    assert len(declared) > 5, "it finds them"
    assert declared == set(GROUPS)
    assert {info.typer_instance for info in app.registered_groups} == declared


def test_the_command_line_starts_without_the_libraries_of_its_commands() -> None:
    code = "import sys, vibes.cli; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own
    assert "vibes.commands.queue.cli" in loaded
    assert [name for name in HEAVY if name in loaded] == []
    assert [name for name in loaded if name.startswith(("vibes.api", "vibes.services", "vibes.client"))] == []


def test_a_hub_starts_without_what_most_hubs_never_need() -> None:
    code = "import sys, vibes.app.hub, vibes.app.web; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603 - our own
    assert "sqlalchemy.dialects.sqlite" in loaded
    assert [name for name in SELDOM_NEEDED if name in loaded] == []


def test_the_readme_shows_every_command_that_the_command_line_has() -> None:
    shown = set(
        re.findall(r"^\| `vibes (\w+)", (COMMANDS.parents[2] / "README.md").read_text("utf-8"), flags=re.MULTILINE)
    )
    assert shown == set(getattr(get_command(app), "commands", {}))
