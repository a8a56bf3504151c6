"""Downloads a job's pictures into files whose names no foreign text decides."""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vibes.client import AsyncHubClient, Job, Picture
from vibes.commands.common.result_files import with_true_suffix, write_new
from vibes.domain.generation import MAX_IMAGES

AT_ONCE = 4
RESULT_FILE = "result.json"
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def usual_folder(job_id: str) -> Path:
    return Path("results") / (job_id if _SAFE.fullmatch(job_id) else "job")


async def download_results(
    hub: AsyncHubClient, job: Job, folder: Path, *, overwrite: bool, metadata: bool
) -> dict[str, Path]:
    """Save each picture of the result as ``<task>-<number>`` with its own suffix, what else its workflow saved as
    ``<task>-<number>-2`` and so on, and the result with their ``file``, or all ``files`` where there are several.

    Answers where each name went: existing files stay, unless ``overwrite``. The folder must exist; a file is written as
    a whole or not at all. Raises OSError.
    """
    gate = asyncio.Semaphore(AT_ONCE)

    async def count(picture: Picture) -> int:
        images = picture.images
        if not images:  # a hub of an earlier release, whose jobs tell of the file that is shown alone
            async with gate:
                images = (await hub.generations.get(picture.generation_id)).images
        return min(max(len(images), 1), MAX_IMAGES)

    async def save(picture: Picture, names: Sequence[str]) -> dict[str, Path]:
        saved: dict[str, Path] = {}
        for index, name in enumerate(names):
            async with gate:
                image = await hub.generations.image(picture, index, metadata=metadata)
            true_name = with_true_suffix(name, image)
            saved[true_name] = write_new(folder / true_name, image, overwrite=overwrite)
        return saved

    names = names_of_all(file_names(job), await asyncio.gather(*map(count, job.pictures)))
    saved = await asyncio.gather(*map(save, job.pictures, names))
    taken = {
        picture.generation_id: [path.name for path in each.values()]
        for picture, each in zip(job.pictures, saved, strict=True)
    }
    result = json.dumps(_with_files(job.result, taken), indent=2, ensure_ascii=False)
    told = write_new(folder / RESULT_FILE, result.encode(), overwrite=overwrite)
    return {name: path for each in saved for name, path in each.items()} | {RESULT_FILE: told}


def names_of_all(first: Mapping[str, str], counts: Sequence[int]) -> list[list[str]]:
    """For each picture the names of as many files as it has, after the `file_names` of those shown; none twice."""
    taken = {name.casefold() for name in first.values()}
    return [
        [name, *(_untaken(f"{Path(name).stem}-{number}", taken) for number in range(2, count + 1))]
        for name, count in zip(first.values(), counts, strict=True)
    ]


def _untaken(stem: str, taken: set[str]) -> str:
    name, again = f"{stem}.png", 1
    while name.casefold() in taken:
        again += 1
        name = f"{stem}-{again}.png"
    taken.add(name.casefold())
    return name


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
        names[picture.generation_id] = _untaken(stem, taken)
    return names


def _with_files(result: Any, names: Mapping[str, Sequence[str]]) -> Any:
    if isinstance(result, list):
        return [_with_files(item, names) for item in result]
    if not isinstance(result, dict):
        return result
    files = names.get(str(result.get("generation_id")), ())
    inner = {key: _with_files(item, names) for key, item in result.items()}
    several = {"files": list(files)} if len(files) > 1 else {}
    return {"file": files[0], **several, **inner} if files else inner
