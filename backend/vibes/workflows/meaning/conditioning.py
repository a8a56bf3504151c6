"""Follows a sampler's conditioning through whatever passes it on, up to the encoders and the texts behind them."""

from collections.abc import Iterator
from dataclasses import dataclass

from vibes.domain.pictures.graph import Link, link_of
from vibes.workflows.graphs.text_inputs import TEXT_INPUTS
from vibes.workflows.graphs.walk import Place
from vibes.workflows.meaning.switches import branches
from vibes.workflows.meaning.texts import Text, text_inputs, texts_behind
from vibes.workflows.meaning.wiring import CONDITIONING, Wiring
from vibes.workflows.meaning.words import (
    NEGATIVE,
    PROMPT,
    names_conditioning,
    names_embeds,
    names_heavy,
    names_pipe,
    side_of,
    words_of,
)

_PAIR = (0, 1)
"""The slots of positive and negative in a class that nobody knows but that gives just these two."""


@dataclass(frozen=True, slots=True)
class Told:
    """The texts of one input of an encoder; without texts, something computes them."""

    encoder: Place
    texts: tuple[Text, ...]


Walked = set[tuple[Link, str]]


def prompts_of(wiring: Wiring, sampler: str, role: str, walked: Walked) -> list[Told]:
    """What a sampler or a service gets as its prompt or negative prompt, in the order of its links.

    ``walked``: where samplers before it have been led; what is there was told already.
    """
    starts = _starts(wiring, sampler, role)
    if starts:
        return list(_walk(wiring, starts, role, walked))
    own = text_inputs(wiring, sampler, role)
    asked = [name for name in own if side_of(name) is not None] or [name for name in own if name in TEXT_INPUTS] or own
    if role == NEGATIVE and not any(side_of(name) == NEGATIVE for name in asked):
        return []
    return [_told(wiring, Place(sampler, name), role) for name in asked]


def _starts(wiring: Wiring, sampler: str, role: str) -> list[Link]:
    guider = link_of(wiring.inputs(sampler).get("guider"))
    graph_node_id = guider.graph_node_id if guider else sampler
    links = [
        (name, link) for name, link in wiring.links(graph_node_id) if _is_conditioning(wiring, graph_node_id, name)
    ]
    if role == NEGATIVE:
        chosen = [link for name, link in links if side_of(name) == NEGATIVE]
        chosen = chosen or [link for name, link in links if names_embeds(name) and _has_negative(wiring, link)]
    else:
        chosen = [link for name, link in links if (side_of(name) or _side(wiring, link, PROMPT)) == PROMPT]
    return chosen or [link for name, link in wiring.links(graph_node_id) if names_pipe(name)]


def _has_negative(wiring: Wiring, link: Link) -> bool:
    return any(side_of(name) == NEGATIVE for name in wiring.inputs(link.graph_node_id))


def _is_conditioning(wiring: Wiring, graph_node_id: str, name: str) -> bool:
    kind = wiring.type_into(Place(graph_node_id, name))
    return names_conditioning(name) if kind is None else kind == CONDITIONING and "empty" not in name.lower()


def _walk(wiring: Wiring, starts: list[Link], role: str, seen: Walked) -> Iterator[Told]:
    """What adds words to a conditioning comes after the text of that."""
    stack = [(link, role) for link in reversed(starts)]
    added: list[Told] = []
    while stack:
        link, wanted = stack.pop()
        if (link, wanted) in seen or _erases(wiring, link):
            continue
        seen.add((link, wanted))
        side = _side(wiring, link, wanted)
        texts = _texts_of(wiring, link, side)
        if texts and not _adds(wiring, link.graph_node_id):
            yield from texts
        else:
            added += texts
            stack += [(each, side) for each in reversed(_before(wiring, link, side))]
    yield from reversed(added)


def _adds(wiring: Wiring, graph_node_id: str) -> bool:
    """Whether it takes a conditioning beside its own text, as a box with words for it does."""
    known = wiring.known(graph_node_id)
    declared = (known.input_named(name) for name, _ in wiring.links(graph_node_id)) if known else ()
    return any(each is not None and each.type == CONDITIONING for each in declared)


def _erases(wiring: Wiring, link: Link) -> bool:
    return "zeroout" in wiring.class_name(link.graph_node_id).lower().replace("_", "").replace(" ", "")


def _side(wiring: Wiring, link: Link, role: str) -> str:
    """Which of two sides comes out of an output; the one that is looked for where that cannot be told."""
    graph_node_id = link.graph_node_id
    sides = {side_of(name) for name in wiring.inputs(graph_node_id)}
    if not {PROMPT, NEGATIVE} <= sides:
        return role
    named = side_of(wiring.output_name(link))
    if named is not None:
        return named
    known = wiring.known(graph_node_id)
    slots = [slot for slot, each in enumerate(known.outputs) if each.type == CONDITIONING] if known else []
    if len(slots) == len(_PAIR):
        return (PROMPT, NEGATIVE)[slots.index(link.slot)] if link.slot in slots else role
    if known is None and wiring.used_slots.get(graph_node_id) == _PAIR:
        return (PROMPT, NEGATIVE)[link.slot]
    return role


def _texts_of(wiring: Wiring, link: Link, role: str) -> list[Told]:
    """The texts that a graph node encodes, or that it gives; empty for one that has none of its own."""
    graph_node_id = link.graph_node_id
    if branches(wiring, graph_node_id) is not None:
        return []
    names = text_inputs(wiring, graph_node_id, role)
    if not wiring.gives_text(link):
        sided = [name for name in names if side_of(name) is not None]
        passes = bool(_lines(wiring, graph_node_id, role))
        names = sided or [name for name in names if name in TEXT_INPUTS] or ([] if passes else names)
    told = [_told(wiring, Place(graph_node_id, name), role) for name in names]
    if any(each.texts and any(str(text.setting.value).strip() for text in each.texts) for each in told):
        return [each for each in told if any(str(text.setting.value).strip() for text in each.texts)]
    return told


def _told(wiring: Wiring, place: Place, role: str) -> Told:
    inputs = wiring.inputs(place.graph_node_id)
    if place.input == "wildcard_text" and inputs.get("mode") in ("fixed", "reproduce", False):
        place = Place(place.graph_node_id, "populated_text") if "populated_text" in inputs else place
    return Told(place, tuple(texts_behind(wiring, place, role)))


def _before(wiring: Wiring, link: Link, role: str) -> list[Link]:
    """The links that a conditioning comes from."""
    graph_node_id = link.graph_node_id
    switched = branches(wiring, graph_node_id)
    if switched is not None:
        places = switched
    else:
        places = [Place(graph_node_id, name) for name in _lines(wiring, graph_node_id, role)]
    found = (link_of(wiring.inputs(each.graph_node_id)[each.input]) for each in places)
    return [each for each in found if each is not None]


def _lines(wiring: Wiring, graph_node_id: str, role: str) -> list[str]:
    linked = [name for name, _ in wiring.links(graph_node_id)]
    lines = [name for name in linked if _is_conditioning(wiring, graph_node_id, name)]
    same = [name for name in lines if side_of(name) == role]
    unsided = [name for name in lines if side_of(name) is None]
    pipes = [name for name in linked if names_pipe(name)]
    if same or unsided or pipes:
        return same or unsided or pipes
    light = [name for name in linked if not names_heavy(name)]
    if len(linked) == 1 and wiring.known(graph_node_id) is None:
        light = [name for name in linked if len(words_of(name)) > 1] or light  # clip_regions, not clip
    return light if len(light) == 1 and not lines else []
