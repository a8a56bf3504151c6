"""``vibes bench``: runs the benchmarks of a source checkout, which are beside the tests."""

import sys
from collections.abc import Sequence
from pathlib import Path
from subprocess import run

from vibes.commands.common.console import USAGE_ERROR, fail

CHECKOUT = Path(__file__).resolve().parents[4]


def run_bench(arguments: Sequence[str]) -> None:
    """Exits with the benchmarks' status."""
    if not (CHECKOUT / "tests" / "benchmarks").is_dir():
        fail(
            "the benchmarks come with the source code, not with the installed package: clone the project, "
            "run `make setup` there, then `make bench`",
            code=USAGE_ERROR,
        )
    command = [sys.executable, "-m", "tests.benchmarks", *arguments]
    raise SystemExit(run(command, cwd=CHECKOUT, check=False).returncode)  # noqa: S603 - our own program, no shell
