"""``vibes run``: submits a job, shows its tasks, downloads its result."""

import asyncio
import sys
from contextlib import aclosing
from dataclasses import dataclass
from math import inf
from pathlib import Path

from vibes.client import AcceptedJob, AsyncHubClient, ClientError, HubAddress, InvalidRequest, Job
from vibes.client.events.silence import with_silences
from vibes.commands.common.console import INTERRUPTED, USAGE_ERROR, escape_markup, fail, notes, out
from vibes.commands.common.hub_client import open_hub, submitted, with_advice
from vibes.commands.common.result_files import renamed
from vibes.commands.jobs.job_display import JobDisplay, display_of, write_json
from vibes.commands.jobs.job_file import JobFile, read_job_file, upload_files
from vibes.commands.jobs.job_results import RESULT_FILE, download_results, usual_folder
from vibes.commands.jobs.job_state import JobState
from vibes.domain.errors import InvalidDocument
from vibes.domain.job import JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """The options as typed: a job's file, or the id of an existing job."""

    file: str | None
    follow: str | None
    out: Path | None
    as_json: bool
    overwrite: bool = False
    """Whether existing results of the same names are replaced."""
    metadata: bool = True
    """Whether pictures are saved with what they were made with."""
    max_cost: str | None = None
    """Most dollars that all its pictures may cost, whatever the file says; None: as the file says."""


@dataclass(slots=True)
class _Run:
    """What is known so far, to tell the person how to come back."""

    options: RunOptions
    job_id: str = ""
    display: JobDisplay | None = None

    def accepted(self, job: AcceptedJob) -> None:
        self.job_id = job.job_id

    def away(self, _: ClientError) -> None:
        if self.display is not None:
            self.display.away()


async def run_job(options: RunOptions, address: HubAddress) -> int:
    """Exit status: 0 when the job is complete and its pictures are saved, 1 when not, 2 when the file is wrong, 130
    after Ctrl-C."""
    run = _Run(options)
    try:
        job_file = read_job_file(options.file) if options.file else None
        async with open_hub(address, patience_seconds=inf, on_away=run.away) as hub:
            try:
                return await _run_to_the_end(hub, run, job_file)
            except asyncio.CancelledError:
                return await _interrupted(hub, run)
    except InvalidDocument as error:
        fail("nothing was submitted:\n" + with_advice(error.message, run.options.max_cost), code=USAGE_ERROR)
    except ClientError as error:
        _say_how_to_come_back(run)
        fail(str(error))
    except OSError as error:
        _say_how_to_come_back(run)
        fail(f"cannot write the results: {error.strerror or error}")


async def cancel_job(job_id: str, address: HubAddress) -> None:
    """Cancel it; finished pictures stay."""
    try:
        async with open_hub(address) as hub:
            job = await hub.jobs.cancel(job_id)
    except ClientError as error:
        fail(str(error))
    out.print(f"job {job.job_id} is {job.status}", highlight=False, markup=False)


async def show_job(job_id: str, address: HubAddress) -> None:
    """Print it as it was submitted."""
    try:
        async with open_hub(address) as hub:
            write_json(dict(await hub.jobs.request(job_id)))
    except ClientError as error:
        fail(str(error))


async def _run_to_the_end(hub: AsyncHubClient, run: _Run, job_file: JobFile | None) -> int:
    if job_file:
        await _submit(hub, run, job_file)
    else:
        run.job_id = (await hub.jobs.get(run.options.follow or "")).job_id
    if run.options.as_json:
        write_json({"type": "submitted" if job_file else "followed", "job_id": run.job_id})
    await _follow(hub, run)
    job = await hub.jobs.get(run.job_id)
    folder = run.options.out or usual_folder(job.job_id)
    files = await _downloaded(hub, run.options, job, folder) if job.status is JobStatus.COMPLETE else {}
    _report(run.options, job, folder, files)
    return 0 if job.status is JobStatus.COMPLETE else 1


async def _downloaded(hub: AsyncHubClient, options: RunOptions, job: Job, folder: Path) -> dict[str, Path]:
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    return await download_results(hub, job, folder, overwrite=options.overwrite, metadata=options.metadata)


async def _submit(hub: AsyncHubClient, run: _Run, job_file: JobFile) -> None:
    try:
        body = await upload_files(hub, job_file, lambda text: notes.print(text, highlight=False, markup=False))
    except asyncio.CancelledError:
        notes.print("\nNothing was submitted.", highlight=False)
        raise
    if run.options.max_cost is not None:
        body = {**body, "max_cost_usd": run.options.max_cost}
    try:
        await submitted(hub.jobs.submit_body(body), run.accepted)
    except InvalidRequest as error:
        raise job_file.problems_of(error) from error


async def _follow(hub: AsyncHubClient, run: _Run) -> None:
    state = JobState(await hub.jobs.get(run.job_id))
    with display_of(state, as_json=run.options.as_json) as display:
        run.display = display
        over, silences = False, 0
        async with aclosing(with_silences(hub.jobs.events(run.job_id))) as events:
            async for event in events:
                if event is not None:
                    silences = 0
                    state.apply(event)
                    display.show(event)
                    continue
                silences += 1
                job = await hub.jobs.get(run.job_id)
                # a connection that broke has been restored by then
                if silences > 1 and (changed := state.refresh(job)):
                    display.asked(changed)
                if over:  # since the last question: its events had time to arrive
                    break
                over = job.status.terminal


def _report(options: RunOptions, job: Job, folder: Path, files: dict[str, Path]) -> None:
    if options.as_json:
        names = [path.name for name, path in files.items() if name != RESULT_FILE]
        error = None if job.error is None else {"task_id": job.error.task_id, "message": job.error.message}
        finished = {"job_id": job.job_id, "status": job.status, "folder": str(folder), "files": names}
        write_json({"type": "finished", **finished, "error": error, "result": job.result})
    elif job.status is JobStatus.COMPLETE:
        made = "1 picture" if len(job.pictures) == 1 else f"{len(job.pictures)} pictures"
        out.print(f"{made} in {folder}", highlight=False, markup=False, soft_wrap=True)
        if sentence := renamed(files):
            out.print(sentence, highlight=False, markup=False, soft_wrap=True)
    else:
        message = "" if job.error is None else f": {job.error.message}"
        culprit = "" if job.error is None or job.error.task_id is None else f" in task {job.error.task_id}"
        sentence = f"[red]the job {job.status}{culprit}[/]{escape_markup(message)}"
        notes.print(sentence.replace("the job c", "the job is c"), highlight=False, soft_wrap=True)


async def _interrupted(hub: AsyncHubClient, run: _Run) -> int:
    """Leave the job to the hub, unless the person wants it cancelled."""
    task = asyncio.current_task()
    if task is not None:
        task.uncancel()
    if run.job_id and sys.stdin.isatty() and notes.is_terminal and _wants_it_stopped():
        await hub.jobs.cancel(run.job_id)
        notes.print("The job is cancelled; finished pictures stay in the hub.", highlight=False)
    else:
        _say_how_to_come_back(run)
    return INTERRUPTED


def _wants_it_stopped() -> bool:
    """Ask the person; a second Ctrl-C means no."""
    notes.print("\nStop the job in the hub as well? [y/N] ", end="", markup=False, highlight=False)
    try:
        return input().strip().casefold() in {"y", "yes"}
    except (KeyboardInterrupt, EOFError):
        return False


def _say_how_to_come_back(run: _Run) -> None:
    if not run.job_id:
        return
    folder = "" if run.options.out is None else f" --out {run.options.out}"
    notes.print(
        "\nThe hub goes on with the job. Come back with:\n"
        f"  vibes run --follow {run.job_id}{folder}\nor stop it with:\n  vibes run --cancel {run.job_id}",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
