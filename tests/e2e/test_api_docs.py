"""docs/api.md does what it says: every example runs as it stands before a demo with a key, and no route is missing."""

import asyncio
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import COMPILED_ONCE, vibes_service
from tests.waiting import deadline
from vibes.commands.openapi import openapi_document

pytestmark = pytest.mark.processes

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8001"
KEY = "a key for the examples"
REMEMBERING = """
set -euo pipefail
. ./variables
{code}
{{ declare -p | grep '^declare -- [A-Z]'; declare -f; }} > variables
"""
"""Each block in a shell of its own, with the variables and functions of those before it."""


@dataclass(frozen=True, slots=True)
class Example:
    language: str
    code: str
    expected: str | None
    """What it says; … stands for anything."""


def examples(page: str) -> list[Example]:
    """In the order of the page; a block ``output`` belongs to the one before it."""
    blocks = re.findall(r"^```(\w+)\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    found = []
    for index, (language, code) in enumerate(blocks):
        following = blocks[index + 1] if index + 1 < len(blocks) else ("", "")
        if language != "output":
            found.append(Example(language, code, following[1] if following[0] == "output" else None))
    return found


async def said(*command: str, cwd: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env={"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "VIBES_API_KEY": KEY, **COMPILED_ONCE},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    async with deadline(120):
        stdout, stderr = await process.communicate()
    assert process.returncode == 0, f"{command[-1]}\n{stdout.decode()}\n{stderr.decode()}"
    return stdout.decode()


def says(expected: str, output: str) -> bool:
    pattern = ".*".join(re.escape(part) for part in expected.split("…"))
    return re.fullmatch(pattern, output, flags=re.DOTALL) is not None


async def test_every_example_runs_as_it_stands(tmp_path: Path) -> None:
    found = [*examples(TEXT), *examples(README)]
    assert {example.language for example in found} == {"sh", "python"}
    assert len(found) > 15
    demo = ("demo", "--port", "0", "--time-scale", "0.02", "--no-browser", "--data", "data")
    async with vibes_service(*demo, cwd=tmp_path, environment={"VIBES_API_KEY": KEY}) as hub:
        (tmp_path / "variables").touch()
        for example in found:
            code = example.code.replace(ADDRESS, hub.url).replace(
                "HubClient()", f"HubClient('{hub.url}', api_key='{KEY}')"
            )
            if example.language == "python":
                output = await said(sys.executable, "-c", code, cwd=tmp_path)
            elif shutil.which("curl") is None:
                pytest.skip("there is no curl here")
            else:
                output = await said("bash", "-c", REMEMBERING.format(code=code), cwd=tmp_path)
            if example.expected is not None:
                assert says(example.expected, output), f"{example.code}\nsays\n{output}"
    for name in ("lighthouse.png", "small.jpg", "lighthouse-3.png", "harbour-3.png", "artifact.png", "rest.txt"):
        assert (tmp_path / name).stat().st_size > 0


def test_the_table_names_every_route_and_no_other() -> None:
    table = TEXT.partition("## Every route")[2]
    told = {
        (method.lower(), path)
        for methods, path in re.findall(r"((?:`[A-Z]+` )+)`(/[^`]*)`", table)
        for method in re.findall("[A-Z]+", methods)
    }
    paths = json.loads(openapi_document())["paths"]
    assert told == {(method, path) for path, methods in paths.items() for method in methods}
