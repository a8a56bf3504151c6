"""The example of a generator in a package of its own: installed beside the hub as a stranger would, and found."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "vibes-imgen-stripes"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that nothing of an installation stays in the checkout."""
    return shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "stripes")


@pytest.fixture(scope="module")
def installed(example: Path) -> dict[str, str]:
    """The environment of a process that has the package beside the hub. Nothing is downloaded."""
    uv = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    site, cache = example.parent / "site", example.parent / "cache"
    how = ["--offline", "--no-deps", "--quiet", "--python", sys.executable, "--cache-dir", str(cache)]
    run([uv, "pip", "install", *how, "--target", str(site), str(example)], dict(os.environ))
    return {**os.environ, "PYTHONPATH": str(site)}


def run(command: list[str], environment: dict[str, str], within: Path = ROOT) -> str:
    done = subprocess.run(command, env=environment, cwd=within, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_own_tests_pass(example: Path, installed: dict[str, str]) -> None:
    plain = {**installed, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin", "tests"]
    told = run(command, plain, example)
    assert re.search(r"\b4 passed", told)


def test_the_program_of_its_page_draws(example: Path, installed: dict[str, str]) -> None:
    [program] = re.findall(r"```python\n(.*?)```", (example / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    picture = example / run([sys.executable, "-c", program], installed, example).strip()
    assert picture.read_bytes().startswith(b"\x89PNG")
