"""What an input of a subgraph brings where the graph node that stands for it holds nothing: its first field's value.

ComfyUI's editor (1.27 and 1.58 alike) shows one field outside for all that the input feeds, and copies it from the
first of them; so the others get that value too, whatever they hold themselves, also those that have no field.
"""

from collections.abc import Iterator
from typing import Any

from vibes.workflows.meaning.schema import Schema
from vibes.workflows.uiformat.document import SUBGRAPH_INPUTS, UiLink, UiNode
from vibes.workflows.uiformat.field_values import field_values
from vibes.workflows.uiformat.held import Held
from vibes.workflows.uiformat.scopes import Scope


def add_shared_fields(root: Scope, held: Held, schema: Schema) -> None:
    """Add to ``held`` what the inputs bring that feed several others and have no value yet."""
    shown: dict[tuple[tuple[str, ...], int], Any] = {}
    for scope in reversed([*root.all()]):  # what is inside first
        own = held.get(scope.path, {})
        fed = _fed(scope)
        for slot, links in fed.items():
            name = scope.graph.inputs[slot].name
            value = own[name] if name in own else next(_values(scope, links, held, shown, schema), None)
            if value is not None:
                shown[scope.path, slot] = value
                if len(links) > 1:
                    own.setdefault(name, value)


def _fed(scope: Scope) -> dict[int, list[UiLink]]:
    """The links from each input of the subgraph, in its own order."""
    fed: dict[int, list[UiLink]] = {}
    for link in scope.graph.links.values():
        if link.origin == SUBGRAPH_INPUTS and 0 <= link.origin_slot < len(scope.graph.inputs):
            fed.setdefault(link.origin_slot, []).append(link)
    for slot, links in fed.items():
        places = {link_id: place for place, link_id in enumerate(scope.graph.inputs[slot].links)}
        links.sort(key=lambda each: places.get(each.id, len(places)))
    return fed


def _values(
    scope: Scope, links: list[UiLink], held: Held, shown: dict[tuple[tuple[str, ...], int], Any], schema: Schema
) -> Iterator[Any]:
    """What the fields hold that the links feed."""
    for link in links:
        node = scope.graph.nodes.get(link.target)
        told = node.input_at(link.target_slot) if node else None
        if node is None or told is None or told.widget is None:
            continue
        inner = scope.inside.get(node.id)
        if inner is not None:
            slot = next((slot for slot, each in enumerate(inner.graph.inputs) if each.name == told.name), -1)
            value = shown.get((inner.path, slot))
        else:
            value = _value_of(scope, node, told.widget, held, schema)
        if value is not None:
            yield value


def _value_of(scope: Scope, node: UiNode, name: str, held: Held, schema: Schema) -> Any:
    shown = held.get((*scope.path, node.id), {})
    return shown[name] if name in shown else field_values(node, schema.get(node.class_type)).values.get(name)
