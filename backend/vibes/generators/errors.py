"""What can go wrong with a picture, as one tree: by its class a caller knows whether to ask again, and whom to tell.

GeneratorError      a RuntimeError with a stable ``code``
├── InvalidInput    the request can never work; nothing was drawn
├── Moderated       the provider refuses the text or the picture
├── Misconfigured   key, permission, model or setting: nothing works until a person mends it
│   └── InvalidSettings   its settings are wrong; ``problems`` names each
├── OutOfCredit     the account is empty or its limit is reached
├── RateLimited     too much asked at once, nothing was begun; ``retry_after`` says when to ask again
├── Unavailable     provably not begun, or not billed: asking again is safe
├── MaybePaid       nobody can tell whether it was drawn and billed: it is never asked again by itself
├── OutOfMemory     this picture does not fit into the memory that is free
├── Crashed         what draws broke down under it
└── Cancelled       somebody wanted it no more
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class GeneratorError(RuntimeError):
    """Root of the tree. ``code`` is stable; the text is a sentence for people."""

    code: ClassVar[str] = "generator_error"


class InvalidInput(GeneratorError, ValueError):
    code = "invalid_input"


class Moderated(GeneratorError):
    code = "moderated"


class Misconfigured(GeneratorError):
    code = "misconfigured"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """A mistake in the settings of a generator: at which one (empty: in all of them), and what to do about it."""

    key: str
    message: str
    of_secret: bool = False
    """What is wrong is no setting that was given, but a key that the environment or an env file has, or should have."""


class InvalidSettings(Misconfigured):
    def __init__(self, strategy: str, problems: Sequence[SettingProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{strategy}: {each.key}: {each.message}" for each in problems))


class OutOfCredit(GeneratorError):
    code = "out_of_credit"


class RateLimited(GeneratorError):
    code = "rate_limited"

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        """Seconds until asking again makes sense; None where nobody said."""


class Unavailable(GeneratorError):
    code = "unavailable"


class MaybePaid(GeneratorError):
    code = "maybe_paid"


class OutOfMemory(GeneratorError):
    code = "out_of_memory"


class Crashed(GeneratorError):
    code = "crashed"


class Cancelled(GeneratorError):
    code = "cancelled"
