"""Several who want to hear of something, none of whom can break what happened or what the others hear."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Subscribers(Generic[T]):
    """They are called at once and in the order in which they came, inside the event loop: they must not block."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def add(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Answers how to stop listening; doing that twice is no mistake."""
        self._listeners.append(listener)

        def stop() -> None:
            self._listeners = [each for each in self._listeners if each is not listener]

        return stop

    def tell(self, news: T) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(news)
            except Exception:  # the edge to the listeners: what breaks in one breaks nothing in what happened
                logger.exception("%s was not understood", type(news).__name__)
