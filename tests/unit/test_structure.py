"""The shape of the house: small functions, constructors that say what a thing is made of, rooms that one can survey."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[2]
HUB = ROOT / "backend" / "vibes"

MAX_MEDIAN_LINES = 6
MAX_ARGUMENTS = 6
MAX_MODULES = 20
LISTS = {
    "api/routes": "one module a group of addresses",
    "api/schemas": "one module a group of bodies",
    "storage/migrations/versions": "one module a step of the schema",
}
"""Folders that are read like a list, each module for itself, and may be longer."""

TREES = {file.relative_to(HUB).as_posix(): ast.parse(file.read_text(encoding="utf-8")) for file in HUB.rglob("*.py")}


def everything() -> Iterator[tuple[str, ast.AST]]:
    for path, tree in TREES.items():
        yield from ((path, item) for item in ast.walk(tree))


def test_half_of_all_functions_are_a_few_lines_long() -> None:
    lines = [
        (item.end_lineno or 0) - item.lineno + 1
        for _, item in everything()
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert len(lines) > 1000, "it finds them"
    assert median(lines) <= MAX_MEDIAN_LINES


def test_a_room_has_about_twenty_modules_and_only_lists_have_more() -> None:
    folders = {file.parent for file in HUB.rglob("*.py")}
    sizes = {
        folder.relative_to(HUB).as_posix(): len({*folder.glob("*.py")} - {folder / "__init__.py"}) for folder in folders
    }
    assert {folder for folder, size in sizes.items() if size > MAX_MODULES} - {*LISTS} == set()
    assert set(LISTS) <= set(sizes), "no reason is given for what is gone"


def test_a_constructor_takes_what_one_can_survey() -> None:
    large = {item.name for _, item in everything() if isinstance(item, ast.ClassDef) and is_large(item)}
    assert large == set()


def is_large(made: ast.ClassDef) -> bool:
    """Values may have as many fields as they like: what is frozen, and the models of pydantic."""
    own = [item for item in made.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"]
    if own:
        return any(arguments_of(item) > MAX_ARGUMENTS for item in own)
    return is_changing_dataclass(made) and len([*fields_of(made)]) > MAX_ARGUMENTS


def arguments_of(function: ast.FunctionDef) -> int:
    """Besides ``self``."""
    given = function.args
    return len([*given.posonlyargs, *given.args, *given.kwonlyargs]) - 1


def is_changing_dataclass(made: ast.ClassDef) -> bool:
    decorators = [ast.unparse(each) for each in made.decorator_list]
    return any(each.startswith("dataclass") and "frozen=True" not in each for each in decorators)


def fields_of(made: ast.ClassDef) -> Iterator[str]:
    """Those that the constructor takes."""
    for item in made.body:
        if isinstance(item, ast.AnnAssign) and not (item.value and "init=False" in ast.unparse(item.value)):
            yield ast.unparse(item.target)


def test_what_is_too_large_is_found() -> None:
    source = """
class Service:
    def __init__(self, a, b, c, d, *, e, f{more}): ...

@dataclass(slots=True)
class Record:
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int = 0
    g: int = field({init}default=0)

@dataclass(frozen=True)
class Value:
    a: int
    b: int
    c: int
    d: int
    e: int
    f: int
    g: int
"""
    small, large = source.format(more="", init="init=False, "), source.format(more=", g", init="")
    assert [is_large(item) for item in ast.parse(small).body if isinstance(item, ast.ClassDef)] == [False, False, False]
    assert [is_large(item) for item in ast.parse(large).body if isinstance(item, ast.ClassDef)] == [True, True, False]


def test_nobody_is_told_through_a_slot_that_holds_one_listener() -> None:
    """Whoever wants to hear of something subscribes: a slot is overwritten by the next one without a word."""
    slots = [
        f"{path}:{item.lineno} {ast.unparse(item.target)}"
        for path, item in everything()
        if isinstance(item, ast.AnnAssign)
        and isinstance(item.target, ast.Attribute)
        and "Callable" in ast.unparse(item.annotation)
        and item.value is not None
        and ast.unparse(item.value) == "None"
    ]
    assert slots == []


def test_each_step_of_the_schema_follows_the_one_before() -> None:
    """Two that were written at the same time would both be the newest, and no database could be brought along."""
    steps = sorted((HUB / "storage" / "migrations" / "versions").glob("0*.py"))
    told = [dict(re.findall(r'(?m)^(\w+) = "(\d+)"$', file.read_text(encoding="utf-8"))) for file in steps]
    assert [each["revision"] for each in told] == [file.name[:4] for file in steps]
    assert [each.get("down_revision") for each in told[1:]] == [each["revision"] for each in told[:-1]]
