"""``vibes llm``: shows the language models, and what a check of them found."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict

import typer
from rich.table import Table

from vibes.client import ClientError, HubAddress, Llm, LlmCheck, LlmChecks
from vibes.commands.common.console import escape_markup, fail, notes, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.domain.chat.config import Stage
from vibes.domain.chat.standing import Honoured

_RULES = "[dim]by rules[/]"


async def run_show(address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            llm = await hub.llm.get()
    except ClientError as error:
        fail(str(error))
    _note(llm.problems)
    if not llm.configured:
        out.print(
            f"no language model is configured: everything works by rules. They go into {llm.file}", soft_wrap=True
        )
        return
    out.print(_stages(llm, out.width))


async def run_check(address: HubAddress, stages: Sequence[Stage], *, as_json: bool) -> None:
    checks: list[LlmCheck] = []
    problems: tuple[str, ...] = ()
    try:
        async with open_hub(address) as hub:
            for stage in stages:
                found = await hub.llm.check([stage])
                checks += found.checks
                problems = found.problems
    except ClientError as error:
        fail(str(error))
    if as_json:
        typer.echo(json.dumps(asdict(LlmChecks(checks=tuple(checks), problems=problems)), indent=2))
    else:
        _show(checks, problems)
    if problems or not all(each.works for each in checks):
        raise typer.Exit(1)


def _show(checks: Sequence[LlmCheck], problems: Iterable[str]) -> None:
    _note(problems)
    out.print(_findings(checks, out.width))
    for each in checks:
        if each.problem:
            out.print(f"[yellow]{each.stage}[/]: {escape_markup(each.problem)}", highlight=False, soft_wrap=True)


def _note(problems: Iterable[str]) -> None:
    for problem in problems:
        notes.print(f"[yellow]{escape_markup(problem)}[/]", soft_wrap=True)


def _stages(llm: Llm, width: int) -> Table:
    stages = llm.stages
    columns = [
        Column(heading="stage", cells=[str(each.stage) for each in stages]),
        Column(heading="server", cells=[escape_markup(each.server or "") for each in stages], folds_at=8),
        Column(heading="model", cells=[_model(each.model) for each in stages], folds_at=14),
        Column(heading="", cells=[escape_markup(each.words) if each.server else "" for each in stages], folds_at=20),
    ]
    return table_of(columns, width)


def _findings(checks: Sequence[LlmCheck], width: int) -> Table:
    columns = [
        Column(heading="stage", cells=[str(each.stage) for each in checks]),
        Column(heading="server", cells=[escape_markup(each.server or "") for each in checks], worth=1, folds_at=8),
        Column(heading="model", cells=[_model(each.model) for each in checks], folds_at=14),
        Column(heading="there", cells=[_yes(each.there) for each in checks]),
        Column(heading="vision", cells=[_yes(each.vision) for each in checks]),
        Column(heading="JSON schema", cells=[_kept(each) for each in checks], folds_at=11),
        Column(heading="seconds", cells=[_seconds(each.seconds) for each in checks], justify="right"),
        Column(heading="", cells=[_state(each) for each in checks]),
    ]
    return table_of(columns, width)


def _model(name: str | None) -> str:
    return _RULES if name is None else escape_markup(name)


def _yes(answer: bool | None) -> str:
    return "" if answer is None else "yes" if answer else "no"


def _kept(check: LlmCheck) -> str:
    if check.honoured is None:
        return ""
    words = {Honoured.SCHEMA: "kept", Honoured.JSON: "other JSON", Honoured.NO: "no JSON"}[check.honoured]
    return f"{words}, by {check.form}" if check.form != "JSON schema" else words


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.1f}"


def _state(check: LlmCheck) -> str:
    if check.model is None:
        return ""
    return "[green]works[/]" if check.works else "[red]fails[/]"
