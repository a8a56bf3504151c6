"""The fleet's model files as people see and choose them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from vibes.domain.errors import InvalidRequest, Problem
from vibes.domain.generation import Generation
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import ModelFolder
from vibes.domain.pictures.spec import Operation
from vibes.ports.storage import Storage
from vibes.services.generations.models import MAIN_FOLDERS, FamilyFile, FleetModels
from vibes.services.library.catalog import WorkflowCatalog
from vibes.text.near_names import near_name_hint
from vibes.workflows.library.library import Library
from vibes.workflows.models.file_families import guess_file
from vibes.workflows.models.model_choice import FamilyOfFile

FOLDERS = (*MAIN_FOLDERS, ModelFolder.LORAS)

MOST_PICTURES = 300
"""Checkpoints whose newest picture is looked up; further ones show none."""


@dataclass(frozen=True, slots=True)
class FamilyModels:
    family: str
    preferred: str | None
    from_text: FamilyFile
    from_picture: FamilyFile


@dataclass(frozen=True, slots=True)
class ModelFile:
    name: str
    folder: ModelFolder
    told: FamilyOfFile
    special: str | None
    nodes: frozenset[NodeId]
    last: Generation | None


@dataclass(frozen=True, slots=True)
class ModelOverview:
    families: Sequence[FamilyModels]
    files: Sequence[ModelFile]


class ModelService:
    """What a person sees of the fleet's model files, and says about them."""

    def __init__(self, models: FleetModels, workflows: WorkflowCatalog, storage: Storage) -> None:
        self._models = models
        self._workflows = workflows
        self._storage = storage

    async def overview(self) -> ModelOverview:
        """By what the nodes said last."""
        models, library = self._models, self._workflows.library
        await models.learn()
        shelf = models.shelves.all()
        checkpoints = sorted(shelf[ModelFolder.CHECKPOINTS])[:MOST_PICTURES]
        pictures = await asyncio.gather(*(self._storage.models.newest_picture(name) for name in checkpoints))
        last = dict(zip(checkpoints, pictures, strict=True))
        files = [
            ModelFile(
                name=name,
                folder=folder,
                told=models.family_of(name, nodes),
                special=guess_file(name).special,
                nodes=nodes,
                last=last.get(name) if folder is ModelFolder.CHECKPOINTS else None,
            )
            for folder in FOLDERS
            for name, nodes in sorted(shelf[folder].items(), key=lambda item: item[0].casefold())
        ]
        return ModelOverview([_family(models, library, each) for each in library.families()], files)

    async def prefer(self, family: str, file: str | None) -> None:
        """Draw the family with the file from now on; None: choose again. Raises InvalidRequest for a file that no node
        could draw it with."""
        models = self._models
        _check_family(self._workflows.library, family)
        if file is not None:
            file = models.shelves.name_of(file)
            nodes = models.shelves.nodes_with(file)
            told = models.family_of(file, nodes)
            if told.family is None:
                await self.say_family(file, family)
            elif told.family != family:
                raise _invalid("file", f"{file} is of {told.family} {told.why}; if that is wrong, say its family first")
            given = set(models.shelves.nodes_given(family, Operation.TXT2IMG))
            if not nodes & given:
                raise _invalid("file", f"no card that is given {family} in gpus.yaml has {file}")
        await models.prefer(family, file)

    async def say_family(self, file: str, family: str | None) -> None:
        """What the file is of; None: go by its name again. Raises InvalidRequest for a file that no node has, or a
        family that no workflow draws."""
        file = self._models.shelves.name_of(file)
        if family is not None:
            _check_family(self._workflows.library, family)
            _check_file(self._models, file)
        await self._models.say_family(file, family)


def _family(models: FleetModels, library: Library, family: str) -> FamilyModels:
    return FamilyModels(
        family,
        models.preferred.get(family),
        models.family_file(library, family, Operation.TXT2IMG),
        models.family_file(library, family, Operation.IMG2IMG),
    )


def _check_family(library: Library, family: str) -> None:
    if family not in library.families():
        raise _invalid("family", f"there is no family {family!r}{near_name_hint(family, library.families())}")


def _check_file(models: FleetModels, file: str) -> None:
    shelf = models.shelves.all()
    names = [name for folder in FOLDERS for name in shelf[folder]]
    if file not in names:
        raise _invalid("file", f"no card has the file {file!r}{near_name_hint(file, names)}")


def _invalid(field: str, message: str) -> InvalidRequest:
    return InvalidRequest(message, code="invalid_parameters", problems=[Problem(field, message)])
