"""Several listeners, each of which can unsubscribe, and a fault of one affects no other."""

import logging

import pytest

from vibes.services.events.subscribers import Subscribers


def test_all_hear_it_in_the_order_in_which_they_came() -> None:
    heard: list[str] = []
    news: Subscribers[str] = Subscribers()
    news.add(lambda word: heard.append(f"first {word}"))
    news.add(lambda word: heard.append(f"second {word}"))
    news.tell("one")
    assert heard == ["first one", "second one"]


def test_who_stops_listening_hears_no_more_and_the_others_do() -> None:
    heard: list[str] = []
    news: Subscribers[str] = Subscribers()
    stop = news.add(lambda word: heard.append(f"gone {word}"))
    news.add(lambda word: heard.append(f"stays {word}"))
    stop()
    stop()
    news.tell("one")
    assert heard == ["stays one"]


def test_one_may_go_while_it_is_told() -> None:
    heard: list[str] = []
    news: Subscribers[str] = Subscribers()

    def once(word: str) -> None:
        heard.append(word)
        stop()

    stop = news.add(once)
    news.add(heard.append)
    news.tell("one")
    news.tell("two")
    assert heard == ["one", "one", "two"]


def test_what_breaks_in_one_is_logged_and_the_others_hear_it(caplog: pytest.LogCaptureFixture) -> None:
    heard: list[str] = []
    news: Subscribers[str] = Subscribers()

    def breaks(_: str) -> None:
        raise KeyError("a fault of this listener")

    news.add(breaks)
    news.add(heard.append)
    with caplog.at_level(logging.ERROR):
        news.tell("one")
    assert heard == ["one"]
    assert "str was not understood" in caplog.text
