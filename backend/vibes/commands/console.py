"""How the commands talk: results on stdout, everything else on stderr, mistakes in one clear sentence."""

from typing import NoReturn

import typer
from rich.console import Console
from rich.markup import escape

USAGE_ERROR = 2
"""The exit status for a command that was typed wrong, as the shell's own."""
INTERRUPTED = 130
"""The exit status after Ctrl-C, as the shell's own."""

PIPED_WIDTH = 500

out = Console(emoji=False)
notes = Console(stderr=True, emoji=False)


def width_of(console: Console) -> int:
    """Characters in a line; where no terminal sets a limit, nothing is cut off."""
    return console.width if console.is_terminal else PIPED_WIDTH


def fail(message: str, *, code: int = 1) -> NoReturn:
    """Say what is wrong and what to do about it, and leave with ``code``."""
    notes.print(f"[bold red]vibes:[/] {escape_markup(message)}", highlight=False, soft_wrap=True)
    raise typer.Exit(code)


def escape_markup(text: str) -> str:
    """Text of others (prompts, node errors) must not be read as rich markup."""
    return escape(text)
