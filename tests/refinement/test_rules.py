"""The rules understand what people say, in three languages, and are wrong at most three times in twenty."""

import pytest

from tests.refinement.feedback_file import right, sentences
from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.interpreter import NOT_UNDERSTOOD, interpret, understand

FILES = (
    "feedback_en.txt",
    "feedback_de.txt",
    "feedback_fr.txt",
    "feedback_unseen.txt",
    "feedback_unseen_2.txt",
    *(f"feedback_unseen_{number}.txt" for number in range(3, 17)),
)
LEAST = 0.85


@pytest.mark.parametrize("name", FILES)
def test_most_sentences_give_exactly_the_operations_that_they_must_give(name: str) -> None:
    told = [*sentences(name)]
    assert len(told) >= 40, "it reads them"
    wrong = [each.feedback for each in told if not right(interpret(each.feedback, each.phrases), each)]
    assert 1 - len(wrong) / len(told) >= LEAST, wrong


def test_there_are_two_hundred_of_them_and_each_is_said_once() -> None:
    told = [(each.prompt, each.feedback) for name in FILES[:3] for each in sentences(name)]
    assert len(told) == len({*told}) >= 200


def test_what_is_said_without_a_word_for_it_is_understood_but_not_sure() -> None:
    understood = understand("no hat, a dog", ["a man with a hat"])
    assert (understood.changes.remove, understood.sure.remove) == (("hat",), ("hat",))
    guessed = understand("a dog", ["a man with a hat"])
    assert (guessed.changes.add, guessed.sure.empty) == (("dog",), True)


def test_praise_asks_nothing_back_and_noise_does() -> None:
    assert interpret("perfect", ["a cat"]) == Changes()
    assert interpret("???", ["a cat"]).question == NOT_UNDERSTOOD
    assert interpret("", ["a cat"]).question == NOT_UNDERSTOOD


def test_a_prompt_of_another_language_keeps_its_words() -> None:
    assert interpret("Hund statt Katze", ["eine Katze auf einem Stuhl"]).modify == (Swap("Katze", "Hund"),)


def test_a_word_that_is_one_letter_from_another_is_not_put_right() -> None:
    assert interpret("add a goat", ["a boat on a lake"]).add == ("goat",)
    assert interpret("more heat", ["a man with a hat"]).add == ("heat",)


def test_what_is_not_understood_is_said_and_not_put_into_the_prompt() -> None:
    understood = understand("no hat, but it feels a bit empty, give him some company", ["a man with a hat"])
    assert understood.changes == Changes(remove=("hat",))
    assert understood.unclear == ("it feels a bit empty", "give him some company")
    assert "“it feels a bit empty” was not understood" in understood.notes[0]


@pytest.mark.parametrize(
    "feedback", ["wake him up", "fix the hands", "hm, something is missing", "gefällt mir nicht", "je sais pas"]
)
def test_a_sentence_is_nothing_that_can_be_drawn(feedback: str) -> None:
    understood = understand(feedback, ["a fox sleeping under a tree"])
    assert understood.changes == Changes(question=NOT_UNDERSTOOD)
    assert understood.unclear


@pytest.mark.parametrize(
    ("feedback", "expected"),
    [
        ("no hat, und wärmer bitte", Changes(remove=("hat",), add=("warm colors",))),
        ("mehr Nebel, and lose the hat", Changes(emphasis_up=("fog",), remove=("hat",))),
        ("a red boat et enlève le chapeau", Changes(modify=(Swap("boat", "red boat"),), remove=("hat",))),
    ],
)
def test_each_wish_may_be_in_another_language(feedback: str, expected: Changes) -> None:
    assert interpret(feedback, ["a man with a hat in a boat", "fog"]) == expected


def test_a_word_may_stand_for_what_the_wish_before_it_spoke_of() -> None:
    phrases = ["a man with a hat", "mist"]
    assert interpret("keep the hat but make it red", phrases).modify == (Swap("hat", "red hat"),)
    assert interpret("where is the mist? more of it!", phrases).emphasis_up == ("mist",)
    assert interpret("keep the hat but make it darker", phrases).add == ("dark",), "the picture, not the hat"


def test_adjectives_stand_in_the_order_that_english_wants() -> None:
    assert interpret("the sky should be bright", ["blue sky"]).modify == (Swap("blue sky", "bright blue sky"),)
    assert interpret("shorter hair", ["long blond hair"]).modify == (Swap("long blond hair", "short blond hair"),)
