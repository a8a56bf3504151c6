"""A list of subscribers, of whom none can break the others or what they are told of."""

import logging
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)


class Subscribers(Generic[T]):
    """Calls its listeners at once, in the order of subscription, inside the event loop: they must not block."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[T], None]] = []

    def add(self, listener: Callable[[T], None]) -> Callable[[], None]:
        """Answers a function that ends the subscription; calling it twice does nothing."""
        self._listeners.append(listener)

        def stop() -> None:
            self._listeners = [each for each in self._listeners if each is not listener]

        return stop

    def tell(self, news: T) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(news)
            except Exception:  # a fault of one listener must not affect the others, nor what it was told of
                logger.exception("%s was not understood", type(news).__name__)
