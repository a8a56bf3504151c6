"""What others wrote (prompts, node errors, names) neither steers a terminal nor forges a line of the log."""

import io
import logging

import pytest
from rich.live import Live
from rich.table import Table
from rich.text import Text

from vibes.commands.common.console import HarmlessConsole, escape_markup
from vibes.environment.logs import LogLines

HOSTILE = "c14 \x1b]0;PWNED\x07\x1b[2J\x1b]52;c;cm0=\x1b\\\x9b31m\u202egnp.exe \ud800 end"
"""Window title, clear screen, clipboard, colours by C1, an order of reading turned round, half a character."""
FORGED = "boom\n2026-11-29T23:59:59Z CRITICAL vibes.security: FORGED LINE\r\x1b[2J\x85\u2028next"


def shown(*, color: bool = False) -> tuple[HarmlessConsole, io.StringIO]:
    written = io.StringIO()
    console = HarmlessConsole(
        file=written, width=200, force_terminal=color, color_system="truecolor" if color else None, emoji=False
    )
    return console, written


def assert_harmless(text: str) -> None:
    text.encode()
    for sign in ("\x1b]", "\x1b[2J", "\x07", "\x9b", "\u202e"):
        assert sign not in text, ascii(text)
    assert "c14 ␛]0;PWNED" in text
    assert " end" in text


def test_no_way_of_printing_lets_a_control_character_through() -> None:
    console, written = shown()
    console.print(HOSTILE, markup=False, highlight=False, soft_wrap=True)
    assert_harmless(written.getvalue())
    console, written = shown()
    console.print(Text(HOSTILE), soft_wrap=True)
    console.print(f"[bold]{escape_markup(HOSTILE)}[/]")
    assert_harmless(written.getvalue())
    console, written = shown()
    table = Table()
    table.add_column(HOSTILE)
    table.add_row(escape_markup(HOSTILE))
    console.print(table)
    assert_harmless(written.getvalue())
    [width] = {len(line) for line in written.getvalue().splitlines()}
    assert width, "the frame of the table is straight: each sign has the room that it takes"


def test_colours_and_live_displays_of_our_own_still_work() -> None:
    console, written = shown(color=True)
    with Live(Text(HOSTILE, style="red"), console=console):
        pass
    assert "\x1b[31m" in written.getvalue()
    assert_harmless(written.getvalue())


def logged(message: str, *arguments: object, error: BaseException | None = None) -> str:
    about = (type(error), error, error.__traceback__) if error else None
    return LogLines().format(logging.LogRecord("vibes.test", logging.WARNING, "", 0, message, arguments, about))


def test_an_event_is_one_line_whatever_is_in_it() -> None:
    [line] = logged("generation 1 failed on %s: %s", "evil\x1b[31m", FORGED).splitlines()
    assert "failed on evil␛[31m: boom␊2026-11-29T23:59:59Z CRITICAL" in line


def _break() -> None:
    raise ValueError(FORGED)


def test_a_traceback_has_its_lines_and_none_of_them_looks_like_an_event() -> None:
    with pytest.raises(ValueError, match="boom") as broken:
        _break()
    first, *others = logged("it broke", error=broken.value).split("\n")
    assert first.endswith("it broke")
    assert any("ValueError: boom" in line for line in others)
    assert all(line.startswith("    ") or not line for line in others)
    assert not any("\x1b" in line for line in others)
