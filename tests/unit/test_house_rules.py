"""Rules of this code base that no linter knows."""

import ast
import re
import tomllib
from itertools import chain
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(path for folder in ("backend", "deploy", "tests") for path in (ROOT / folder).rglob("*.py"))
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60


def identify(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", SOURCES, ids=identify)
def test_modules_and_functions_stay_small_and_say_what_they_are_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_MODULE_LINES
    tree = ast.parse(text)
    if tree.body:
        assert ast.get_docstring(tree), "the first line says the module's one reason to exist"
    for item in ast.walk(tree):
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (item.end_lineno or 0) - item.lineno < MAX_FUNCTION_LINES, item.name


def test_tests_wait_for_events_and_never_for_time_to_pass() -> None:
    """A sleep of 0 waits for nothing: it gives others a turn. In a simulation time is virtual, and passes at once."""
    naps = [
        f"{identify(path)}:{number}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "tests") and path.name not in {"waiting.py", Path(__file__).name}
        if not path.is_relative_to(ROOT / "tests" / "simulation")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if re.search(r"\bsleep\(", line) and "def sleep(" not in line and "asyncio.sleep(0)" not in line
    ]
    assert naps == []


def test_every_picture_is_opened_as_one_of_named_formats() -> None:
    """Pillow would try all that it knows, and runs Ghostscript for PostScript that calls itself a PNG."""
    opened = [
        (path, call)
        for path in [*(ROOT / "backend").rglob("*.py"), *(ROOT / "frontend" / "e2e").rglob("*.py")]
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"Image.open", "PIL.Image.open"}
    ]
    assert len(opened) > 5, "it finds them"
    any_format = [
        f"{identify(path)}:{call.lineno}"
        for path, call in opened
        if "formats" not in {keyword.arg for keyword in call.keywords}
    ]
    assert any_format == []


def test_only_settings_and_the_command_line_read_the_environment() -> None:
    readers = {
        identify(path)
        for path in (ROOT / "backend").rglob("*.py")
        if re.search(r"os\.environ|os\.getenv", path.read_text(encoding="utf-8"))
    }
    hands_a_part_of_it_on = {"backend/vibes/generators/processes/environment.py"}
    assert readers == hands_a_part_of_it_on


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"make ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    assert named <= targets


def test_every_module_that_the_architecture_names_is_there() -> None:
    named = set(
        re.findall(r"`([\w/]+/\w+\.(?:py|ts|tsx|yaml))`", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"))
    )
    assert len(named) > 50, "it finds them"
    places = [ROOT, ROOT / "backend" / "vibes", ROOT / "frontend" / "src"]
    assert [each for each in sorted(named) if not any((place / each).exists() for place in places)] == []


def test_every_module_that_a_page_names_is_there_and_has_what_is_said_to_be_in_it() -> None:
    pages = "\n".join(page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
    modules = set(re.findall(r"backend/vibes/[\w/]+\.py", pages))
    assert len(modules) > 1, "it finds them"
    assert [each for each in sorted(modules) if not (ROOT / each).exists()] == []
    placed = re.findall(r"`([A-Z_]+)` of `(backend/[\w/]+\.py)`", pages)
    assert placed, "it finds them"
    assert [name for name, path in placed if f"\n{name}" not in (ROOT / path).read_text(encoding="utf-8")] == []


def test_every_package_has_its_row_in_the_architecture() -> None:
    rows = re.findall(r"^\| `([a-z_]+)[`/]", (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    packages = {each.parent.name for each in (ROOT / "backend" / "vibes").glob("*/__init__.py")}
    assert packages <= set(rows)


def test_every_dependency_has_its_reason_in_the_architecture() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain.from_iterable(project.get("optional-dependencies", {}).values())]
    names = {name for each in wanted for name in re.findall(r"^[\w-]+", each)}
    table = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").partition("## Dependencies, and why each")[2]
    reasons = {
        name.strip() for row in re.findall(r"^\| ([^|]+) \|", table, flags=re.MULTILINE) for name in row.split(",")
    }
    assert len(names) > 15, "it finds them"
    assert names - reasons == set()
