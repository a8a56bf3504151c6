"""Which trouble a picture has: the script of the settings, used up entry by entry."""

from collections.abc import Sequence

from vibes.generators import errors
from vibes.generators.mock.mock_config import Scripted

_ERRORS: dict[str, type[errors.GeneratorError]] = {
    each.code: each
    for each in (
        errors.InvalidInput, errors.Moderated, errors.Misconfigured, errors.OutOfCredit, errors.Unavailable,
        errors.MaybePaid, errors.OutOfMemory, errors.Crashed,
    )
}  # fmt: skip
AS_SCRIPTED = "as the script of the mock says"


class Script:
    def __init__(self, entries: Sequence[Scripted]) -> None:
        self._entries = entries
        self._uses = [0] * len(entries)

    def next_for(self, prompt: str) -> Scripted | None:
        """The entry for a picture with this prompt, which is used up once more by it; None: all goes well."""
        for place, entry in enumerate(self._entries):
            left = entry.times is None or self._uses[place] < entry.times
            if left and entry.prompt in prompt:
                self._uses[place] += 1
                return entry
        return None


def error_of(entry: Scripted) -> errors.GeneratorError:
    message = entry.message or AS_SCRIPTED
    if entry.outcome == "rate_limited":
        return errors.RateLimited(message, entry.retry_after)
    return _ERRORS[entry.outcome](message)
