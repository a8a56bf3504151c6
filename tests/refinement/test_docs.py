"""docs/refinement.md says what is so: its examples are understood like that, its addresses and codes are there."""

import json
import re
from pathlib import Path

import pytest

from tests.refinement.feedback_file import normal
from vibes.commands.development.openapi import openapi_document
from vibes.domain.refinement.changes import LISTS, Changes, Swap
from vibes.domain.refinement.families import TAGS
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.rules.interpreter import understand

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "refinement.md").read_text(encoding="utf-8")
PROMPT = next(line.removeprefix("> prompt: ") for line in TEXT.splitlines() if line.startswith("> prompt: "))
NAMES = {"keep": "keep", "remove": "remove", "add": "add", "stronger": "emphasis_up", "weaker": "emphasis_down"}


def rows_after(heading: str) -> list[tuple[str, ...]]:
    table = re.search(rf"^{re.escape(heading)}\n\|[-|]+\|\n(?P<rows>(?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert table is not None
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in table["rows"].splitlines()]


def changes_of(meaning: str) -> Changes:
    lists: dict[str, list[str]] = {name: [] for name in LISTS}
    swaps = []
    for part in meaning.split("; "):
        name, _, terms = part.partition(": ")
        if name == "swap":
            swaps += [Swap(*(half.strip() for half in each.split("→"))) for each in terms.split(", ")]
        else:
            lists[NAMES[name]] += terms.split(", ")
    return Changes().with_lists(lists, swaps)


@pytest.mark.parametrize(("said", "meaning"), rows_after("| you say | it means |"))
def test_an_example_is_understood_as_it_is_told(said: str, meaning: str) -> None:
    phrases = [each.text for each in read_prompt(PROMPT, TAGS)]
    understood = understand(said, phrases)
    if meaning == "not understood":
        assert (understood.changes.empty, understood.unclear) == (True, (said,))
    else:
        assert normal(understood.changes) == normal(changes_of(meaning))
        assert understood.unclear == ()


def test_its_addresses_are_there_with_the_fields_that_it_names() -> None:
    document = json.loads(openapi_document())
    for method, path in re.findall(r"`(GET|POST)(?:`, `PUT)? (/api/[^`]+)`", TEXT):
        if path != "/api/llm":
            assert method.lower() in document["paths"][path], path
    schemas = document["components"]["schemas"]
    plan = re.search(r"^The plan: `(.+?)`", TEXT, re.MULTILINE)
    assert plan is not None
    assert set(plan[1].split(", ")) == set(schemas["IterationPlanOut"]["properties"])
    for name, schema in (("refine-prompt", "IterationRequest"), ("apply-changes", "ApplyChangesRequest")):
        fields = re.search(rf"{name}` \| `{{(.+?)}}`", TEXT)
        assert fields is not None
        told = {each.strip() for each in fields[1].split(",")}
        required = set(schemas[schema]["required"])
        assert {each.rstrip("?") for each in told} == set(schemas[schema]["properties"])
        assert {each for each in told if not each.endswith("?")} == required


def test_it_is_found_from_the_first_page() -> None:
    assert "docs/refinement.md" in (ROOT / "README.md").read_text(encoding="utf-8")
