"""Who watches a request: everything is optional, and nothing that a watcher does harms the picture."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

logger = logging.getLogger(__name__)


class Observer:
    """Told of one request, on the event loop of its generator. What a class of your own does not override is not told;
    it need not even be a subclass."""

    def waiting(self, position: int) -> None:
        """Not begun yet; so many requests are before it."""

    def started(self) -> None:
        """It is being drawn from now on."""

    def progress(self, step: int, steps: int) -> None:
        """So many of its steps are done."""

    def preview(self, image: bytes, media_type: str) -> None:
        """What it looks like so far."""

    def result(self, details: Mapping[str, Any]) -> None:
        """What is known of the picture, before its path is returned: ``cost_usd``, ``seed``, ``media_type``,
        ``reproducible``; may be called several times."""


class SafeObserver(Observer):
    """What a generator talks to: hands on what ``told`` has a method for, logs what goes wrong there, and keeps the
    details of the result."""

    def __init__(self, told: object | None) -> None:
        self._told = told
        self.details: dict[str, Any] = {}

    def waiting(self, position: int) -> None:
        self._tell("waiting", position)

    def started(self) -> None:
        self._tell("started")

    def progress(self, step: int, steps: int) -> None:
        self._tell("progress", step, steps)

    def preview(self, image: bytes, media_type: str) -> None:
        self._tell("preview", image, media_type)

    def result(self, details: Mapping[str, Any]) -> None:
        self.details.update(details)
        self._tell("result", details)

    def _tell(self, what: str, *said: object) -> None:
        tell: Callable[..., object] | None = getattr(self._told, what, None)
        if tell is None:
            return
        try:
            tell(*said)
        except Exception:  # whatever a watcher does wrong, the picture goes on
            logger.exception("an observer failed in %s", what)
