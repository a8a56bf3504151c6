"""A prompt after operations: whoever proposes them, nothing kept is lost and nothing removed is left."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.families import SENTENCES, TAGS, style_of
from vibes.domain.refinement.phrases import Phrase, Prompt, Span, limited
from vibes.domain.refinement.plan import Refined
from vibes.domain.refinement.reading import read_prompt
from vibes.domain.refinement.refining import Starting, refine
from vibes.domain.refinement.rendering import render_prompt
from vibes.domain.refinement.tokens import token_estimate
from vibes.domain.refinement.words import holds

MAN = "a man with a hat in a boat on a lake, foggy morning, soft light"
WORDS = st.sampled_from(
    [
        "hat",
        "hats",
        "red",
        "boat",
        "fog",
        "foggy",
        "light",
        "a",
        "with",
        "in",
        "the",
        "old",
        "man",
        "lake",
        "and",
        "bridge",
        "sky",
        "prominent",
        "subtle",
    ]
)
TERMS = st.lists(WORDS, min_size=1, max_size=3).map(" ".join) | st.text(max_size=8)
LISTS = st.lists(TERMS, max_size=4).map(tuple)
SWAPS = st.lists(st.builds(Swap, TERMS, TERMS), max_size=3).map(tuple)
HOSTILE = st.builds(Changes, keep=LISTS, remove=LISTS, add=LISTS, modify=SWAPS, emphasis_up=LISTS, emphasis_down=LISTS)
PROMPTS = st.lists(
    st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
    | st.sampled_from(["(red hat:1.3)", "((fog))", "<lora:hat:0.8>", "embedding:hat", "{hat|cap}", "boat \\(red\\)"]),
    max_size=5,
).map(", ".join) | st.lists(WORDS, min_size=2, max_size=8).map(lambda words: " ".join(words).capitalize() + ".")
PIECES = ("a", "b", " ", ", ", "(", ")", ":1.2)", ":0.8)", "\\(", "\\)", "\n")
FAMILIES = st.sampled_from(["sd15", "sdxl-lightning", "flux", "qwen-image", "z-image", "unheard-of"])


def refined(prompt: str, family: str = "sdxl", **changes: Any) -> Refined:
    return refine(Starting(prompt=prompt, family=family), Changes(**changes))


def texts(prompt: str, family: str) -> list[str]:
    return [each.text for each in read_prompt(prompt, style_of(family)) if not each.fixed]


@settings(max_examples=300, deadline=None)
@given(prompt=PROMPTS, family=FAMILIES, proposed=HOSTILE)
def test_no_keep_is_lost_and_no_remove_is_left_whoever_proposes(prompt: str, family: str, proposed: Changes) -> None:
    start = Starting(prompt=prompt, family=family)
    result = refine(start, proposed)
    language = start.language
    after = texts(result.prompt, family)
    for term in result.changes.remove:
        assert not any(holds(term, each, language) for each in after), (term, result.prompt)
    for term in result.changes.keep:
        assert any(holds(term, each, language) for each in after), (term, result.prompt)
    told = " ".join([*result.notes, *(each.sentence for each in result.conflicts)])
    there = [
        each for each in proposed.cleaned().keep if any(holds(each, text, language) for text in texts(prompt, family))
    ]
    assert all(each in result.changes.keep for each in there)
    for term in proposed.cleaned().remove:
        assert term in result.changes.remove or f"“{term}”" in told, "what was not done is told"


@settings(max_examples=100, deadline=None)
@given(prompt=PROMPTS, family=FAMILIES, proposed=HOSTILE)
def test_what_is_fixed_stays_to_the_letter_and_nothing_new_gets_syntax(
    prompt: str, family: str, proposed: Changes
) -> None:
    result = refine(Starting(prompt=prompt, family=family), proposed)
    before = [each.text for each in read_prompt(prompt, style_of(family)) if each.fixed]
    assert [each.text for each in read_prompt(result.prompt, style_of(family)) if each.fixed] == before


@settings(max_examples=200, deadline=None)
@given(prompt=PROMPTS | st.lists(st.sampled_from(PIECES), max_size=20).map("".join))
def test_a_prompt_that_is_read_and_written_is_read_the_same_again(prompt: str) -> None:
    once = read_prompt(prompt, TAGS)
    again = read_prompt(render_prompt(once, TAGS), TAGS)
    assert [(each.text, each.fixed) for each in again] == [(each.text, each.fixed) for each in once]
    assert weights(once) == pytest.approx(weights(again), rel=1e-3)


def weights(prompt: Prompt) -> list[float]:
    """Of each sign that can be seen."""
    return [span.weight for each in prompt for span in each.spans for sign in span.text if not sign.isspace()]


def test_weights_are_read_as_comfyui_does() -> None:
    read = read_prompt(r"(a cat), ((fog)), (red:1.3) hat, (a (dog:1.2) here), boat \(old\), (open, [b]", TAGS)
    assert [(each.text, [span.weight for span in each.spans]) for each in read] == [
        ("a cat", [1.1]),
        ("fog", [pytest.approx(1.21)]),
        ("red hat", [1.3, 1.0]),
        ("a dog here", [1.1, 1.2, 1.1]),
        ("boat (old)", [1.0]),
        ("(open", [1.0]),
        ("[b]", [1.0]),
    ]
    assert render_prompt(read_prompt("a (b) c", SENTENCES), SENTENCES) == "a (b) c", (
        "parentheses that no tokenizer reads"
    )


def test_a_hat_goes_with_what_hangs_on_it() -> None:
    assert refined(MAN, remove=("hat",)).prompt == "a man in a boat on a lake, foggy morning, soft light"
    assert refined(MAN, remove=("boats",)).prompt == "a man with a hat on a lake, foggy morning, soft light"
    assert refined(MAN, remove=("fog",)).prompt == "a man with a hat in a boat on a lake, morning, soft light"
    assert refined("a cat and a dog", remove=("dog",)).prompt == "a cat"
    assert refined("a cat and a dog on a table", remove=("cat",)).prompt == "a dog on a table"
    assert refined("hat shop, rain", remove=("hat",)).prompt == "shop, rain"
    assert refined("A cat sleeps. Light falls.", "flux", remove=("cat",)).prompt == "Light falls."
    assert refined("a hat", remove=("hat",)).prompt == ""


def test_what_is_kept_protects_its_phrase() -> None:
    result = refined("red hat and red scarf", keep=("red hat",), remove=("hat",))
    assert result.prompt == "red hat and red scarf"
    assert [each.term for each in result.conflicts] == ["hat"]
    assert refined("an old man with a red hat", keep=("red",), remove=("hat",)).prompt == "an old man with a red"


def test_each_family_is_told_in_its_own_way() -> None:
    more = {"emphasis_up": ("fog",), "remove": ("hat",), "add": ("a dog",)}
    assert refined(MAN, "sd15", **more).prompt == "a man in a boat on a lake, (foggy morning:1.15), soft light, a dog"
    assert refined(MAN, "sd15", **more).negative_prompt == "hat"
    assert refined(MAN, "sdxl-lightning", **more).negative_prompt == ""
    words = refined(MAN, "z-image", **more)
    assert words.prompt == "a man in a boat on a lake, prominent foggy morning, soft light, a dog"
    assert refined("(fog:1.3), a boat", "qwen-image", emphasis_down=("boat",)).prompt == "prominent fog, a subtle boat"
    assert refined("a boat (old)", "sdxl", add=("moon (full)",)).prompt.endswith("moon full")


def test_swapping_keeps_article_and_weight() -> None:
    assert (
        refined("a (boat:1.3) on a lake", modify=(Swap("boat", "old bridge"),)).prompt
        == "an (old bridge:1.3) on a lake"
    )
    assert refined("Boat on a lake", modify=(Swap("boat", "bridge"),)).prompt == "Bridge on a lake"
    missing = refined("a lake", modify=(Swap("boat", "bridge"),))
    assert (missing.prompt, missing.changes.add) == ("a lake, bridge", ("bridge",))


def test_what_stands_nowhere_is_moved_or_left_out_with_a_note() -> None:
    result = refined(MAN, keep=("crown",), remove=("text",), emphasis_down=("noise",), add=("hat",))
    assert (result.prompt, result.negative_prompt) == (MAN, "text, noise")
    assert result.changes.empty
    assert len(result.notes) == 4
    assert "no negative prompt" in " ".join(refined(MAN, "flux", remove=("text",)).notes)


def test_nobody_puts_a_lora_or_a_weight_into_the_prompt_by_a_term() -> None:
    result = refined("a cat", add=("<lora:evil:1>", "(dog:1.9)", "embedding:bad", "{a|b}", "__w__"))
    assert "<" not in result.prompt
    assert all(not each.fixed for each in read_prompt(result.prompt, TAGS))
    assert "dog" in result.prompt


def test_too_long_a_prompt_is_told_and_a_wildcard_that_may_bring_a_word_back() -> None:
    long = ", ".join(["a tall tower"] * 100)
    assert "tokens long" in " ".join(refined(long, add=("moon",)).notes)
    assert "at random" in " ".join(refined("a hat, {hat|cap}", remove=("hat",)).notes)


def test_weights_have_bounds_and_tokens_are_counted_generously() -> None:
    assert (limited(9.0), limited(0.1)) == (1.5, 0.5)
    heavy = Phrase((Span("fog", 1.45),)).weighing(0.15)
    assert heavy.weight == 1.5
    assert token_estimate("a lighthouse at dusk") == 5
    assert token_estimate("灯台") == 2
