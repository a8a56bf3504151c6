"""A measured figure beside its bar, and the table and the file that figures end up in."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    what: str
    measured: float
    unit: str
    bar: float
    at_least: bool = False
    """Whether more is better."""

    @property
    def met(self) -> bool:
        return self.measured >= self.bar if self.at_least else self.measured <= self.bar


def show(figures: Sequence[Figure]) -> None:
    table = Table(title="measured against the bars")
    for heading in ("what", "measured", "bar", ""):
        table.add_column(heading, justify="left" if heading == "what" else "right")
    for figure in figures:
        sign = "≥" if figure.at_least else "≤"
        verdict = "[green]met[/]" if figure.met else "[red]missed[/]"
        measured = f"{figure.measured:.3g} {figure.unit}"
        table.add_row(figure.what, measured, f"{sign} {figure.bar:g} {figure.unit}", verdict)
    Console().print(table)


def write(figures: Sequence[Figure], details: dict[str, Any]) -> None:
    """One file a run, with what one must know of the machine."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC)
    path = RESULTS / f"bench-{moment:%Y%m%dT%H%M%SZ}.json"
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.system()}
    rows = [{**asdict(figure), "met": figure.met} for figure in figures]
    path.write_text(json.dumps({"at": moment.isoformat(), "machine": machine, "figures": rows, **details}, indent=2))
    Console().print(f"written to benchmarks/results/{path.name}")
