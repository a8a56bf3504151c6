"""docs/api.md does what it says: every example runs as it stands before a demo with a key, and no route is missing."""

import asyncio
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes import png
from tests.forked import forked_service
from tests.processes import COMPILED_ONCE
from tests.waiting import deadline
from vibes.commands.development.openapi import openapi_document

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
LEFT = {
    "python": ("lighthouse-3.png", "harbour-3.png"),
    "sh": ("lighthouse.png", "small.jpg", "artifact.png", "rest.txt"),
}
"""The files that a language's examples make."""


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


NO_CURL = pytest.mark.skipif(
    shutil.which("curl") is None, reason="the shell's examples need curl, which the README does not ask for"
)


@pytest.mark.parametrize("language", ["python", pytest.param("sh", marks=NO_CURL)])
async def test_every_example_runs_as_it_stands(tmp_path: Path, language: str) -> None:
    written = [*examples(TEXT), *examples(README)]
    assert {example.language for example in written} == set(LEFT), "no example is left out"
    found = [example for example in written if example.language == language]
    assert len(found) > 7
    demo = ("demo", "--port", "0", "--time-scale", "0.02", "--no-browser", "--data", "data")
    async with forked_service(*demo, cwd=tmp_path, environment={"VIBES_API_KEY": KEY}) as hub:
        (tmp_path / "variables").touch()
        if language == "python":  # the picture of one's own, which the shell's examples download
            (tmp_path / "lighthouse.png").write_bytes(png(size=(512, 512)))
        for example in found:
            code = example.code.replace(ADDRESS, hub.url).replace(
                "HubClient()", f"HubClient('{hub.url}', api_key='{KEY}')"
            )
            shell = ("bash", "-c", REMEMBERING.format(code=code))
            command = (sys.executable, "-c", code) if language == "python" else shell
            output = await said(*command, cwd=tmp_path)
            if example.expected is not None:
                assert says(example.expected, output), f"{example.code}\nsays\n{output}"
    for name in LEFT[language]:
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
