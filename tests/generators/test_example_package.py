"""The example of a generator in a package of its own: installed beside the hub as a stranger would, and found."""

import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.generators.packages import ROOT, install, run, run_tests

EXAMPLE = ROOT / "docs" / "examples" / "vibes-imgen-stripes"


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, so that nothing of an installation stays in the checkout."""
    return shutil.copytree(EXAMPLE, tmp_path_factory.mktemp("example") / "stripes")


@pytest.fixture(scope="module")
def installed(example: Path) -> dict[str, str]:
    return install(example, example.parent / "site")


def test_its_own_tests_pass(example: Path, installed: dict[str, str]) -> None:
    assert run_tests(example, installed) == 4


def test_the_program_of_its_page_draws(example: Path, installed: dict[str, str]) -> None:
    [program] = re.findall(r"```python\n(.*?)```", (example / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    picture = example / run([sys.executable, "-c", program], installed, example).strip()
    assert picture.read_bytes().startswith(b"\x89PNG")
