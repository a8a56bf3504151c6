"""Downloads a job's pictures into files whose names no foreign text decides."""

import asyncio
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vibes.client import AsyncHubClient, Job, Picture
from vibes.commands.common.result_files import with_true_suffix, write_new

AT_ONCE = 4
RESULT_FILE = "result.json"
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def usual_folder(job_id: str) -> Path:
    return Path("results") / (job_id if _SAFE.fullmatch(job_id) else "job")


async def download_results(hub: AsyncHubClient, job: Job, folder: Path, *, overwrite: bool) -> dict[str, Path]:
    """Save each picture of the result as ``<task>-<number>`` with its own suffix, and the result with their ``file``.

    Answers where each name went: existing files stay, unless ``overwrite``. The folder must exist; a file is written as
    a whole or not at all. Raises OSError.
    """
    names = file_names(job)
    gate = asyncio.Semaphore(AT_ONCE)

    async def save(picture: Picture) -> tuple[str, Path]:
        async with gate:
            image = await hub.generations.image(picture)
            name = names[picture.generation_id] = with_true_suffix(names[picture.generation_id], image)
            return picture.generation_id, write_new(folder / name, image, overwrite=overwrite)

    saved = dict(await asyncio.gather(*map(save, job.pictures)))
    taken = {generation_id: path.name for generation_id, path in saved.items()}
    result = json.dumps(_with_files(job.result, taken), indent=2, ensure_ascii=False)
    told = write_new(folder / RESULT_FILE, result.encode(), overwrite=overwrite)
    return {names[generation_id]: path for generation_id, path in saved.items()} | {RESULT_FILE: told}


def file_names(job: Job) -> dict[str, str]:
    """For each picture of the result; the names differ even where a file system ignores letter case."""
    origins = {
        picture.generation_id: (task.id, number)
        for task in job.tasks
        for number, picture in enumerate(task.images, start=1)
    }
    taken: set[str] = set()
    names: dict[str, str] = {}
    for picture in job.pictures:
        task_id, number = origins.get(picture.generation_id, ("picture", len(names) + 1))
        stem = f"{task_id if _SAFE.fullmatch(task_id) else 'task'}-{number:02}"
        name, again = f"{stem}.png", 1
        while name.casefold() in taken:
            again += 1
            name = f"{stem}-{again}.png"
        taken.add(name.casefold())
        names[picture.generation_id] = name
    return names


def _with_files(result: Any, names: Mapping[str, str]) -> Any:
    if isinstance(result, list):
        return [_with_files(item, names) for item in result]
    if not isinstance(result, dict):
        return result
    name = names.get(str(result.get("generation_id")))
    inner = {key: _with_files(item, names) for key, item in result.items()}
    return inner if name is None else {"file": name, **inner}
