"""The room of the workflows: those on disk, and those kept for queued work."""

from dataclasses import dataclass

from vibes.app.base import Base
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.versions import WorkflowVersions


@dataclass(frozen=True, slots=True, kw_only=True)
class LibraryRoom:
    catalog: WorkflowCatalog
    versions: WorkflowVersions


async def open_library(base: Base) -> LibraryRoom:
    """The room, with every workflow read once."""
    settings = base.settings
    (settings.data / "workflows").mkdir(exist_ok=True)
    catalog = WorkflowCatalog(settings.workflow_folders, base.clock)
    await catalog.load()
    return LibraryRoom(
        catalog=catalog,
        versions=WorkflowVersions(base.storage, catalog),
    )
