"""Workflows as they were when work was asked of them; what happens to their files later changes nothing queued."""

from vibes.domain.errors import NotFound
from vibes.domain.ids import WorkflowVersionId
from vibes.domain.spec import GenerationSpec
from vibes.domain.workflow_version import WorkflowVersion
from vibes.services.ports import Storage
from vibes.services.workflow_catalog import WorkflowCatalog
from vibes.workflows.library import Library
from vibes.workflows.manifest import Workflow
from vibes.workflows.workflow_record import workflow_of

MAX_REMEMBERED = 64
"""Versions in memory, the last used ones; a batch of any size needs one, others are read again."""


class SubmittedWorkflows:
    def __init__(self, storage: Storage, catalog: WorkflowCatalog) -> None:
        self._storage = storage
        self._catalog = catalog
        self._remembered: dict[WorkflowVersionId, Workflow] = {}

    @property
    def library(self) -> Library:
        """The workflows that new work can be asked of."""
        return self._catalog.library

    async def keep(self, version: WorkflowVersion) -> None:
        """To be called before a generation that names the version is stored."""
        if version.id not in self._remembered:
            await self._storage.workflow_versions.keep(version)
            self._remember(version.id, workflow_of(version))

    async def of(self, spec: GenerationSpec) -> Workflow:
        """The workflow that the spec was made for.

        Raises NotFound when it is gone, which only happens to a spec from before versions were kept.
        """
        if spec.workflow_version is None:
            return self.library.get(spec.workflow)
        workflow = self._remembered.get(spec.workflow_version) or await self._read(spec)
        self._remember(spec.workflow_version, workflow)
        return workflow

    async def _read(self, spec: GenerationSpec) -> Workflow:
        version = spec.workflow_version and await self._storage.workflow_versions.get(spec.workflow_version)
        if not version:
            raise NotFound(f"workflow {spec.workflow} as it was at submission is gone from the database")
        return workflow_of(version)

    def _remember(self, version_id: WorkflowVersionId, workflow: Workflow) -> None:
        self._remembered.pop(version_id, None)
        self._remembered[version_id] = workflow
        while len(self._remembered) > MAX_REMEMBERED:
            self._remembered.pop(next(iter(self._remembered)))
