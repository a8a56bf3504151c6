"""docs/generators.md: its programs run, its package installs and passes its own test, its table is what is so."""

import re
import sys
from pathlib import Path

import pytest

from tests.generators import capability_table
from tests.generators.packages import install, run, run_tests
from vibes.domain.errors import HubError
from vibes.generators import errors
from vibes.generators.factory import BUILT_IN, GENERATORS, create_generator
from vibes.generators.keys import key_variables
from vibes.generators.settings_file import read_settings
from vibes.nodes.kinds import node_kinds
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet

PAGE = capability_table.PAGE.read_text(encoding="utf-8")


def blocks(head: str) -> list[str]:
    return re.findall(rf"^```{head}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


def test_the_table_is_what_the_generators_say() -> None:
    unsaid = [
        (name, head)
        for name, head, *_ in capability_table.differences()
        if head not in capability_table.WHY.get(name, {})
    ]
    assert unsaid == [], "say why in tests/generators/capability_table.py"
    assert capability_table.page() == PAGE, "python -m tests.generators.capability_table"


def test_the_table_follows_what_a_generator_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    mock = GENERATORS["mock"]["generator_class"]
    assert capability_table.row("mock")["Seeds"] == "✓"
    assert capability_table.row("mock")["LoRA"] == "(✓)"
    monkeypatch.setattr(mock, "supported_capabilities", set())
    assert capability_table.row("mock")["LoRA"] == "✗"


def test_its_first_program_draws(tmp_path: Path) -> None:
    [program] = blocks("python")
    path = run([sys.executable, "-c", program], within=tmp_path).strip()
    assert Path(tmp_path, path).parent == tmp_path / "pictures" / "drafts"
    assert Path(tmp_path, path).is_file()


def test_its_settings_are_understood(tmp_path: Path) -> None:
    [text] = blocks("toml")
    (tmp_path / "generator.toml").write_text(text, encoding="utf-8")
    generator = create_generator(read_settings(tmp_path / "generator.toml"), tmp_path)
    assert (generator.name, generator.max_concurrent, generator.config.seconds) == ("mock", 2, 3)


def test_its_fleets_are_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in BUILT_IN:
        for variables in key_variables(GENERATORS[name]["config_class"], name).values():
            monkeypatch.setenv(variables[0], "test-key")
    fleets = [parse_fleet(text, "gpus.yaml", TlsFiles(tmp_path), node_kinds()) for text in blocks("yaml")]
    kinds = {node.kind for fleet in fleets for node in fleet}
    assert "mock" in kinds
    assert kinds <= set(BUILT_IN)


def test_its_package_of_ten_minutes_installs_and_passes_its_test(tmp_path: Path) -> None:
    files = re.findall(r"^```\w+ ([\w/.]+)\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert len(files) == 5, "it finds them"
    for name, text in files:
        path = tmp_path / "inkwell" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    installed = install(tmp_path / "inkwell", tmp_path / "site")
    assert run_tests(tmp_path / "inkwell", installed) == 5


def test_every_error_is_explained() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    tree = {each.__name__ for each in errors.GeneratorError.__subclasses__()}
    assert tree <= set(rows)
    assert not issubclass(errors.GeneratorError, HubError), "a generator knows no hub"


def test_every_file_of_the_example_is_named_on_its_page() -> None:
    folder = capability_table.ROOT / "docs" / "examples" / "vibes-imgen-stripes"
    page = (folder / "README.md").read_text(encoding="utf-8")
    files = [path for path in folder.rglob("*") if path.suffix in {".py", ".toml"} and "__pycache__" not in path.parts]
    assert len(files) == 5
    assert [each.name for each in files if each.relative_to(folder).as_posix() not in page] == []
