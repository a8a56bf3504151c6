"""Decodes the hub's JSON into the client's values; fields that a newer hub added are ignored."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from vibes.client.http.errors import NotUnderstood

T = TypeVar("T")


_adapters: dict[Any, TypeAdapter[Any]] = {}


def decode(kind: type[T], value: Any) -> T:
    """Raises NotUnderstood when a field that this client needs is missing."""
    adapter: TypeAdapter[T] | None = _adapters.get(kind)
    if adapter is None:
        adapter = _adapters[kind] = TypeAdapter(kind)
    try:
        return adapter.validate_python(value)
    except ValidationError as error:
        [first, *_] = error.errors(include_url=False, include_input=False)
        place = ".".join(map(str, first["loc"]))
        raise NotUnderstood(
            f"the hub's {kind.__name__} is not one that this client knows ({place}: {first['msg']}); "
            "are both of the same version?"
        ) from error
