"""``vibes styles``: its commands and options."""

import asyncio
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at
from vibes.domain.prompting.style import StyleKind

commands = typer.Typer(name="styles", help="See, save and delete styles and characters.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(help="In whatever letter case.", show_default=False)]


@commands.command("list")
def list_(url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Show all that are saved."""
    from vibes.commands.styles.styles import run_list

    asyncio.run(run_list(hub_at(url, api_key, api_key_file)))


@commands.command()
def show(name: Name, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Show all that one lays over a prompt."""
    from vibes.commands.styles.styles import run_show

    asyncio.run(run_show(name, hub_at(url, api_key, api_key_file)))


@commands.command()
def save(
    name: Name,
    text: Annotated[
        str, typer.Argument(help="Its words; {prompt} stands for the prompt, which they else follow.")
    ] = "",
    character: Annotated[bool, typer.Option("--character", help="Who is in the picture, not how it looks.")] = False,
    negative: Annotated[str, typer.Option(help="What not to draw.")] = "",
    lora: Annotated[list[str] | None, typer.Option(help="NAME or NAME:STRENGTH, a number; repeat for more.")] = None,
    checkpoint: Annotated[str | None, typer.Option(help="Used where a request names none.")] = None,
    picture: Annotated[str | None, typer.Option(metavar="ID", help="A generation that shows it.")] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace one of the same name.")] = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Save a style or a character, to lay over any prompt: vibes generate "…" --style NAME."""
    from vibes.client import Lora, StyleDraft
    from vibes.commands.common.lora_option import lora_of
    from vibes.commands.styles.styles import run_save

    loras: tuple[Lora, ...] = tuple(map(lora_of, lora or ()))
    draft = StyleDraft(
        name=name,
        kind=StyleKind.CHARACTER if character else StyleKind.STYLE,
        text=text,
        negative_prompt=negative,
        loras=loras,
        checkpoint=checkpoint,
        thumbnail_id=picture,
    )
    asyncio.run(run_save(draft, hub_at(url, api_key, api_key_file), overwrite=overwrite))


@commands.command()
def delete(name: Name, url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Delete one; pictures that were drawn with it stay as they are."""
    from vibes.commands.styles.styles import run_delete

    asyncio.run(run_delete(name, hub_at(url, api_key, api_key_file)))


@commands.command()
def restore(
    style_id: Annotated[str, typer.Argument(metavar="ID", help="As delete told it.", show_default=False)],
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Bring a deleted one back, within a day."""
    from vibes.commands.styles.styles import run_restore

    asyncio.run(run_restore(style_id, hub_at(url, api_key, api_key_file)))
