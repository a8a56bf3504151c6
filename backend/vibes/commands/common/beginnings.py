"""Ids on the command line, which may be cut short as long as one alone begins so."""

from collections.abc import Sequence

from vibes.commands.common.console import fail
from vibes.text.near_names import near_name_hint


def the_one(beginning: str, ids: Sequence[str], otherwise: str) -> str:
    """The only one of these that begins so; ends the command where there is none, with the words of ``otherwise``, or
    several."""
    if beginning in ids:
        return beginning
    found = [each for each in ids if each.startswith(beginning)]
    if not found:
        fail(f"{otherwise} {beginning!r}{near_name_hint(beginning, ids)}")
    if len(found) > 1:
        fail(f"{beginning!r} may mean {', '.join(found)}")
    return found[0]
