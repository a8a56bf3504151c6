"""The OpenAPI document, extended by what no route declares as its answer (the messages of the live streams, errors)
and by what the values of an enum have in common."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from vibes.api.http.problems import ProblemDetail
from vibes.api.schemas.job_messages import JobMessage
from vibes.api.schemas.live_messages import LiveMessage
from vibes.domain.events import QueuedCause
from vibes.domain.generation import GenerationStatus
from vibes.domain.job import JobStatus
from vibes.domain.nodes.node import NodeState

_STREAMS: dict[str, TypeAdapter[Any]] = {"LiveMessage": TypeAdapter(LiveMessage), "JobMessage": TypeAdapter(JobMessage)}


_FACTS: dict[str, dict[str, list[str]]] = {
    "GenerationStatus": {"x-terminal": [each.value for each in GenerationStatus if each.terminal]},
    "JobStatus": {"x-terminal": [each.value for each in JobStatus if each.terminal]},
    "NodeState": {"x-takes-work": [each.value for each in NodeState if each.takes_work]},
    "QueuedCause": {"x-reopens": [each.value for each in QueuedCause if each.reopens]},
}
"""By the name of an enum: which of its values have a property, for clients that would have to list them otherwise."""


class DescribedApp(FastAPI):
    """Its document has a schema for each stream and for errors, with all schemas that they refer to."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            described = super().openapi()["components"]["schemas"]
            for name, schema in {**_error_schemas(), **_message_schemas()}.items():
                described.setdefault(name, schema)
            for name, facts in _FACTS.items():
                described[name].update(facts)
        return super().openapi()


def _error_schemas() -> dict[str, Any]:
    """As one route that answers with an error by its model would have it."""
    route = APIRoute("/", lambda: None, responses={500: {"model": ProblemDetail}})
    schemas: dict[str, Any] = get_openapi(title="", version="", routes=[route])["components"]["schemas"]
    return schemas


def _message_schemas() -> dict[str, Any]:
    """A model that a route answers too has the same schema there, since both come from the same model."""
    of_streams, shared = TypeAdapter.json_schemas(
        [(name, "serialization", adapter) for name, adapter in _STREAMS.items()],
        ref_template="#/components/schemas/{model}",
    )
    streams = {str(name): schema for (name, _), schema in of_streams.items()}
    return {**shared["$defs"], **streams}
