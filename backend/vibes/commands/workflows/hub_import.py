"""Imports at a hub, whose machines tell of classes that do not come with ComfyUI; the hub keeps the workflow."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vibes.client import ClientError, HubAddress, HubAway, HubRefused
from vibes.client.values.workflows import WorkflowFile
from vibes.commands.common.console import fail, notes
from vibes.commands.common.hub_client import open_hub
from vibes.domain.errors import InvalidRequest
from vibes.services.library.imports import Export
from vibes.workflows.importing.importer import Draft
from vibes.workflows.importing.parameters import Found
from vibes.workflows.meaning.found import Unsure


@dataclass(slots=True)
class HubImporter:
    address: HubAddress
    is_away: bool = field(init=False, default=False)

    def run(self, export: Export, *, dry_run: bool) -> Draft | None:
        """What the hub finds, and keeps unless it is a ``dry_run``; None where it does not answer, which is said once.

        Raises InvalidRequest with the hub's own words where it refuses.
        """
        if self.is_away:
            return None
        try:
            return asyncio.run(self._run(export, dry_run=dry_run))
        except HubAway as error:
            self.is_away = True
            told = f"{error}\nSo this was read with what comes with ComfyUI alone, and is kept here and not there."
            notes.print(told, markup=False, highlight=False, soft_wrap=True)
            return None
        except HubRefused as error:
            raise InvalidRequest(error.message, code=error.code) from error
        except ClientError as error:
            fail(str(error))

    async def _run(self, export: Export, *, dry_run: bool) -> Draft:
        file = WorkflowFile(
            name=export.name,
            content=export.content,
            file_name=Path(export.file).name,
            family=export.family,
            bindings=export.bindings,
        )
        async with open_hub(self.address, patience_seconds=0.0) as hub:
            draft = _draft(export.name, await hub.workflows.preview(file))
            if not dry_run:
                await hub.workflows.import_file(file)
            return draft


def _draft(name: str, told: dict[str, Any]) -> Draft:
    entry = told["draft"]
    found = [
        Found(parameter, str(each["bind"]), "", each.get("default"), each)
        for parameter, each in entry["overrides"].items()
        if "bind" in each
    ]
    unsure = [Unsure(each["parameter"], (), each["say"]) for each in told["unsure"]]
    return Draft(name, entry, tuple(found), tuple(told["notes"]), tuple(unsure))
