"""Each contract of import-linter is true: it is kept by the code, and every import that its title forbids breaks it.

A contract checks what it was told to check, and says "kept" of everything else. So each one is broken here, by one
forbidden import at a time, in a graph of the real imports.
"""

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import permutations
from pathlib import Path
from typing import Any

import grimp
import pytest
from grimp import ImportGraph
from importlinter.api import read_configuration
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import Contract

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
CONFIGURATION = read_configuration(str(PYPROJECT))
CONTRACTS: list[dict[str, Any]] = CONFIGURATION["contracts_options"]
TYPES: dict[str, type[Contract]] = {
    "acyclic_siblings": AcyclicSiblingsContract,
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
}
MAY_KNOW: dict[str, set[str]] = {
    "adapters know the ports, the pure packages below and their process's environment, and nothing else of the hub": {
        "ports", "domain", "documents", "text", "workflows", "environment", "generators",
    },
    "the simulator stands alone, as a ComfyUI does": set(),
    "generators stand alone: whatever draws can be used without a hub": {"text"},
    "the client speaks HTTP and the domain's words, and knows nothing of the hub's insides": {"domain", "text"},
    "the server knows connections, and nothing of what is served": {"text"},
    "the environment of a process knows nothing of what runs in it": {"text"},
}  # fmt: skip
"""Contracts that forbid all but these: a new package of the hub is forbidden to them until somebody decides."""

PURE = ("domain", "text", "documents", "workflows", "recipes", "scheduling", "ports")
PURE_LIBRARIES = {
    "array", "bisect", "codecs", "collections", "contextlib", "copy", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "errno", "functools", "hashlib", "heapq", "html", "importlib", "ipaddress", "itertools", "json", "math",
    "pathlib", "pydantic", "random", "re", "reprlib", "statistics", "struct", "sys", "types", "typing", "unicodedata",
    "uuid", "yaml", "zlib",
}  # fmt: skip
SHARED_LIBRARIES = {"PIL", "pydantic", "pydantic_settings"}
"""Used by the services, too, which decode what every kind of node draws, or by all that is told settings."""

OPENING = {
    "open", "print", "input", "now", "today", "utcnow", "time", "monotonic", "read_text", "read_bytes", "write_text",
    "write_bytes", "exists", "is_file", "is_dir", "iterdir", "glob", "rglob", "stat", "mkdir", "unlink", "rename",
    "expanduser", "uuid1", "uuid4",
}  # fmt: skip
"""What a pure library would let a module do all the same: look at the disk, the clock, or chance by another way."""

OWN_DATA = {"backend/vibes/workflows/meaning/core_classes.py"}
"""Reads a table that is shipped beside it, once and as an import would: too long to be written as Python."""

Arrow = tuple[str, str]


@pytest.fixture(scope="module")
def graph() -> ImportGraph:
    return grimp.build_graph("vibes", include_external_packages=True, cache_dir=None)


def contract_of(options: dict[str, Any]) -> Contract:
    return TYPES[options["type"]](
        name=options["name"], session_options=CONFIGURATION["session_options"], contract_options=options
    )


def is_kept(options: dict[str, Any], graph: ImportGraph) -> bool:
    return contract_of(options).check(graph, verbose=False).kept


def forbidden_arrows(options: dict[str, Any], graph: ImportGraph) -> Iterator[Arrow]:
    """Importer and imported: all that the contract's words forbid, as its type means them."""
    match options["type"]:
        case "layers":
            for container in options["containers"]:
                yield from upward_and_sideways(container, options["layers"])
        case "forbidden":
            for importer in options["source_modules"]:
                yield from ((importer, imported) for imported in options["forbidden_modules"])
        case "independence":
            yield from permutations(options["modules"], 2)
        case "acyclic_siblings":
            for ancestor in options["ancestors"]:
                yield from backwards(ancestor, graph)
        case other:
            pytest.fail(f"nobody has said how a contract of the type {other} is broken")


def upward_and_sideways(container: str, layers: list[str]) -> Iterator[Arrow]:
    floors = [[f"{container}.{name.strip()}" for name in layer.split("|")] for layer in layers]
    for height, floor in enumerate(floors):
        yield from permutations(floor, 2)
        yield from ((low, high) for upper in floors[:height] for high in upper for low in floor)


def backwards(ancestor: str, graph: ImportGraph) -> Iterator[Arrow]:
    """One for each package: what closes a ring in it, and each of them is looked at alike."""
    for package in sorted({ancestor, *graph.find_descendants(ancestor)}):
        for one, other in permutations(sorted(graph.find_children(package)), 2):
            if graph.direct_import_exists(importer=other, imported=one, as_packages=True):
                yield one, other
                break


def deepest(module: str, graph: ImportGraph) -> str:
    """A module far inside of a package stands for it: a contract might hold for the package's face alone."""
    if module not in graph.modules:
        assert find_spec(module), f"{module} does not exist"
        graph.add_module(module, is_squashed=True)
    if graph.is_module_squashed(module):
        return module
    return max({module, *graph.find_descendants(module)}, key=lambda name: (name.count("."), name))


@pytest.mark.parametrize("options", CONTRACTS, ids=[each["name"] for each in CONTRACTS])
def test_a_contract_is_kept_and_broken_by_every_import_that_it_forbids(
    options: dict[str, Any], graph: ImportGraph
) -> None:
    assert is_kept(options, graph)
    arrows = [
        (deepest(importer, graph), deepest(imported, graph)) for importer, imported in forbidden_arrows(options, graph)
    ]
    assert arrows, "it forbids something"
    for importer, imported in arrows:
        graph.add_import(importer=importer, imported=imported)
        assert not is_kept(options, graph), f"{importer} may import {imported}"
        graph.remove_import(importer=importer, imported=imported)
    assert is_kept(options, graph), "the graph is as it was"


@pytest.mark.parametrize(
    "options", [each for each in CONTRACTS if each["type"] == "layers"], ids=lambda each: each["name"]
)
def test_a_room_that_no_layer_names_breaks_the_contract(options: dict[str, Any], graph: ImportGraph) -> None:
    for container in options["containers"]:
        graph.add_module(f"{container}.something_new")
        assert not is_kept(options, graph)
        graph.remove_module(f"{container}.something_new")


def packages_of(modules: list[str], graph: ImportGraph) -> set[str]:
    return {each.split(".")[1] for each in modules if each in graph.find_children("vibes")}


def test_a_contract_that_forbids_all_the_rest_forbids_each_package_of_the_rest(graph: ImportGraph) -> None:
    packages = packages_of(sorted(graph.find_children("vibes")), graph)
    wide = [
        each
        for each in CONTRACTS
        if each["type"] == "forbidden" and len(packages_of(each["forbidden_modules"], graph)) > 7
    ]
    assert {each["name"] for each in wide} == {*MAY_KNOW}
    for contract in wide:
        named = packages_of([*contract["source_modules"], *contract["forbidden_modules"]], graph)
        assert packages - named == MAY_KNOW[contract["name"]], contract["name"]


def test_the_hub_that_does_not_use_its_client_is_all_of_the_hub(graph: ImportGraph) -> None:
    [contract] = [each for each in CONTRACTS if each["name"] == "the hub does not use its own client"]
    packages = packages_of(sorted(graph.find_children("vibes")), graph)
    assert packages - packages_of(contract["source_modules"], graph) == {"__main__", "cli", "commands", "client"}


def test_what_does_no_io_imports_nothing_that_could(graph: ImportGraph) -> None:
    """The contract names what is known to do I/O; this names what is known to do none."""
    [contract] = [each for each in CONTRACTS if each["name"].endswith("do no I/O")]
    assert packages_of(contract["source_modules"], graph) == {*PURE}
    assert imported_by([f"vibes.{package}" for package in PURE], graph) - PURE_LIBRARIES == set()


def test_what_does_no_io_asks_neither_the_disk_nor_the_clock() -> None:
    files = [file for package in PURE for file in (PYPROJECT.parent / "backend" / "vibes" / package).rglob("*.py")]
    assert len(files) > 50, "it finds them"
    assert {PYPROJECT.parent / each for each in OWN_DATA} < {*files}
    called = [
        f"{file.relative_to(PYPROJECT.parent).as_posix()}:{call.lineno}: {ast.unparse(call)}"
        for file in files
        if file.relative_to(PYPROJECT.parent).as_posix() not in OWN_DATA
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] in OPENING
    ]
    assert called == []


def test_what_knows_no_adapter_knows_none_of_the_libraries_that_only_adapters_use(graph: ImportGraph) -> None:
    [contract] = [each for each in CONTRACTS if each["name"].endswith("nor their libraries")]
    used = imported_by(["vibes.generators", "vibes.nodes", "vibes.storage"], graph)
    libraries = used - sys.stdlib_module_names
    assert {"aiohttp", "sqlalchemy"} < libraries
    assert libraries - {*contract["forbidden_modules"]} - SHARED_LIBRARIES == set()


def imported_by(packages: list[str], graph: ImportGraph) -> set[str]:
    """Top-level names that are not the hub's, of all that lies in these packages."""
    modules = {module for package in packages for module in (package, *graph.find_descendants(package))}
    imported = {each for module in modules for each in graph.find_modules_directly_imported_by(module)}
    return {each for each in imported if not each.startswith("vibes")}
