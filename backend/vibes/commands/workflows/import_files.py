"""The files of ``vibes workflows import``: which there are, what each holds, and a name for each."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vibes.documents.picture_texts import is_picture
from vibes.documents.text_document import NotText, text_of
from vibes.services.library.folders import MAX_FILE_BYTES
from vibes.services.library.imports import RESERVED_NAME
from vibes.workflows.importing.export_reading import MAX_PICTURE_BYTES, classes_in

_KINDS = frozenset({".json", ".png", ".jpg", ".jpeg", ".webp"})
_LONGEST_NAME = 60
"""Characters of a name that is made; a few are left for a number behind it."""
_NO_NAME = "workflow"


class Unreadable(Exception):
    """A file whose content is not to be had; the text says which and why."""


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files, each once; for a folder all below it that may hold a workflow, hidden files and folders excepted."""
    seen: set[Path] = set()
    for path in paths:
        for file in _below(path) if path.is_dir() else (path,):
            if file not in seen:
                seen.add(file)
                yield file


def _below(folder: Path) -> list[Path]:
    found = (each for each in folder.rglob("*") if each.suffix.lower() in _KINDS and each.is_file())
    return sorted(each for each in found if not _is_hidden(each.relative_to(folder)))


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def holds_something_else(path: Path) -> bool:
    """Whether it is sound JSON or a picture without a single graph node, as folders of workflows have them too.

    Broken JSON may be a workflow that was cut off, and what cannot be read may be anything: neither is something else.
    """
    try:
        content = content_of(path)
        if classes_in(content):
            return False
        return is_picture(content) or _is_json(text_of(content))
    except (Unreadable, NotText):
        return False


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def name_of(path: Path) -> str:
    """The file's name, as far as a workflow's name can hold it; empty when nothing of it is left."""
    return re.sub(r"[^a-z0-9_-]+", "_", path.stem.lower()).strip("_-")


def names_of(files: Sequence[Path]) -> dict[Path, str]:
    """A name for each file. Of files with one name the first keeps it; the others get a number behind it."""
    used = {RESERVED_NAME}
    names: dict[Path, str] = {}
    for file in files:
        stem = name_of(file)[:_LONGEST_NAME] or _NO_NAME
        name, number = stem, 1
        while name in used:
            number += 1
            name = f"{stem}_{number}"
        used.add(name)
        names[file] = name
    return names


def content_of(path: Path) -> bytes:
    """All bytes of the file. Raises Unreadable when it is missing, or too large to be an export or a picture."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror}") from error
    most = MAX_PICTURE_BYTES if is_picture(content) else MAX_FILE_BYTES
    if len(content) > most:
        raise Unreadable(f"{path} is larger than {most // 1024**2} MiB: is it really an export?")
    return content
