"""Wildcards: what they mean, that a seed always chooses the same, and what is refused."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from vibes.domain.prompting.wildcard_syntax import WildcardProblem, is_name, parse
from vibes.domain.prompting.wildcards import MAX_CHARACTERS, Drawn, WildcardLists, check, draw

LISTS = WildcardLists(
    {
        "animal": ["fox", "owl", "cat"],
        "animals/rare": ["3::okapi", "__animal__ with {red|blue} eyes"],
        "animal_s": ["yak"],
        "loop": ["a __pool__"],
        "pool": ["a __loop__"],
        "broken": ["__nowhere__"],
        "empty": [],
        "long": ["x" * 10_000],
    }
)


def drawn(text: str, seed: int = 1) -> str:
    check(text, LISTS)
    return draw(text, LISTS, seed, "prompt").text


def everything(text: str) -> set[str]:
    return {drawn(text, seed) for seed in range(200)}


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("a {red|blue} hat", {"a red hat", "a blue hat"}),
        ("{a|{b|c} d}", {"a", "b d", "c d"}),
        ("{red|}dish", {"reddish", "dish"}),
        ("{alone}", {"alone"}),
        ("a __animal__!", {"a fox!", "a owl!", "a cat!"}),
        ("__animal_s__", {"yak"}),
        ("{2$$a|b|c}", {"a, b", "b, a", "a, c", "c, a", "b, c", "c, b"}),
        ("{0-1$$a|b}", {"", "a", "b"}),
        ("{2$$ and $$a|b}", {"a and b", "b and a"}),
        ("{9$$a|b}", {"a, b", "b, a"}),
        ("{0::never|1::always}", {"always"}),
        ("{{a|b}|__animal_s__}", {"a", "b", "yak"}),
        (r"\{a|b\} and \__animal__", {"{a|b} and __animal__"}),
        (r"{a\|b|c}", {"a|b", "c"}),
        (r"(cat:1.2), \(kitten\)", {r"(cat:1.2), \(kitten\)"}),
        ("a } b | c", {"a } b | c"}),
        ("snake_case __ and __init", {"snake_case __ and __init"}),
    ],
)
def test_what_is_written_and_what_it_may_become(text: str, possible: set[str]) -> None:
    assert everything(text) == possible


def test_two_different_entries_of_one_list_can_be_asked_for() -> None:
    for found in everything("{2$$__animal__}"):
        one, another = found.split(", ")
        assert {one, another} < {"fox", "owl", "cat"}
        assert one != another


def test_weights_are_heeded_in_prompts_and_in_lists() -> None:
    tossed = Counter(drawn("{9::heads|tails}", seed) for seed in range(2_000))
    assert 0.87 < tossed["heads"] / 2_000 < 0.93
    rare = Counter(drawn("__animals/rare__", seed) == "okapi" for seed in range(2_000))
    assert 0.7 < rare[True] / 2_000 < 0.8
    assert any(re.fullmatch("(fox|owl|cat) with (red|blue) eyes", each) for each in everything("__animals/rare__"))


def test_a_seed_chooses_the_same_for_ever() -> None:
    """Written down, so that no later release changes what people have drawn."""
    text = "__animal__ in {red|green|blue}, {2$$a|b|c|d}"
    assert draw(text, LISTS, 7, "prompt") == KEPT
    assert draw(text, LISTS, 7, "negative_prompt").text != KEPT.text


KEPT = Drawn("cat in red, c, a", {"__animal__": "cat", "{red|green|blue}": "red", "{2$$a|b|c|d}": "c, a"})


def test_what_was_chosen_is_kept_by_how_it_is_written() -> None:
    found = draw("__animal__ and __animal__, {red|blue}", LISTS, 5, "prompt")
    first, second = found.chosen["__animal__"].split(", ")
    assert found.text == f"{first} and {second}, {found.chosen['{red|blue}']}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a {red|blue hat", r"the \{ at character 3 has no \}"),
        ("__animol__", r"no wildcard list 'animol'; did you mean animal"),
        ("a __season__ forest", r"no wildcard list 'season': make one, wildcards/season\.txt in the hub's data folder"),
        ("{a|{b|__broken__}}", r"no wildcard list 'nowhere', which the list broken names"),
        ("__empty__", "is empty"),
        ("__loop__", "circle: loop → pool → loop"),
        ("{" * 30 + "a" + "}" * 30, "nested more than 20 deep"),
    ],
)
def test_what_cannot_be_drawn_is_refused_whatever_the_seed(text: str, why: str) -> None:
    with pytest.raises(WildcardProblem, match=why):
        check(text, LISTS)


def test_nothing_grows_without_limit() -> None:
    with pytest.raises(WildcardProblem, match="more than 500 choices"):
        drawn("{a|b}" * 501)
    with pytest.raises(WildcardProblem, match=f"longer than {MAX_CHARACTERS:,}"):
        drawn("__long__ __long__")
    deep = WildcardLists({f"l{n}": [f"__l{n + 1}__ __l{n + 1}__"] for n in range(15)} | {"l15": ["x"]})
    check("__l0__", deep)
    with pytest.raises(WildcardProblem, match="more than 500 choices"):
        draw("__l0__", deep, 1, "prompt")


def test_hostile_texts_are_read_in_time_that_grows_with_their_length() -> None:
    for text in (
        "__" * 50_000,
        "__a" * 30_000,
        "{|" * 10 + "}" * 10 + "_" * 100_000,
        "\\" * 100_000,
        "1" * 50_000 + "{",
    ):
        try:
            parse(text)
        except WildcardProblem:
            continue


def test_only_what_can_stand_in_a_prompt_names_a_list() -> None:
    assert all(map(is_name, ("animal", "animals/rare", "a-b.c", "Größe", "2")))
    assert not any(map(is_name, ("", "_a", "a__b", "../a", "a/../b", "a b", "/a", "a/", "{a}", "a//b", "." * 3)))


def test_a_long_list_is_read_once_for_all_the_pictures_that_draw_from_it() -> None:
    """Hundreds of pictures are asked for at once, and a list of artists has ten thousand lines."""
    lists = WildcardLists({"long": Counted(f"{{a|b}} {number}" for number in range(10_000))})
    for seed in range(100):
        check("__long__ {200$$__long__}", lists)
        numbers = draw("{200$$ $$__long__}", lists, seed, "prompt").text.split()[1::2]
        assert len(set(numbers)) == 200
    assert Counted.readings == 2  # to check it, and to draw from it
    with pytest.raises(WildcardProblem, match="more than 500 choices"):
        draw("{999$$__long__}", lists, 1, "prompt")


class Counted(list[str]):
    readings = 0

    def __iter__(self) -> Iterator[str]:
        Counted.readings += 1
        return super().__iter__()


def test_choosing_several_leaves_out_what_is_chosen_and_heeds_weights_to_the_end() -> None:
    assert everything("{3$$0::a|0::b|0::c}") == {"c, b, a"}
    assert everything("{2$$1::a|0::b}") == {"a, b"}
    first = Counter(drawn("{2$$1::a|0.1::b|0.3::c|8::d}", seed) for seed in range(2_000))
    assert 0.65 < sum(number for text, number in first.items() if "a" in text) / 2_000 < 0.8
    assert all(len(set(text.split(", "))) == 2 for text in first)
