"""``vibes concept``: its commands and options."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.options import DEFAULT_URL, ApiKey, ApiKeyFile, Url, hub_at
from vibes.domain.concept.fields import Field

commands = typer.Typer(name="concept", help="A prompt as cards: take it apart, find words, put it together.")

Cards = Annotated[
    Path | None, typer.Option(help="A file that `vibes concept split --json` wrote; - for stdin.", show_default=False)
]
CardTexts = Annotated[
    list[str] | None,
    typer.Option("--card", metavar="FIELD=TEXT", help='lighting="at dusk"; repeat for more.', show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="The hub's answer as JSON.")]
Family = Annotated[str, typer.Option(help="What it is drawn with: sd15, sdxl, flux …", show_default=False)]


@commands.command()
def split(
    prompt: Annotated[str, typer.Argument(help="A sentence or tags.", show_default=False)] = "",
    negative: Annotated[str, typer.Option(help="What not to draw.", show_default=False)] = "",
    family: Family = "",
    picture: Annotated[
        str | None, typer.Option(help="A file, or generation:ID: it is described first.", show_default=False)
    ] = None,
    by_lists: Annotated[bool, typer.Option("--by-lists", help="Without any language model.")] = False,
    json_output: AsJson = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Take a prompt or a picture apart into eight cards. No word is lost."""
    from vibes.commands.concept.cards import Brief, given_picture, run_split

    looked_at = given_picture(picture)
    brief = Brief(prompt=prompt, negative=negative, family=family, picture=looked_at, by_lists=by_lists)
    asyncio.run(run_split(hub_at(url, api_key, api_key_file), brief, as_json=json_output))


@commands.command()
def suggest(
    fields: Annotated[list[Field], typer.Argument(help="Of which cards.", show_default=False)],
    cards: Cards = None,
    card: CardTexts = None,
    count: Annotated[int, typer.Option("-n", "--count", min=1, max=12, help="How many for each.")] = 6,
    seed: Annotated[int | None, typer.Option(help="The same seed: the same words. Default: random.")] = None,
    json_output: AsJson = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Words for some cards that go with the others."""
    from vibes.commands.concept.cards import given_cards, run_suggest

    given = given_cards(cards, card or ())
    asyncio.run(run_suggest(hub_at(url, api_key, api_key_file), fields, given, count, seed, as_json=json_output))


@commands.command()
def assemble(
    cards: Cards = None,
    card: CardTexts = None,
    family: Family = "",
    json_output: AsJson = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """The cards as a prompt of a model family: tags or sentences, weights or adverbs."""
    from vibes.commands.concept.cards import given_cards, run_assemble

    given = given_cards(cards, card or ())
    asyncio.run(run_assemble(hub_at(url, api_key, api_key_file), given, family, as_json=json_output))
