"""A workflow as one JSON text with a hash: what a queued generation keeps, whatever becomes of the files."""

import json
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass, replace
from functools import cache
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter, ValidationError

from vibes.domain.errors import InvalidRequest
from vibes.domain.ids import WorkflowVersionId
from vibes.domain.workflow_version import WorkflowVersion
from vibes.workflows.definition.manifest import Workflow


def version_of(workflow: Workflow) -> WorkflowVersion:
    """All of the workflow that decides a picture: what only people see and its file's place are left out.

    Equal workflows give equal versions, in every process. Fields at their default are not written, so that a
    release that adds one gives the versions of before no other hash.
    """
    parameters = {
        name: replace(parameter, description="", advanced=False) for name, parameter in workflow.parameters.items()
    }
    bare = replace(workflow, description="", file="", parameters=parameters)
    document = json.dumps(_plain(bare), ensure_ascii=True, separators=(",", ":"))
    return WorkflowVersion(WorkflowVersionId(sha256(document.encode()).hexdigest()), document)


def workflow_of(version: WorkflowVersion) -> Workflow:
    """The workflow again. Raises InvalidRequest, ``unreadable_workflow``, when this release cannot read it."""
    try:
        return _adapter().validate_python(json.loads(version.document))
    except ValidationError as error:
        raise InvalidRequest(
            f"the workflow was kept by another release and cannot be read ({error.error_count()} problems); "
            "ask for the picture anew",
            code="unreadable_workflow",
        ) from error


@cache
def _adapter() -> TypeAdapter[Workflow]:
    return TypeAdapter(Workflow)


def _plain(value: object) -> Any:
    """JSON data; sets are sorted, because their order differs from process to process."""
    if is_dataclass(value):
        given = ((field, getattr(value, field.name)) for field in fields(value))
        return {
            field.name: _plain(item)
            for field, item in given
            if item != (field.default_factory() if field.default_factory is not MISSING else field.default)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(item) for item in value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
