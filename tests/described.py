"""Whether what the hub tells is what its OpenAPI document says."""

from typing import Any

from pydantic import TypeAdapter


def assert_described(message: dict[str, Any], promised: TypeAdapter[Any]) -> None:
    """It has all fields of its type, each of the right kind, and no other one."""
    read = promised.validate_python(message)
    assert promised.dump_python(read, mode="json") == message
