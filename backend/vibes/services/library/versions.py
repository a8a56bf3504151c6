"""Workflow versions at the time of submission; later changes of their files do not affect queued work."""

from typing import TypeVar

from vibes.domain.errors import NotFound
from vibes.domain.ids import WorkflowVersionId
from vibes.domain.pictures.spec import GenerationSpec
from vibes.domain.workflow_version import WorkflowVersion
from vibes.ports.storage import Storage
from vibes.services.library.catalog import WorkflowCatalog
from vibes.workflows.definition.manifest import Workflow
from vibes.workflows.definition.workflow_record import version_of, workflow_of
from vibes.workflows.library.library import Library

K = TypeVar("K")
V = TypeVar("V")

MAX_REMEMBERED = 64
"""Versions in memory, the most recently used; a batch of any size needs one, others are read again."""


class WorkflowVersions:
    def __init__(self, storage: Storage, catalog: WorkflowCatalog) -> None:
        self._storage = storage
        self._catalog = catalog
        self._remembered: dict[WorkflowVersionId, Workflow] = {}
        self._versions: dict[int, tuple[Workflow, WorkflowVersion]] = {}
        """By the identity of a workflow, which is kept too, so that its identity is not reused."""

    @property
    def library(self) -> Library:
        """The workflows for new work."""
        return self._catalog.library

    def version_of(self, workflow: Workflow) -> WorkflowVersion:
        """The version of a workflow, computed once for each workflow that the library or the database provides."""
        known = self._versions.get(id(workflow)) or (workflow, version_of(workflow))
        _remember(self._versions, id(workflow), known)
        return known[1]

    async def keep(self, version: WorkflowVersion) -> None:
        """Call before a generation that names the version is stored."""
        if version.id not in self._remembered:
            await self._storage.workflow_versions.keep(version)
            _remember(self._remembered, version.id, workflow_of(version))

    async def of(self, spec: GenerationSpec) -> Workflow:
        """The workflow that the spec was made for.

        Raises NotFound when it is gone, which happens only to specs from before versions were kept.
        """
        if spec.workflow_version is None:
            return self.library.get(spec.workflow)
        return await self.kept(spec.workflow_version, spec.workflow)

    async def kept(self, version_id: WorkflowVersionId, name: str) -> Workflow:
        """The version of the workflow ``name``. Raises NotFound when it is not in the database."""
        workflow = self._remembered.get(version_id) or await self._read(version_id, name)
        _remember(self._remembered, version_id, workflow)
        return workflow

    async def _read(self, version_id: WorkflowVersionId, name: str) -> Workflow:
        version = await self._storage.workflow_versions.get(version_id)
        if not version:
            raise NotFound(f"workflow {name} as it was at submission is gone from the database")
        return workflow_of(version)


def _remember(memory: dict[K, V], key: K, value: V) -> None:
    memory.pop(key, None)
    memory[key] = value
    while len(memory) > MAX_REMEMBERED:
        memory.pop(next(iter(memory)))
