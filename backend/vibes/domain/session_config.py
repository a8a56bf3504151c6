"""The config that a flow stores with its session: partial changes and its size limit."""

import json
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 512 * 1024
"""Bytes of JSON: enough for a prompt and a negative prompt of 128 KiB each and a flow's other values."""

MAX_DEPTH = 20


def check_storable(config: Mapping[str, Any]) -> None:
    """Raises ValueError, saying what is wrong, unless the config reads back from JSON as it is."""
    if _depth(config) > MAX_DEPTH:
        raise ValueError(f"must not be nested deeper than {MAX_DEPTH} levels")
    try:
        size = len(json.dumps(config, allow_nan=False, ensure_ascii=False).encode("utf-8"))
    except (ValueError, UnicodeEncodeError) as error:
        raise ValueError("must hold Unicode text and finite numbers only") from error
    if size > MAX_BYTES:
        raise ValueError(f"must not be larger than {MAX_BYTES:,} bytes")


def merged(config: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``config`` after a JSON Merge Patch (RFC 7396): null removes, objects are merged member by member, other values
    replace."""
    result = dict(config)
    for name, change in changes.items():
        if change is None:
            result.pop(name, None)
        elif isinstance(change, Mapping):
            before = result.get(name)
            result[name] = merged(before if isinstance(before, Mapping) else {}, change)
        else:
            result[name] = change
    return result


def _depth(value: Any) -> int:
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return 1 + max(map(_depth, inner), default=0)
