"""The workflow library in force, read from the template folders."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path

from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.workflows.library import Library, build_library

logger = logging.getLogger(__name__)

_PATTERNS = ("manifests/*.yaml", "workflows/*.json")


class WorkflowCatalog:
    """Folders are searched in order; a file of a later folder replaces one of the same name before it."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self.library = Library(workflows={}, problems=())

    async def load(self) -> None:
        """Read every template. Broken ones are logged and listed in ``library.problems``; the others serve."""
        sources = await asyncio.to_thread(self._read)
        self.library = build_library(sources)
        for problem in self.library.problems:
            logger.error("workflow not usable: %s", problem)

    def _read(self) -> dict[str, str]:
        sources: dict[str, str] = {}
        for folder in self._folders:
            if not folder.is_dir():
                raise InvalidDocument([DocumentProblem(str(folder), 0, 0, "this template folder does not exist")])
            for pattern in _PATTERNS:
                for path in sorted(folder.glob(pattern)):
                    sources[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8-sig")
        return sources
