"""A prompt as cards: nothing is lost when it is taken apart, put together, edited or asked for again."""

import itertools
import re
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vibes.domain.concept.assembling import Assembled, assemble
from vibes.domain.concept.fields import Card, Field, complete
from vibes.domain.concept.listed import entries, keys_of
from vibes.domain.concept.splitting import split
from vibes.domain.concept.suggesting import suggest
from vibes.domain.concept.words.entries import Entry
from vibes.domain.exploration.variations import varied_request
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.domain.refinement.words import words_of

FAMILIES = ["sd15", "sdxl", "flux", "z-image", "a new one"]
JOINING = {"of", "and", "with", "no", "without"}
LISTED = [entry.text for field in Field for entry in entries(field)]
WORD = st.one_of(
    st.sampled_from(
        ["fog", "light", "of", "in", "the", "with", "without", "no", "café", "göttlich", "8k", "(", ")", "a"]
    ),
    st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=9),
    st.sampled_from(LISTED),
)
PROMPT = st.lists(st.lists(WORD, min_size=1, max_size=7).map(" ".join), max_size=8).flatmap(
    lambda parts: st.sampled_from([", ", ". ", "\n", "; "]).map(lambda between: between.join(parts))
)


def texts(cards: tuple[Card, ...]) -> dict[str, str]:
    return {card.field.value: card.text for card in cards if card.text}


def said(text: str) -> set[str]:
    """Its words, but for numbers that weights are made of."""
    return {word.key for word in words_of(text) if not re.fullmatch(r"\d+", word.key)}


@pytest.mark.parametrize("field", list(Field))
def test_every_field_has_sixty_words_of_its_own_or_more(field: Field) -> None:
    listed = [keys_of(entry.text) for entry in entries(field)]
    assert len(set(listed)) == len(listed) >= 60
    assert all(entry.text == " ".join(entry.text.split()) for entry in entries(field))


SENTENCES = [
    (
        "a lighthouse on a cliff in the fog at dusk, oil painting, no people",
        {
            "subject": "a lighthouse",
            "setting": "on a cliff in the fog",
            "lighting": "at dusk",
            "style": "oil painting",
            "keep_out": "people",
        },
    ),
    (
        "Photo of a man with a hat in the rain without text. Soft light from above. 85mm lens",
        {
            "subject": "a man with a hat",
            "setting": "in the rain",
            "style": "Photo",
            "lighting": "Soft light from above",
            "camera": "85mm lens",
            "keep_out": "text",
        },
    ),
    (
        "1girl, solo, masterpiece, best quality, <lora:ink:0.8>, green eyes, melancholy, muted colors",
        {
            "subject": "1girl, solo, <lora:ink:0.8>, green eyes",
            "style": "masterpiece, best quality",
            "mood": "melancholy",
            "palette": "muted colors",
        },
    ),
    ("photo of a cat", {"subject": "a cat", "style": "photo"}),
    ("a close-up of a bee", {"subject": "a bee", "camera": "a close-up"}),
    ("a fox, shallow depth of field", {"subject": "a fox", "camera": "shallow depth of field"}),
    ("a photo of __city__ at night", {"subject": "__city__", "style": "a photo", "lighting": "at night"}),
    ("a {red|{dark|pale} blue} fox in the fog", {"subject": "a {red|{dark|pale} blue} fox", "setting": "in the fog"}),
    ("soft {warm|cold} light, a fox", {"subject": "a fox", "lighting": "soft {warm|cold} light"}),
    ("a 🦊 in the fog", {"subject": "a 🦊", "setting": "in the fog"}),
    ("a girl holding a light", {"subject": "a girl holding a light"}),
    ("ein Leuchtturm im Nebel", {"subject": "ein Leuchtturm im Nebel"}),
]


@pytest.mark.parametrize(("sentence", "cards"), SENTENCES)
def test_a_sentence_lies_on_the_cards_that_it_speaks_of(sentence: str, cards: dict[str, str]) -> None:
    assert texts(split(sentence, "", "sdxl")) == cards


@given(prompt=PROMPT, negative=PROMPT, family=st.sampled_from(FAMILIES))
@example(prompt="ı", negative="", family="sd15")
@settings(max_examples=300, deadline=None)
def test_no_word_is_lost_between_a_prompt_and_its_cards_nor_on_the_way_back(
    prompt: str, negative: str, family: str
) -> None:
    cards = split(prompt, negative, family)
    on_cards = said(" ".join(card.text for card in cards))
    assert said(f"{prompt} {negative}") - JOINING <= on_cards
    for other in FAMILIES:
        again = assemble(cards, other)
        assert on_cards <= said(f"{again.prompt} {again.negative_prompt}")


KEPT = (
    *("<lora:ink:0.8>", "embedding:easynegative", "__animal__", "__place/city__", "{red|blue}", "{a|{b|c (d)}, e}"),
    *("BREAK", "[cat:dog:0.5]", "1girl", "score_9", ":d", "🦊", "👨‍👩‍👧", "\U000f0000", "göttlich", "l'hiver", "f/1.8"),
)
WEIGHTED = ("(fog:1.2)", "(a tall ship:0.7)", "((owl))")
PIECE = st.one_of(st.sampled_from(KEPT), st.sampled_from(WEIGHTED), WORD)


@given(
    pieces=st.lists(st.tuples(PIECE, st.sampled_from([", ", " ", "\n"])), max_size=12), family=st.sampled_from(FAMILIES)
)
@settings(max_examples=300, deadline=None)
def test_what_is_no_word_comes_through_to_the_letter(pieces: list[tuple[str, str]], family: str) -> None:
    prompt = "".join(piece + between for piece, between in pieces)
    there = assemble(split(prompt, "", family), family)
    back = assemble(split(there.prompt, there.negative_prompt, family), family)
    for texts in (there, back):
        written = f"{texts.prompt} {texts.negative_prompt}".casefold()
        for kept in KEPT:
            assert written.count(kept.casefold()) == prompt.casefold().count(kept.casefold()), kept


@pytest.mark.parametrize(
    "many",
    [
        *("a fox in the fog, ", "{", "(", "in ", "__a__ ", "no ", "q{0}, ", "fog {0}, ", "🦊", "(a:1.2)"),
    ],
)
def test_a_prompt_of_five_thousand_characters_takes_no_time(many: str) -> None:
    prompt = "".join(many.replace("{0}", str(number)) for number in range(5000 // len(many)))[:5000]
    cards = split(prompt, "", "sdxl")
    begin = process_time()
    split(prompt.upper(), prompt, "sdxl", cards)
    assert process_time() - begin < 5.0, "it is a matter of tenths; squares of the length would take minutes"


@given(
    chosen=st.fixed_dictionaries(
        {field: st.lists(st.sampled_from(entries(field)), max_size=3, unique=True) for field in Field}
    ),
    weights=st.lists(st.sampled_from([0.7, 1.0, 1.2, 1.5]), min_size=8, max_size=8),
    order=st.permutations(list(Field)),
    family=st.sampled_from(FAMILIES),
)
@settings(max_examples=150, deadline=None)
def test_what_was_put_together_is_taken_apart_into_the_same_cards(
    chosen: dict[Field, list[Entry]], weights: list[float], order: list[Field], family: str
) -> None:
    seen: set[str] = set()
    cards = []
    for field, weight in zip(order, weights, strict=True):
        listed = [entry.text for entry in chosen[field]]
        own = [text for text in listed if text.casefold() not in seen]
        seen |= {text.casefold() for text in own}
        cards.append(Card(field=field, text=", ".join(own), weight=weight if own else 1.0, locked=weight > 1))
    there = assemble(cards, family)
    assert split(there.prompt, there.negative_prompt, family, cards) == tuple(cards)


def test_what_is_edited_by_hand_stays_on_its_card() -> None:
    cards = (Card(field=Field.MOOD, text="on the old ferry"), Card(field=Field.SUBJECT, text="a fox, soft light"))
    edited = split("on the ferry, a fox, soft light, a hat", "", "sdxl", cards)
    assert texts(edited) == {"mood": "on the ferry", "subject": "a fox, soft light, a hat"}
    assert [card.field for card in edited][:2] == [Field.MOOD, Field.SUBJECT]


def test_a_weight_is_syntax_for_one_family_and_an_adverb_for_another_and_the_card_keeps_it() -> None:
    cards = (Card(field=Field.SUBJECT, text="a fox"), Card(field=Field.SETTING, text="fog", weight=1.3))
    assert assemble(cards, "sdxl").prompt == "a fox, (fog:1.3)"
    there = assemble(cards, "z-image").prompt
    assert there == "A fox, prominent fog."
    assert split(there, "", "z-image", cards)[1].weight == 1.3
    assert texts(split("a fox (sitting), (fog:1.3)", "", "sdxl")) == {
        "subject": "a fox (sitting:1.1)",
        "setting": "fog",
    }


def test_a_grid_has_the_prompt_that_its_cards_would_have_wherever_the_words_stand_besides() -> None:
    """What stands for a card's words is exchanged there alone, with the card's weight; "light" is part of another's."""
    cards = {Field.SUBJECT: "a city at dusk", Field.LIGHTING: "at dusk", Field.MOOD: "light", Field.KEEP_OUT: "fog"}

    def said(words: dict[Field, str]) -> Assembled:
        texts = {**cards, **words}
        weights = {Field.LIGHTING: 1.3, Field.KEEP_OUT: 0.8}
        return assemble([Card(field=each, text=texts[each], weight=weights.get(each, 1.0)) for each in texts], "sdxl")

    standing = said({Field.LIGHTING: "[lighting]", Field.MOOD: "[mood]", Field.KEEP_OUT: "[keep out]"})
    for lighting, mood, kept_out in itertools.product(["at dusk", "soft light"], ["light", "[lighting] calm"], ["fog"]):
        base = GenerationRequest(
            session_id=None,
            model_family="sdxl",
            count=1,
            values={"prompt": standing.prompt, "negative_prompt": standing.negative_prompt},
        )
        words = {"wording:[lighting]": lighting, "wording:[mood]": mood, "wording:[keep out]": kept_out}
        made = varied_request(base, words).values
        wanted = said({Field.LIGHTING: lighting, Field.MOOD: mood, Field.KEEP_OUT: kept_out})
        assert (made["prompt"], made["negative_prompt"]) == (wanted.prompt, wanted.negative_prompt)


def test_what_a_family_does_not_heed_is_said() -> None:
    cards = (Card(field=Field.SUBJECT, text="a fox"), Card(field=Field.KEEP_OUT, text="people, (cars:1.2)"))
    assert assemble(cards, "sdxl").notes == ()
    flux = assemble(cards, "flux")
    assert (flux.prompt, flux.negative_prompt) == ("A fox.", "people, (cars:1.2)")
    assert "may be seen all the same" in flux.notes[0]


@given(seed=st.integers(0, 2**32), field=st.sampled_from(list(Field)), count=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_suggestions_are_new_different_and_the_same_for_the_same_seed(seed: int, field: Field, count: int) -> None:
    there = entries(field)[seed % len(entries(field))].text
    cards = (Card(field=field, text=f"{there}, a hat"),)
    six = suggest(cards, field, count, seed)
    assert len(set(six)) == count
    assert there not in six
    assert six == suggest(cards, field, count, seed)


def share(prompt: str, field: Field, trait: str) -> float:
    """How many of what is suggested have the trait."""
    known = {entry.text: entry.traits for entry in entries(field)}
    found = [text for seed in range(200) for text in suggest(split(prompt, "", "sd15"), field, 6, seed)]
    return sum(trait in known[text] for text in found) / len(found)


def test_suggestions_fit_what_is_there() -> None:
    assert share("watercolour", Field.CAMERA, "photo") < share("35 mm film photograph", Field.CAMERA, "photo") / 4
    assert share("in a kitchen", Field.LIGHTING, "outdoors") < share("in a pine forest", Field.LIGHTING, "outdoors") / 4


def test_there_is_one_card_a_field_in_the_given_order() -> None:
    cards = complete([Card(field=Field.MOOD, text="calm"), Card(field=Field.MOOD, text="wild")])
    assert [card.field for card in cards] == [Field.MOOD, *(field for field in Field if field is not Field.MOOD)]
    assert cards[0].text == "calm"
