"""Where a number, a name or a switch of an input is set: in it, or upstream in graph nodes that only hold a value."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from vibes.domain.pictures.graph import Link, link_of
from vibes.workflows.graphs.walk import Place, Setting
from vibes.workflows.meaning.switches import branches
from vibes.workflows.meaning.wiring import Wiring
from vibes.workflows.meaning.words import names_heavy, names_pipe, says, words_of

NUMBERS = (int, float)

_HOLDERS = frozenset(
    {
        "value",
        "val",
        "int",
        "integer",
        "float",
        "number",
        "num",
        "seed",
        "noise",
        "string",
        "text",
        "prompt",
        "constant",
        "default",
    }
)
"""Words for the input of a graph node that only holds a value, of ComfyUI and of custom packs."""
_COMPUTES = re.compile(
    r"math|calc|expression|operation|eval|replace|regex|split|substring|compare|dice|random(?!noise|.*seed)|concat|join"
    r"|format|script|python|lambda|range|remap|clamp|round|index(?!.*switch)|length|count|formula|arithmetic|multipl"
    r"|divi[ds]|subtract|modulo",
    re.IGNORECASE,
)
_COMPUTING_WORDS = frozenset({"add", "sum", "minus", "plus", "half", "double", "power", "increment", "decrement"})
_FORMULAS = frozenset({"formula", "expression", "equation", "operation", "operator", "op", "code", "script"})
_LIMITS = frozenset({"min", "max", "minimum", "maximum", "step", "precision", "decimals", "digits"})
"""Words for numbers that go with a value and change it little."""
_PRESETS = frozenset({"aspect", "ratio", "preset", "resolution", "resolutions", "dimensions", "orientation"})
_OWN_SIZE = re.compile(r"custom|manual|none|^$", re.IGNORECASE)
_SEED_WORDS = frozenset({"seed"})
_SIDES = frozenset({"width", "height"})
_FARTHEST = 40
"""Most graph nodes that a sampler's settings are looked for in; real ones stand within ten."""
_AXES = "XY"
"""Of a slider in two directions, by its outputs."""


def find_value(wiring: Wiring, place: Place, *kinds: type) -> Setting | None:
    """The constant behind an input, and the place that holds it.

    None when the graph computes it, when it cannot be told which of several it is, or when its type is none of
    ``kinds`` (a bool is no number here). For a number a text counts too, which can only be another tool's placeholder
    or a number in quotation marks.
    """
    wanted = place.input
    seen: set[Place] = set()
    current: Place | None = place
    while current is not None and current not in seen:
        seen.add(current)
        value = wiring.inputs(current.graph_node_id).get(current.input)
        link = link_of(value)
        if link is None:
            return _setting(wiring, current, value, kinds)
        current = _in_bundle(wiring, link, wanted) or _holder(wiring, link, wanted, kinds)
    return None


def _in_bundle(wiring: Wiring, link: Link, wanted: str) -> Place | None:
    """Where graph nodes that hand on a bundle of links got this one from."""
    names = (wanted, "seed") if says(wanted, _SEED_WORDS) else (wanted,)
    graph_node_id: str | None = link.graph_node_id
    seen: set[str] = set()
    while graph_node_id is not None and graph_node_id not in seen:
        inputs = wiring.inputs(graph_node_id)
        bundles = [each.graph_node_id for name, each in wiring.links(graph_node_id) if names_pipe(name)]
        found = next((name for name in names if name in inputs), None)
        if found is not None and (seen or len(bundles) == 1):
            return Place(graph_node_id, found)
        seen.add(graph_node_id)
        graph_node_id = bundles[0] if len(bundles) == 1 else None
    return None


def along(wiring: Wiring, graph_node_id: str, lines: Collection[str]) -> Iterator[str]:
    """The graph node, and those before it on links of these names and on bundles of links, the nearest first."""
    queue = [graph_node_id]
    seen = {graph_node_id}
    for each in queue:  # breadth first: the list grows while it is read
        yield each
        for name, link in wiring.links(each):
            is_new = link.graph_node_id not in seen and len(queue) < _FARTHEST
            if is_new and (name in lines or names_pipe(name)):
                seen.add(link.graph_node_id)
                queue.append(link.graph_node_id)


def value_along(
    wiring: Wiring, graph_node_id: str, names: Sequence[str], lines: Collection[str], *kinds: type
) -> Setting | None:
    """The first of the inputs that is set on the graph node or, along the lines, on one before it."""
    for each in along(wiring, graph_node_id, lines):
        for name in names:
            if name in wiring.inputs(each) and (found := find_value(wiring, Place(each, name), *kinds)):
                return found
    return None


def _setting(wiring: Wiring, place: Place, value: object, kinds: tuple[type, ...]) -> Setting | None:
    if type(value) in kinds:
        return Setting(place, value)  # type: ignore[arg-type]  # one of the kinds of a parameter's value
    numeric = not {int, float}.isdisjoint(kinds) and str not in kinds
    if numeric and isinstance(value, str) and value.strip() and wiring.type_into(place) not in {"STRING", "COMBO"}:
        return Setting(place, value)
    return None


def _holder(wiring: Wiring, link: Link, wanted: str, kinds: tuple[type, ...]) -> Place | None:
    """The input of the linked graph node that holds the value or leads to it."""
    graph_node_id = link.graph_node_id
    inputs = wiring.inputs(graph_node_id)
    slider = _slider(inputs, link.slot)
    if slider is not None:
        return Place(graph_node_id, slider)
    several = branches(wiring, graph_node_id)
    if several is not None:
        return several[0] if len(several) == 1 else None
    light = [name for name, _ in wiring.links(graph_node_id) if not names_heavy(name)]
    if _computes(wiring, graph_node_id):
        return None
    holders = [name for name in inputs if says(name, _HOLDERS) and name not in light]
    if _is_preset(inputs, wanted):
        return None
    named = [wanted] if wanted in inputs else _named_like(inputs, wanted, kinds)
    if len(named) == 1:
        return Place(graph_node_id, named[0])
    if wiring.type_of(link) == "SAMPLER":  # a class of its own for each: what else it holds is no name
        return None
    if light:  # what is kept beside a link is what was shown last, or what it is reckoned with
        passes = len(light) == 1 and not any(_takes_part(name, value) for name, value in inputs.items())
        return Place(graph_node_id, light[0]) if passes else None
    return _one_of(graph_node_id, inputs, holders, kinds)


def _computes(wiring: Wiring, graph_node_id: str) -> bool:
    """Whether another number comes out than goes in: by its name, or a formula."""
    name = wiring.class_name(graph_node_id)
    formulas = any(says(each, _FORMULAS) for each in wiring.inputs(graph_node_id))
    return formulas or says(name, _COMPUTING_WORDS) or _COMPUTES.search(name) is not None


def _takes_part(name: str, value: object) -> bool:
    """Whether a number beside a linked one changes what comes out, such as a factor."""
    return type(value) in NUMBERS and not says(name, _LIMITS) and not says(name, _HOLDERS)


def _named_like(inputs: Mapping[str, object], wanted: str, kinds: tuple[type, ...]) -> list[str]:
    """``steps_total`` for ``steps``."""
    words = set(words_of(wanted))
    return [name for name, value in inputs.items() if type(value) in kinds and words <= set(words_of(name))]


def _slider(inputs: object, slot: int) -> str | None:
    """Sliders keep a whole number (``Xi``) and another (``Xf``), and say by ``isfloatX`` which one they give."""
    if not isinstance(inputs, dict) or "Xi" not in inputs or "Xf" not in inputs:
        return None
    axis = _AXES[1] if slot == 1 and "Yi" in inputs else _AXES[0]
    is_float = inputs.get(f"isfloat{axis}")
    return f"{axis}f" if isinstance(is_float, int | float) and is_float > 0 else f"{axis}i"


def _is_preset(inputs: object, wanted: str) -> bool:
    """Whether a list decides on the size, so that the numbers beside it are not used."""
    if not isinstance(inputs, dict) or _SIDES.isdisjoint(words_of(wanted)):
        return False
    listed = [value for name, value in inputs.items() if says(name, _PRESETS) and isinstance(value, str)]
    return any(not _OWN_SIZE.search(value) for value in listed)


def _one_of(
    graph_node_id: str, inputs: Mapping[str, object], holders: Sequence[str], kinds: tuple[type, ...]
) -> Place | None:
    fitting = [name for name in holders if type(inputs[name]) in kinds] or [
        name for name in holders if isinstance(inputs[name], str) and str not in kinds
    ]
    return Place(graph_node_id, fitting[0]) if fitting else None
