"""The rules understand what people say, in three languages, and are wrong at most three times in twenty."""

import pytest

from tests.refinement.feedback_file import normal, sentences
from vibes.domain.refinement.changes import Changes, Swap
from vibes.domain.refinement.rules.interpreter import NOT_UNDERSTOOD, interpret, understand

FILES = ("feedback_en.txt", "feedback_de.txt", "feedback_fr.txt", "feedback_unseen.txt", "feedback_unseen_2.txt")
LEAST = 0.85


@pytest.mark.parametrize("name", FILES)
def test_most_sentences_give_exactly_the_operations_that_they_must_give(name: str) -> None:
    told = [*sentences(name)]
    assert len(told) >= 40, "it reads them"
    wrong = [each.feedback for each in told if normal(interpret(each.feedback, each.phrases)) != normal(each.expected)]
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
