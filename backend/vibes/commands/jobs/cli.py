"""``vibes run``: its options and environment variables."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from vibes.commands.common.console import fail
from vibes.commands.common.options import (
    DEFAULT_URL,
    ApiKey,
    ApiKeyFile,
    AsJson,
    MaxCost,
    Overwrite,
    Url,
    WithoutMetadata,
    hub_at,
    in_home,
)

commands = typer.Typer()


@commands.command()
def run(
    file: Annotated[
        str | None, typer.Argument(metavar="JOB.json", help="The job; - reads it from stdin.", show_default=False)
    ] = None,
    follow: Annotated[
        str | None, typer.Option(metavar="JOB_ID", help="Come back to a job instead of submitting one.")
    ] = None,
    cancel: Annotated[str | None, typer.Option(metavar="JOB_ID", help="Stop a job; finished pictures stay.")] = None,
    show: Annotated[
        str | None, typer.Option(metavar="JOB_ID", help="Print a job as it was submitted, for a new job.json.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", file_okay=False, callback=in_home, help="Folder. [dim]\\[default: results/JOB_ID][/]"
        ),
    ] = None,
    max_cost: MaxCost = None,
    overwrite: Overwrite = False,
    without_metadata: WithoutMetadata = False,
    as_json: AsJson = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Run a workflow job: submit it, watch its tasks, download its pictures.

    Example: vibes run job.json --out pictures/   where job.json says

        {"kind": "workflow", "payload": {"tasks": [
          {"id": "t1", "type": "sd15.text2img",
           "inputs": {"prompt": "a lighthouse", "count": 2}},
          {"id": "t2", "type": "upscale.esrgan",
           "inputs": {"image": "@t1.images"}}
        ], "return": "@t2.images"}}

    An input "@file:photo.png" uploads that picture, found beside the job's file.

    Ctrl-C leaves the job to the hub and says how to come back.

    Status: 0 complete, 1 any other end, 2 a mistake in the file, 130 after Ctrl-C.
    """
    from vibes.commands.jobs.run import RunOptions, cancel_job, run_job, show_job

    if sum(given is not None for given in (file, follow, cancel, show)) != 1:
        fail("say which job: vibes run job.json, or --follow JOB_ID, --cancel JOB_ID or --show JOB_ID", code=2)
    address = hub_at(url, api_key, api_key_file)
    if cancel is not None:
        asyncio.run(cancel_job(cancel, address))
        return
    if show is not None:
        asyncio.run(show_job(show, address))
        return
    metadata = not without_metadata
    options = RunOptions(
        file=file, follow=follow, out=out, as_json=as_json, overwrite=overwrite, metadata=metadata, max_cost=max_cost
    )
    raise typer.Exit(asyncio.run(run_job(options, address)))
