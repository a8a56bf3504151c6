"""The hub's JSON as the client's values. A field that a newer hub added is passed over."""

from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from vibes.client.http.errors import NotUnderstood

T = TypeVar("T")


_adapters: dict[Any, TypeAdapter[Any]] = {}


def decode(kind: type[T], value: Any) -> T:
    """Raises NotUnderstood when the value lacks something that this client relies on."""
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
