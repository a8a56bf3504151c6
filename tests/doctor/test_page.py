"""docs/doctor.md lists every code that the doctor can tell, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from vibes.domain.nodes.introduction import Unreached
from vibes.ports.chat import ChatFault
from vibes.services.doctor.nodes import _PROVIDER

ROOT = Path(__file__).parents[2]
HUB = ROOT / "backend" / "vibes"
TABLE = (ROOT / "docs" / "doctor.md").read_text(encoding="utf-8").partition("## Codes")[2]
SOURCES = [
    *(HUB / "services" / "doctor").glob("*.py"),
    *(HUB / "commands" / "setup").glob("*.py"),
    *(HUB / "app" / "doctor").glob("*.py"),
]
SAY = {"ok", "warn", "wrong"}
DOCUMENTS = ("gpus", "flows", "llm", "workflow")
ENDINGS = {
    "node_": [*Unreached],
    "llm_": [*ChatFault],
    "_mistake": DOCUMENTS,
    "_mistakes_more": DOCUMENTS,
    "_well": ("gpus", "workflow"),
}
"""What a code that is put together may be made of."""


def codes_in(file: Path) -> Iterator[str]:
    for item in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(item, ast.Call):
            continue
        given = [word.value for word in item.keywords if word.arg == "code"]
        if SAY & {each.id for each in ast.walk(item.func) if isinstance(each, ast.Name)} and len(item.args) > 1:
            given.append(item.args[1])
        for code in given:
            match code:
                case ast.Constant(value=str(text)):
                    yield text
                case ast.JoinedStr(values=parts):
                    [fixed] = [part.value for part in parts if isinstance(part, ast.Constant)]
                    assert isinstance(fixed, str)
                    before = isinstance(parts[0], ast.Constant)
                    yield from (f"{fixed}{each}" if before else f"{each}{fixed}" for each in ENDINGS[fixed])


def test_the_page_lists_every_code_and_no_other() -> None:
    told = {
        code for row in re.findall(r"^\| (.*?) \|", TABLE, flags=re.MULTILINE) for code in re.findall("`(.+?)`", row)
    }
    there = {code for file in SOURCES for code in codes_in(file)} | {*_PROVIDER.values()}
    assert len(there) > 50, "it finds them"
    assert told == there
