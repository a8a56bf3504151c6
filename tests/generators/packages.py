"""Packages of others, installed beside the hub as a stranger would, without a network."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]


def install(package: Path, site: Path) -> dict[str, str]:
    """The environment of a process that has the package. Nothing is downloaded: what builds it is part of uv, which
    ``make`` has put into the checkout where nobody had it."""
    uv = os.environ.get("UV") or shutil.which("uv") or str(ROOT / ".tools" / "bin" / "uv")
    how = ["--offline", "--no-deps", "--quiet", "--python", sys.executable, "--no-cache"]
    run([uv, "pip", "install", *how, "--target", str(site), str(package)])
    return {**os.environ, "PYTHONPATH": str(site)}


def run(command: list[str], environment: Mapping[str, str] | None = None, within: Path = ROOT) -> str:
    """What it prints; its whole output where it fails."""
    done = subprocess.run(command, env=environment, cwd=within, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_tests(package: Path, environment: Mapping[str, str]) -> int:
    """How many of its tests pass. Only the plugin that they need is loaded: all others take their seconds."""
    plain = {**environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    options = ["-q", "-p", "no:cacheprovider", "-p", "pytest_asyncio.plugin"]
    told = run([sys.executable, "-m", "pytest", *options, "tests"], plain, package)
    passed = re.search(r"\b(\d+) passed", told)
    assert passed, told
    return int(passed[1])
