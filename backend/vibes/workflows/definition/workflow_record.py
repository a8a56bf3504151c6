"""A workflow as one JSON text with a hash, which queued generations keep when the workflow's files change or go."""

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
    """Everything of the workflow that affects a picture; descriptions and the place of its file are left out.

    Equal workflows give equal versions in every process. Fields at their default are not written, so that a release
    that adds a field does not change the hashes of older versions.
    """
    parameters = {
        name: replace(parameter, description="", advanced=False) for name, parameter in workflow.parameters.items()
    }
    bare = replace(workflow, description="", file="", parameters=parameters)
    document = json.dumps(_plain(bare), ensure_ascii=True, separators=(",", ":"))
    return WorkflowVersion(WorkflowVersionId(sha256(document.encode()).hexdigest()), document)


def workflow_of(version: WorkflowVersion) -> Workflow:
    """The workflow of a version. Raises InvalidRequest, ``unreadable_workflow``, when this release cannot read it."""
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
    """JSON data; sets are sorted, since their order differs between processes."""
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
