"""How the commands talk: results on stdout, everything else on stderr, mistakes in one clear sentence."""

from collections.abc import Iterable
from typing import NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment

from vibes.text.plain_text import harmless

USAGE_ERROR = 2
"""The exit status for a command that was typed wrong, as the shell's own."""
INTERRUPTED = 130
"""The exit status after Ctrl-C, as the shell's own."""

PIPED_WIDTH = 500


class HarmlessConsole(Console):
    """Shows control characters in a text as signs: prompts, node names and errors come from others, and a terminal
    obeys what it is told in them. Colours and cursor moves of its own are no text."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(harmless(text), style)


out = HarmlessConsole(emoji=False)
notes = HarmlessConsole(stderr=True, emoji=False)


def width_of(console: Console) -> int:
    """Characters in a line; where no terminal sets a limit, nothing is cut off."""
    return console.width if console.is_terminal else PIPED_WIDTH


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Say what is wrong and what to do about it, and leave with ``code``."""
    notes.print(f"[bold red]vibes:[/] {escape_markup(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def escape_markup(text: str) -> str:
    """Text of others (prompts, node errors) must not be read as rich markup, and takes the room that it shows."""
    return escape(harmless(text))
