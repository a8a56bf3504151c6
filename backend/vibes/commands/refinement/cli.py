"""``vibes refine``: its options."""

import asyncio
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at

commands = typer.Typer()


@commands.command()
def refine(
    session: Annotated[str, typer.Argument(help="The id of a session, or how it begins.")],
    feedback: Annotated[str, typer.Argument(help='What should change: "no hat", "more fog", "warmer".')],
    prompt: Annotated[str | None, typer.Option(help="The prompt to change. [dim]\\[the session's own][/]")] = None,
    negative: Annotated[str | None, typer.Option(help="Its negative prompt. [dim]\\[the session's own][/]")] = None,
    family: Annotated[
        str | None, typer.Option(help="What the next pictures are drawn with. [dim]\\[the next stage's][/]")
    ] = None,
    selected: Annotated[list[str] | None, typer.Option(help="A generation that is liked; repeat for more.")] = None,
    rejected: Annotated[list[str] | None, typer.Option(help="A generation that is not; repeat for more.")] = None,
    use: Annotated[bool, typer.Option("--use", help="Make the suggestion the session's prompt.")] = False,
    json_output: Annotated[bool, typer.Option("--json", help="The whole plan as JSON.")] = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Turn feedback in words into a new prompt, shown before it is used. English, German and French are understood
    without a language model."""
    from vibes.commands.refinement.refine import Asked, run_refine

    asked = Asked(
        session=session,
        feedback=feedback,
        prompt=prompt,
        negative=negative,
        family=family,
        selected=tuple(selected or ()),
        rejected=tuple(rejected or ()),
        use=use,
        json_output=json_output,
    )
    asyncio.run(run_refine(hub_at(url, api_key, api_key_file), asked))
