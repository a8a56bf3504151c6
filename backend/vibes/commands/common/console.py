"""Output of the commands: results on stdout, all else on stderr, a mistake as one clear sentence."""

from collections.abc import Iterable
from typing import NoReturn

import typer
from rich.console import Console, ConsoleDimensions, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from vibes.text.plain_text import harmless

USAGE_ERROR = 2
"""Exit status for wrong options or arguments, as in shells."""
INTERRUPTED = 130
"""Exit status after Ctrl-C, as in shells."""

PIPED_WIDTH = 500
"""Characters in a line without a terminal, so that nothing is cut off or wrapped, unless COLUMNS says otherwise."""


class HarmlessConsole(Console):
    """Shows control characters in texts as signs: prompts, node names and errors are foreign, and a terminal would obey
    commands in them. The console's own colours and cursor moves are not affected."""

    @property
    def size(self) -> ConsoleDimensions:
        """Of the terminal; without one, where others would take that of a neighbouring stream, wide enough for all."""
        told = super().size
        return told if self.is_terminal or self._width is not None else ConsoleDimensions(PIPED_WIDTH, told.height)

    @size.setter
    def size(self, new_size: tuple[int, int]) -> None:
        self._width, self._height = new_size

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(harmless(text), style)


out = HarmlessConsole(emoji=False)
notes = HarmlessConsole(stderr=True, emoji=False)


class Failed(typer.Exit):
    """The command ends, and has said why."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(code)
        self.message = message


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Print what is wrong and what to do about it, and exit with ``code``: raises Failed.

    A terminal's lines are broken between words; of what is piped none is.
    """
    words = f"[bold red]vibes:[/] {escape_markup(message)}"
    notes.print(words, highlight=False, soft_wrap=not notes.is_terminal)
    raise Failed(message, code)


def escape_markup(text: str) -> str:
    """Escape a foreign text (prompt, node error), so that rich does not read it as markup and counts its shown
    width."""
    return escape(harmless(text))
