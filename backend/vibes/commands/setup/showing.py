"""Shows what the doctor found: one screen of a terminal, or JSON of a stable shape."""

import textwrap
from dataclasses import asdict
from typing import Any

from vibes.commands.common.console import escape_markup, out
from vibes.commands.common.tables import GAP
from vibes.domain.doctor.finding import Finding, Report, State
from vibes.text.plain_text import harmless

_COLOURS = {State.OK: "green", State.WARN: "yellow", State.WRONG: "bold red"}
_STATE_WIDTH = max(map(len, State))
_NARROWEST, _WIDEST = 30, 100
"""Characters of a sentence's column: longer lines are hard to read on a terminal."""


def as_document(report: Report) -> dict[str, Any]:
    """The answer of ``GET /api/doctor``; fields are only ever added."""
    return {
        "state": str(report.state),
        "checked_at": report.checked_at.isoformat(),
        "took_seconds": round(report.took_seconds, 3),
        "version": report.version,
        "source": report.source,
        "findings": [{name: str(value) for name, value in asdict(each).items()} for each in report.findings],
    }


def show(report: Report) -> None:
    """State, code and sentence of each; a sentence goes on in its own column where the terminal is narrow."""
    codes = max((len(each.code) for each in report.findings), default=0)
    indent = _STATE_WIDTH + GAP + codes + GAP
    for each in report.findings:
        first, *more = _wrapped(each, max(out.width - indent, _NARROWEST))
        state = f"[{_COLOURS[each.state]}]{each.state:<{_STATE_WIDTH}}[/]"
        out.print(f"{state}  [dim]{each.code:<{codes}}[/]  {first}", highlight=False, soft_wrap=True)
        for line in more:
            out.print(f"{'':<{indent}}{line}", highlight=False, soft_wrap=True)
    out.print(_summary(report), highlight=False, soft_wrap=True)


def _wrapped(finding: Finding, width: int) -> list[str]:
    """Lines of markup."""
    text = harmless(f"{finding.subject}: {finding.sentence}" if finding.subject else finding.sentence)
    lines = textwrap.wrap(text, min(width, _WIDEST) if out.is_terminal else width, break_on_hyphens=False) or [""]
    return [escape_markup(line) for line in lines]


def _summary(report: Report) -> str:
    wrong, warnings = report.count(State.WRONG), report.count(State.WARN)
    if not wrong and not warnings:
        return "[green]All is right.[/]"
    parts = [f"{wrong} wrong"] * bool(wrong) + [f"{warnings} could be better"] * bool(warnings)
    return f"[{_COLOURS[report.state]}]{', '.join(parts)}.[/] What each code means: docs/doctor.md"
