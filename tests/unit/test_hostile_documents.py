"""YAML, JSON and graphs made to take for ever: each is told in a sentence, in time that grows with its length."""

import time

import pytest

from vibes.documents.yaml_document import MAX_CHARACTERS, MAX_NESTING, MAX_VALUES, parse_yaml
from vibes.domain.errors import InvalidDocument
from vibes.text.plain_text import encodable, harmless, on_one_line
from vibes.workflows.definition.json_document import parse_json
from vibes.workflows.definition.template import MAX_NAME, MAX_PLACEHOLDERS, parse_template
from vibes.workflows.meaning.roles import find_roles

ALIASES_OF_ALIASES = "a0: &a0 [x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 8)}]\n" for level in range(1, 9)
)


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        (ALIASES_OF_ALIASES, 6, f"more than {MAX_VALUES:,} values, counting what aliases repeat"),
        ("a: &x [*x]", 1, "an alias that contains itself"),
        ("[" * 100_000, 1, f"nested deeper than {MAX_NESTING} levels"),
        ("\n".join("  " * level + "a:" for level in range(200)), MAX_NESTING, "nested deeper"),
        ('a: "\\ud800"', 1, "half of a surrogate pair"),
        (f"a: 1{':59' * 10_000}", 1, "a number or date of more than 100 characters"),
        ("a" * (MAX_CHARACTERS + 1), 0, "longer than"),
    ],
)
def test_yaml_beyond_all_use_is_told_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        parse_yaml(text, "f.yaml")
    [problem] = refused.value.problems
    assert problem.line == line
    assert sentence in problem.message


MISFITS = ("!!bool x", "!!timestamp x", "!!int ''", "!!int '-'", "!!float '_'", "!!int 0b", "2001-99-99", "!!set [a]")
MISFITS_INSIDE = ("!!map [a]", "!!map x", "!!omap {a: 1}", "{!!bool x: 1}", "[!!map [[a]]]")


@pytest.mark.parametrize("value", [*MISFITS, *MISFITS_INSIDE])
def test_a_value_that_is_not_what_its_tag_says_is_told_with_its_line(value: str) -> None:
    with pytest.raises(InvalidDocument) as refused:
        parse_yaml(f"a: 1\nb: {value}", "f.yaml")
    [problem] = refused.value.problems
    assert problem.line == 2


def test_an_alias_that_people_use_is_read() -> None:
    document = parse_yaml("a: &shared {steps: 20}\nb: *shared\nc: [*shared, *shared]", "f.yaml")
    assert document.value["c"] == [{"steps": 20}, {"steps": 20}]
    assert document.positions["c", 1, "steps"] == (1, 13), "where the value really stands"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[" * 200 + "]" * 200, "nested deeper than"),
        ('"' + '\\"' * 100_000, "not valid JSON"),
    ],
)
def test_json_beyond_all_use_is_told(text: str, sentence: str) -> None:
    before = time.thread_time()
    with pytest.raises(InvalidDocument, match=sentence):
        parse_json(text, "f.json")
    assert time.thread_time() - before < 2.0, "the unended text took minutes when each quote in it was tried"


def test_a_class_of_80_kb_costs_no_more_than_its_length() -> None:
    graph = {"1": {"class_type": "empty" * 16_000 + "Save", "inputs": {"width": 1, "height": 1, "images": ["1", 0]}}}
    before = time.thread_time()
    find_roles(graph)
    assert time.thread_time() - before < 2.0, "21 s when it was searched from each of its letters"


@pytest.mark.parametrize("name", ["EmptyLatentImage", "ImageScale", "LatentResize", "empty_sd3_LATENT"])
def test_what_sets_the_size_is_still_found(name: str) -> None:
    graph = {
        "1": {"class_type": name, "inputs": {"width": 640, "height": 480}},
        "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0]}},
    }
    [(width, height)] = find_roles(graph).sizes
    assert (width.value, height.value) == (640, 480)


def test_names_and_placeholders_of_a_template_are_bounded() -> None:
    long_name = f'{{"1": {{"class_type": "{"A" * (MAX_NAME + 1)}", "inputs": {{}}}}}}'
    with pytest.raises(InvalidDocument, match=f"more than {MAX_NAME} characters"):
        parse_template(long_name, "f.json")
    texts = "".join(f"{{{{p{number}}}}}" for number in range(MAX_PLACEHOLDERS + 1))
    with pytest.raises(InvalidDocument, match=f"{MAX_PLACEHOLDERS + 1} different placeholders"):
        parse_template(f'{{"1": {{"class_type": "A", "inputs": {{"text": "{texts}"}}}}}}', "f.json")


def test_what_misleads_is_shown_as_a_sign() -> None:
    bad = "a\x1b[2J\x07\x9b31m\u202eb\ud800\u2028\x7f\r\nnext\ttab"
    assert harmless(bad) == "a␛[2J␇\ufffd31m\ufffdb\ufffd\ufffd␡␍\nnext\ttab"
    assert on_one_line(bad) == "a␛[2J␇\ufffd31m\ufffdb\ufffd\ufffd␡␍␊next␉tab"
    assert encodable(bad).encode()
    fine = "שלום 日本語 \U0001f469\u200d\U0001f3a8 é\n"
    assert harmless(fine) == fine
