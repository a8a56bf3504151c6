"""The OpenAPI document, extended by the messages of the live streams, which no route answers."""

from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter

from vibes.api.schemas.messages import JobMessage, LiveMessage

_STREAMS: dict[str, TypeAdapter[Any]] = {"LiveMessage": TypeAdapter(LiveMessage), "JobMessage": TypeAdapter(JobMessage)}


class DescribedApp(FastAPI):
    """Its document has a schema for each stream, with all schemas that they refer to."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            described = super().openapi()["components"]["schemas"]
            for name, schema in _message_schemas().items():
                described.setdefault(name, schema)
        return super().openapi()


def _message_schemas() -> dict[str, Any]:
    """A model that a route answers too has the same schema there, since both come from the same model."""
    of_streams, shared = TypeAdapter.json_schemas(
        [(name, "serialization", adapter) for name, adapter in _STREAMS.items()],
        ref_template="#/components/schemas/{model}",
    )
    streams = {str(name): schema for (name, _), schema in of_streams.items()}
    return {**shared["$defs"], **streams}
