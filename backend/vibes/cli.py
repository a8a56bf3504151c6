"""The command line: its commands, options and environment variables. What they do is in `vibes.commands`.

Each command imports its own module when it is called: the hub's libraries take seconds to load, and `vibes nodes`
needs none of them.
"""

import asyncio
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from vibes.cli_queue import queue_app
from vibes.commands.console import fail
from vibes.commands.options import (
    DEFAULT_URL,
    ApiKey,
    ApiKeyFile,
    AsJson,
    Family,
    Overwrite,
    OwnWorkflows,
    Port,
    TimeScale,
    Url,
    all_in_home,
    hub_at,
    in_home,
)

app = typer.Typer(
    name="vibes",
    help="One image studio out of several unequal machines, each running a stock ComfyUI.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "VIBES"},
)

workflows_app = typer.Typer(help="Check, list and import workflows.", no_args_is_help=True)
app.add_typer(workflows_app, name="workflows")
app.add_typer(queue_app, name="queue")


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"vibes {version('vibes-imgen')}")
        raise typer.Exit


@app.callback()
def _options(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def demo(
    port: Port = None,
    data: Annotated[Path, typer.Option(envvar="VIBES_DATA", help="Folder for the database and the images.")] = Path(
        "data/demo"
    ),
    time_scale: TimeScale = 1.0,
    workflows: OwnWorkflows = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", envvar="VIBES_NO_BROWSER", help="Open no page.")] = False,
) -> None:
    """Try everything without a GPU: the hub and four simulated unequal cards."""
    from vibes.commands.demo import run_demo

    run_demo(port=port, data=data, workflows=workflows, time_scale=time_scale, open_browser=not no_browser)


@app.command()
def serve(
    config: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_CONFIG", help="The fleet file. [dim]\\[default: config/gpus.yaml][/]"),
    ] = None,
    data: Annotated[
        Path | None,
        typer.Option(envvar="VIBES_DATA", help="Folder for the database and the images. [dim]\\[default: data][/]"),
    ] = None,
    host: Annotated[
        str | None, typer.Option(envvar="VIBES_HOST", help="Address to listen on. [dim]\\[default: 127.0.0.1][/]")
    ] = None,
    port: Port = None,
    workflows: OwnWorkflows = None,
    api_key_file: ApiKeyFile = None,
    insecure_no_auth: Annotated[
        bool | None,
        typer.Option(
            "--insecure-no-auth",
            envvar="VIBES_INSECURE_NO_AUTH",
            help="Allow another address without VIBES_API_KEY.",
        ),
    ] = None,
) -> None:
    """Run the hub over your own machines."""
    from vibes.commands.given_settings import load_settings
    from vibes.commands.serve import run_serve

    run_serve(
        load_settings(
            config=config,
            data=data,
            host=host,
            port=port,
            workflows=workflows,
            api_key_file=api_key_file,
            insecure_no_auth=insecure_no_auth,
        )
    )


@app.command()
def simulate(
    port: Annotated[
        list[int],
        typer.Option(envvar="VIBES_SIMULATE_PORT", min=0, max=65535, help="Port of a node; repeat for more."),
    ],
    profile: Annotated[
        list[str] | None,
        typer.Option(envvar="VIBES_PROFILE", help="GPU to imitate, one a port. [dim]\\[default: rtx-3060][/]"),
    ] = None,
    time_scale: TimeScale = 1.0,
    comfyui_version: Annotated[
        list[str] | None,
        typer.Option(envvar="VIBES_COMFYUI_VERSION", help="0.3.64 or 0.33.0, one a port. [dim]\\[default: 0.33.0][/]"),
    ] = None,
    host: Annotated[str, typer.Option(envvar="VIBES_HOST", help="Address to listen on.")] = "127.0.0.1",
    folder: Annotated[
        Path | None,
        typer.Option(
            envvar="VIBES_SIMULATE_FOLDER",
            callback=in_home,
            help="Where outputs are kept; default: a temporary one.",
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(help="FOLDER/FILE that it has instead of the profile's of that folder; repeat for more."),
    ] = None,
    pack: Annotated[
        list[str] | None, typer.Option(help="Custom graph nodes: ComfyUI-GGUF, Comfy-WaveSpeed; repeat for more.")
    ] = None,
    windows: Annotated[bool, typer.Option("--windows", help="List files as ComfyUI does on Windows.")] = False,
    without: Annotated[
        list[str] | None, typer.Option(help="A sampler or other choice that it is too old for; repeat for more.")
    ] = None,
    exit_with_parent: Annotated[bool, typer.Option("--exit-with-parent", hidden=True)] = False,
) -> None:
    """Run ComfyUI-compatible nodes without a GPU, for tests and for trying things out."""
    from vibes.commands.simulate import SimulateOptions, run_simulate

    options = SimulateOptions(
        ports=port,
        profiles=profile or ["rtx-3060"],
        versions=comfyui_version or ["0.33.0"],
        time_scale=time_scale,
        host=host,
        folder=folder,
        models=model or [],
        packs=pack or [],
        windows=windows,
        without=without or [],
    )
    run_simulate(options, exit_with_parent=exit_with_parent)


@app.command()
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
    seed: Annotated[
        int | None, typer.Option(help="Of the first picture; the others count on. Default: random.")
    ] = None,
    lora: Annotated[list[str] | None, typer.Option(help="NAME or NAME:STRENGTH, a number; repeat for more.")] = None,
    checkpoint: Annotated[str | None, typer.Option(help="Default: the workflow's.")] = None,
    workflow: Annotated[str | None, typer.Option(help="Default: chosen by family.")] = None,
    gpu: Annotated[str | None, typer.Option(help="This node, as long as it is able; others while it is not.")] = None,
    session: Annotated[str | None, typer.Option(help="Add to this session; default: a new one.")] = None,
    resume: Annotated[
        str | None, typer.Option(metavar="BATCH", help="Come back to a batch instead of asking anew.")
    ] = None,
    overwrite: Overwrite = False,
    url: Url = DEFAULT_URL,
    api_key: ApiKey = None,
    api_key_file: ApiKeyFile = None,
) -> None:
    """Make pictures on the whole fleet and download them, with a contact sheet."""
    from vibes.commands.generate import GenerateOptions, run_generate

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
        session=session,
        resume=resume,
        overwrite=overwrite,
    )
    raise typer.Exit(asyncio.run(run_generate(options, hub_at(url, api_key, api_key_file))))


@app.command()
def run(
    file: Annotated[
        str | None, typer.Argument(metavar="JOB.json", help="The job; - reads it from stdin.", show_default=False)
    ] = None,
    follow: Annotated[
        str | None, typer.Option(metavar="JOB_ID", help="Come back to a job instead of submitting one.")
    ] = None,
    cancel: Annotated[str | None, typer.Option(metavar="JOB_ID", help="Stop a job; finished pictures stay.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", file_okay=False, callback=in_home, help="Folder. [dim]\\[default: results/JOB_ID][/]"
        ),
    ] = None,
    overwrite: Overwrite = False,
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
    from vibes.commands.run_job import RunOptions, cancel_job, run_job

    if sum(given is not None for given in (file, follow, cancel)) != 1:
        fail("say which job: vibes run job.json, or --follow JOB_ID, or --cancel JOB_ID", code=2)
    address = hub_at(url, api_key, api_key_file)
    if cancel is not None:
        asyncio.run(cancel_job(cancel, address))
        return
    options = RunOptions(file=file, follow=follow, out=out, as_json=as_json, overwrite=overwrite)
    raise typer.Exit(asyncio.run(run_job(options, address)))


@workflows_app.command("check")
def check_workflows(
    folder: Annotated[
        list[Path] | None,
        typer.Argument(
            callback=all_in_home,
            help="Folders to check, over what ships. Default: all that the hub reads.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Find every mistake in manifests and templates, with file, line, column and advice; status 1 if there is any."""
    from vibes.commands.workflows import run_check

    run_check(folder or [])


@workflows_app.command("import")
def import_workflow(
    export: Annotated[
        Path,
        typer.Argument(callback=in_home, help="What Workflow > Export (API) of ComfyUI saved.", show_default=False),
    ],
    name: Annotated[
        str | None, typer.Option(help="a-z, 0-9, _ and -. [dim]\\[default: the file's name][/]", show_default=False)
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Model family. [dim]\\[default: told by the files that it loads][/]")
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            callback=in_home,
            help="Folder. [dim]\\[default: the first of VIBES_WORKFLOWS, else DATA/workflows][/]",
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier import, or cover a shipped one.")] = False,
) -> None:
    """Make a workflow out of an untouched ComfyUI export: finds prompt, seed, size, models … and binds them."""
    from vibes.commands.import_workflow import run_import

    run_import(export, name=name, family=family, into=into, overwrite=force)


@workflows_app.command("list")
def list_workflows() -> None:
    """Show every workflow: families, operation, LoRAs, parameters."""
    from vibes.commands.workflows import run_list

    run_list()


@app.command()
def nodes(url: Url = DEFAULT_URL, api_key: ApiKey = None, api_key_file: ApiKeyFile = None) -> None:
    """Show every node: state, tier, memory, what it does, its measured speed, and why it is not usable."""
    from vibes.commands.nodes import run_nodes

    asyncio.run(run_nodes(hub_at(url, api_key, api_key_file)))


@app.command()
def openapi() -> None:
    """Print the description of the HTTP API as JSON, for client generators."""
    from vibes.commands.openapi import openapi_document

    typer.echo(openapi_document())


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def bench(context: typer.Context) -> None:
    """Measure speed against its bars, from a source checkout; `vibes bench --help` lists the options."""
    from vibes.commands.bench import run_bench

    run_bench(context.args)


def main() -> None:
    app()
