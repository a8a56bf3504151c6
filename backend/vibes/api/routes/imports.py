"""``/api/workflows/import``: what an export would be, one picture with it, and to keep it."""

import json
from http import HTTPStatus
from typing import Any

from fastapi import Request

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.imported_files import FORM, ImportRoute, file_of
from vibes.api.http.routers import api_router
from vibes.api.schemas.imports import ImportPreview, TrialOut, WorkflowImport
from vibes.api.schemas.workflows import ImportedWorkflow
from vibes.domain.errors import InvalidRequest, NoCapableNode, Problem
from vibes.domain.pictures.generation_request import GenerationRequest
from vibes.services.generations.fleet_fitness import FleetFitness
from vibes.services.library.imports import Export
from vibes.workflows.definition.manifest import Workflow

router = api_router(prefix="/api/workflows/import", tag="workflows")
router.route_class = ImportRoute


@router.post("", status_code=HTTPStatus.CREATED, openapi_extra=FORM)
async def import_workflow(
    body: WorkflowImport, request: Request, workflows: given.Workflows, importer: given.Importer
) -> ImportedWorkflow:
    """Drafts the manifest of an untouched export and keeps both; it can be used at once."""
    draft = await importer.run(_export(body, request))
    return ImportedWorkflow.of(draft, workflows.library.get(draft.name))


@router.post("/preview", openapi_extra=FORM)
async def preview_import(body: WorkflowImport, request: Request, importer: given.Importer) -> ImportPreview:
    """What this import would be: what was found and why, what stays open, and how the graph looks. Nothing is written,
    and the name may be taken."""
    return ImportPreview.of(await importer.preview(_export(body, request)))


@router.post("/test", status_code=HTTPStatus.ACCEPTED, openapi_extra=FORM)
async def test_import(
    body: WorkflowImport,
    request: Request,
    importer: given.Importer,
    generations: given.Generations,
    fitness: given.Fitness,
    asker: Asker,
) -> TrialOut:
    """Queues one picture with the export's own values, without keeping the workflow; one that starts from a picture is
    refused."""
    preview = await importer.preview(_export(body, request))
    workflow = preview.workflow
    if workflow.needs_image:
        raise InvalidRequest(_NO_PICTURE, code="invalid_parameters", problems=[Problem("graph", _NO_PICTURE)])
    _check_somebody_can(workflow, fitness)
    defaults = {name: each.default for name, each in workflow.parameters.items() if each.default is not None}
    prompt = {} if "prompt" in defaults or "prompt" not in workflow.parameters else {"prompt": _ANYTHING}
    wanted = GenerationRequest(session_id=None, workflow=workflow.name, values=prompt, owner=asker.owner)
    submission = await generations.submit(wanted, accepted=workflow)
    return TrialOut(batch_id=str(submission.batch.id), generation_id=str(submission.generations[0].id))


_ANYTHING = "a lighthouse on a cliff at dusk"
"""The prompt of a test where the export has none of its own."""


_NO_PICTURE = "it starts from a picture, and a test has none: keep it, then draw with it from a picture of your own"


def _check_somebody_can(workflow: Workflow, fitness: FleetFitness) -> None:
    fits = fitness.of_workflow(workflow)
    if any(fit.able for fit in fits):
        return
    reasons = fits[0].unable if fits else {}
    why = "; ".join(f"{node_id}: {reason.sentence}" for node_id, reason in reasons.items())
    raise NoCapableNode(f"no machine can draw it now{f' ({why})' if why else ''}", reasons)


def _export(body: WorkflowImport, request: Request) -> Export:
    file = file_of(request)
    content, name = file if file is not None else (_json(body.graph), "")
    return Export(name=body.name, content=content, file=name, family=body.family, bindings=body.bindings)


def _json(graph: dict[str, Any]) -> bytes:
    try:
        return (json.dumps(graph, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()
    except (ValueError, RecursionError) as error:  # NaN, half of a surrogate pair, thousands of levels
        message = f"the graph cannot be written as JSON: {error}"
        raise InvalidRequest(message, code="invalid_workflow", problems=[Problem("graph", message)]) from error
