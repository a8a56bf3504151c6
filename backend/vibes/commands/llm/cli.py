"""``vibes llm``: its commands and options."""

import asyncio
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at
from vibes.domain.chat.config import Stage

commands = typer.Typer(name="llm", help="See which language models refine prompts; try them.", no_args_is_help=False)


@commands.callback(invoke_without_command=True)
def llm(
    context: typer.Context, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None
) -> None:
    """Show which model does what, and how it went the last time."""
    from vibes.commands.llm.showing import run_show

    if context.invoked_subcommand is None:
        asyncio.run(run_show(hub_at(url, api_key, api_key_file)))


@commands.command()
def check(
    stages: Annotated[list[Stage] | None, typer.Argument(help="Which to try. [dim]\\[default: all][/]")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tell the findings as JSON on stdout.")] = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Ask each stage's model a short question; loading it may take a minute.

    Ends with status 1 where a configured stage does not work.
    """
    from vibes.commands.llm.showing import run_check

    asyncio.run(run_check(hub_at(url, api_key, api_key_file), tuple(stages or Stage), as_json=as_json))
