"""What a flow keeps with its session: how it is changed in part, and how large it may get."""

import json
from collections.abc import Mapping
from typing import Any

MAX_BYTES = 512 * 1024
"""As JSON: room for a prompt and a negative prompt of 128 KiB each beside what else a flow keeps."""

MAX_DEPTH = 20


def check_storable(config: Mapping[str, Any]) -> None:
    """Anything that can be written down and read again as it was. Raises ValueError with what is wrong."""
    if _depth(config) > MAX_DEPTH:
        raise ValueError(f"must not be nested deeper than {MAX_DEPTH} levels")
    try:
        size = len(json.dumps(config, allow_nan=False, ensure_ascii=False).encode("utf-8"))
    except (ValueError, UnicodeEncodeError) as error:
        raise ValueError("must hold Unicode text and finite numbers only") from error
    if size > MAX_BYTES:
        raise ValueError(f"must not be larger than {MAX_BYTES:,} bytes")


def merged(config: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``config`` after a JSON Merge Patch (RFC 7396): null removes, an object goes in member by member, all else
    replaces."""
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
