"""Regular expressions that come with a file: tried on short names, and no longer than an import may take."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from vibes.domain.errors import InvalidRequest

MAX_PATTERN = 200
"""Longest regular expression that is used; a longer one matches nothing."""
MAX_NAME = 60
"""Of a title or the name of an input, so many characters are looked at."""
MAX_STEPS = 20_000_000
"""Most steps that all patterns of a file take together: some two seconds."""

_ENDLESS = re.compile(r"\)[*+?{]|\\\d|\(\?|(?:[*+?{].*){3}|(?:\(.*){4}|(?:\|.*){11}", re.DOTALL)
"""What can take endless time: repeats of groups, references back, and more than two repeats, three groups or ten
alternatives."""
_REPEATS = re.compile(r"[*+{]")

Test = Callable[[str], bool]


def never(_: str) -> bool:
    return False


@dataclass(slots=True)
class Patterns:
    """Those of one file."""

    steps: int = 0
    """At most so many have been taken."""

    def test(self, pattern: object) -> Test | None:
        """None where everything matches; one that cannot be used matches nothing.

        The test raises InvalidRequest (``graph_too_large``) once `MAX_STEPS` are used up.
        """
        if not isinstance(pattern, str) or pattern in ("", ".*"):
            return None
        if len(pattern) > MAX_PATTERN or _ENDLESS.search(pattern):
            return never
        try:
            compiled = re.compile(pattern)
        except (re.error, RecursionError, OverflowError):
            return never
        return self._tried(compiled)

    def _tried(self, compiled: re.Pattern[str]) -> Test:
        known: dict[str, bool] = {}
        power = len(_REPEATS.findall(compiled.pattern)) + 1

        def test(text: str) -> bool:
            text = text[:MAX_NAME]
            if text not in known:
                self._take(max(len(text), 1) ** power)
                known[text] = compiled.search(text) is not None
            return known[text]

        return test

    def _take(self, steps: int) -> None:
        self.steps += steps
        if self.steps > MAX_STEPS:
            message = "the rules of what is broadcast in the workflow are too many and too long to try: link it instead"
            raise InvalidRequest(message, code="graph_too_large")
