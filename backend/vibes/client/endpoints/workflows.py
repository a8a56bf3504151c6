"""Workflows that people have: what an import would be, and the import."""

import json

from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.transport import Call, JsonObject, Transport
from vibes.client.values.workflows import WorkflowFile

_IMPORT = "/api/workflows/import"


class AsyncWorkflows:
    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def preview(self, file: WorkflowFile) -> JsonObject:
        """What the hub would import; it keeps nothing. Answers what ``POST /api/workflows/import/preview`` does.

        Raises InvalidRequest.
        """
        return await self._sent(f"{_IMPORT}/preview", file, repeatable=True)

    async def import_file(self, file: WorkflowFile) -> JsonObject:
        """Keep it as a workflow of the hub. Answers what ``POST /api/workflows/import`` does.

        Raises InvalidRequest, and HubRefused (``workflow_exists``) where the name is taken.
        """
        return await self._sent(_IMPORT, file, repeatable=False)

    async def _sent(self, path: str, file: WorkflowFile, *, repeatable: bool) -> JsonObject:
        form = {"name": file.name, "bindings": json.dumps(dict(file.bindings))}
        if file.family is not None:
            form["family"] = file.family
        call = Call(
            method="POST",
            path=path,
            picture=file.content,
            form=form,
            file_name=file.file_name,
            repeatable=repeatable,
        )
        return await self._transport.value(JsonObject, call)


class Workflows:
    """`AsyncWorkflows` for callers without an event loop."""

    def __init__(self, workflows: AsyncWorkflows, loop: BackgroundLoop) -> None:
        self._workflows = workflows
        self._loop = loop

    def preview(self, file: WorkflowFile) -> JsonObject:
        return self._loop.run(self._workflows.preview(file))

    def import_file(self, file: WorkflowFile) -> JsonObject:
        return self._loop.run(self._workflows.import_file(file))
