"""``vibes openapi`` and ``vibes bench``."""

import typer

commands = typer.Typer()


@commands.command()
def openapi() -> None:
    """Print the description of the HTTP API as JSON, for client generators."""
    from vibes.commands.development.openapi import openapi_document

    typer.echo(openapi_document())


@commands.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def bench(context: typer.Context) -> None:
    """Measure speed against its bars, from a source checkout; `vibes bench --help` lists the options."""
    from vibes.commands.development.bench import run_bench

    run_bench(context.args)
