"""Values inside inputs that hold objects: ``lora_1.strength`` of ``{"lora_1": {"on": true, "strength": 0.7}}``."""

from typing import Any, NamedTuple


class Inside(NamedTuple):
    """Where a value stands: in an object by its name, or in a list by its index."""

    container: Any
    key: str | int

    @property
    def value(self) -> Any:
        return self.container[self.key]


def inside(inputs: Any, name: str) -> Inside | None:
    """An input of that very name comes first; else the parts between dots lead into it. None where nothing is there."""
    if name in inputs:
        return Inside(inputs, name)
    first, *rest = name.split(".")
    if first not in inputs or not rest:
        return None
    found = Inside(inputs, first)
    for part in rest:
        container = found.value
        if isinstance(container, dict) and part in container:
            found = Inside(container, part)
        elif isinstance(container, list) and part.isascii() and part.isdigit() and int(part[:6]) < len(container):
            found = Inside(container, int(part[:6]))
        else:
            return None
    return found
