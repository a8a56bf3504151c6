"""``vibes generate``, ``vibes explore`` and ``vibes recipe``: their options and environment variables."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.console import fail
from vibes.commands.common.options import (
    DEFAULT_URL,
    ApiKey,
    ApiKeyFile,
    Family,
    MaxCost,
    Overwrite,
    Url,
    WithoutMetadata,
    hub_at,
    in_home,
)

commands = typer.Typer()

Style = Annotated[
    list[str] | None,
    typer.Option(help="A saved style or character to lay over the prompt (vibes styles list); repeat for more."),
]
Wildcards = Annotated[
    bool, typer.Option("--wildcards", help="Draw __name__ and {a|b|c} in the prompt, by each picture's seed.")
]


@commands.command()
def generate(
    prompt: Annotated[str, typer.Argument(help="What to draw.", show_default=False)] = "",
    count: Annotated[int, typer.Option("-n", "--count", min=1, help="How many pictures.")] = 1,
    out: Annotated[Path, typer.Option("-o", "--out", callback=in_home, help="Folder for the pictures.")] = Path("out"),
    negative: Annotated[str | None, typer.Option(help="What not to draw.")] = None,
    family: Family = None,
    task: Annotated[str, typer.Option(help="draft, standard or quality: which tier is preferred.")] = "draft",
    width: Annotated[int | None, typer.Option(help="Pixels; default: the workflow's.")] = None,
    height: Annotated[int | None, typer.Option(help="Pixels; default: the workflow's.")] = None,
    steps: Annotated[int | None, typer.Option(help="Sampler steps; default: the workflow's.")] = None,
    cfg: Annotated[float | None, typer.Option(help="CFG scale; default: the workflow's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of the first picture; others count on. Default: random.")] = None,
    lora: Annotated[list[str] | None, typer.Option(help="NAME or NAME:STRENGTH, a number; repeat for more.")] = None,
    checkpoint: Annotated[str | None, typer.Option(help="Default: the workflow's.")] = None,
    workflow: Annotated[str | None, typer.Option(help="Default: chosen by family.")] = None,
    gpu: Annotated[str | None, typer.Option(help="This node, as long as it is able; others while it is not.")] = None,
    style: Style = None,
    wildcards: Wildcards = False,
    max_cost: MaxCost = None,
    session: Annotated[str | None, typer.Option(help="Add to this session; default: a new one.")] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="BATCH", help="Come back to a batch instead of asking anew.")
    ] = None,
    overwrite: Overwrite = False,
    without_metadata: WithoutMetadata = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Make pictures on the whole fleet and download them, with a contact sheet."""
    from vibes.commands.pictures.generate import GenerateOptions, run_generate

    if not prompt and not resume:
        fail('say what to draw: vibes generate "a lighthouse at dusk"', code=2)
    options = GenerateOptions(
        prompt=prompt,
        count=count,
        out=out,
        negative=negative,
        family=family,
        task=task,
        width=width,
        height=height,
        steps=steps,
        cfg=cfg,
        seed=seed,
        loras=tuple(lora or ()),
        checkpoint=checkpoint,
        workflow=workflow,
        gpu=gpu,
        styles=tuple(style or ()),
        wildcards=wildcards,
        max_cost=max_cost,
        session=session,
        resume=resume,
        overwrite=overwrite,
        metadata=not without_metadata,
    )
    raise typer.Exit(asyncio.run(run_generate(options, hub_at(url, api_key, api_key_file))))


@commands.command()
def explore(
    prompt: Annotated[str, typer.Argument(help="What to draw.", show_default=False)],
    x: Annotated[
        str,
        typer.Option("-x", "--x", metavar="AXIS", help="What goes across: steps=10,20,30, cfg=5..9 …"),
    ],
    y: Annotated[str | None, typer.Option("-y", "--y", metavar="AXIS", help="What goes down.")] = None,
    sheet: Annotated[
        Path, typer.Option("-o", "--sheet", callback=in_home, help="The labelled sheet; beside it what draws it again.")
    ] = Path("sheet.png"),
    family: Family = None,
    checkpoint: Annotated[str | None, typer.Option(help="Default: the workflow's.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of all pictures. Default: a random one.")] = None,
    steps: Annotated[int | None, typer.Option(help="Sampler steps; default: the workflow's.")] = None,
    style: Style = None,
    wildcards: Wildcards = False,
    max_cost: MaxCost = None,
    overwrite: Overwrite = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Draw every combination of two axes on the whole fleet, as one labelled sheet.

    An axis is PARAMETER=VALUES: values with commas between them, or a range: 10..30, 10..30:5 in steps of 5, 5..9/3 for
    three values. Parameters are seed, steps, cfg, strength, sampler, scheduler, checkpoint, prompt and others of the
    workflow, lora:NAME for a weight, and wording:cat for what stands in the prompt instead of cat.
    """
    from vibes.commands.pictures.explore import ExploreOptions, run_explore

    options = ExploreOptions(
        prompt=prompt,
        x=x,
        y=y,
        sheet=sheet,
        family=family,
        checkpoint=checkpoint,
        seed=seed,
        steps=steps,
        styles=tuple(style or ()),
        wildcards=wildcards,
        max_cost=max_cost,
        overwrite=overwrite,
    )
    raise typer.Exit(asyncio.run(run_explore(options, hub_at(url, api_key, api_key_file))))


@commands.command()
def recipe(
    picture: Annotated[
        Path,
        typer.Argument(
            callback=in_home,
            help="A PNG, JPEG or WebP, or a file with the text that was copied out of one.",
            show_default=False,
        ),
    ],
    json_output: Annotated[bool, typer.Option("--json", help="The hub's answer as JSON.")] = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """What a picture of any program was made with, and which of its files the fleet has."""
    from vibes.commands.pictures.recipe import picture_in, run_recipe

    asyncio.run(run_recipe(hub_at(url, api_key, api_key_file), picture_in(picture), as_json=json_output))
