"""Follows a text through what joins, styles, switches and shows it, up to the parts that a person writes."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from vibes.domain.pictures.graph import Link, link_of
from vibes.workflows.graphs.text_inputs import TEXT_INPUTS
from vibes.workflows.graphs.walk import Place, Setting
from vibes.workflows.meaning.switches import branches
from vibes.workflows.meaning.titles import says_manner, says_subject
from vibes.workflows.meaning.wiring import IMAGE, TEXT, Wiring
from vibes.workflows.meaning.words import (
    NEGATIVE,
    PROMPT,
    names_heavy,
    names_no_text,
    names_text,
    says,
    side_of,
)

_SHOWS = re.compile(r"show|display|preview|debug|print|inspect|\blog|view", re.IGNORECASE)
_JOINS = re.compile(r"concat|join|combin|merge|append|mix", re.IGNORECASE)
_PICTURES = frozenset({"image", "images", "picture", "pictures", "photo", "pixels", "frames", "video"})
_THINKS = frozenset({"temperature", "tokens", "llm", "ollama"})
"""Words for inputs of a language model."""
_TEXT_ALONE = frozenset({"text", "string", "t5xxl", "clip_l", "clip_g", "text_l", "text_g"})
"""Inputs that take nothing but texts, whatever class they are of."""
_WILDCARD, _POPULATED = "wildcard_text", "populated_text"
_FIXED = ("fixed", "reproduce", False)
"""Modes in which a wildcard processor repeats what it made last."""
_DECLARED = ("default", "default_value")
"""The input of a graph node that declares a parameter, as packs of services and of Krita have them."""
_MOST_PARTS = 40
_PLACES = re.compile(r"[%{$<\[](\w+)[%}>\]]*")
"""Words in a text that linked inputs of these names may take the places of."""


@dataclass(frozen=True, slots=True)
class Text:
    """A constant text that reaches an encoder."""

    setting: Setting
    joined: str | None = None
    """The graph node that joins it with other texts; None where it stands alone."""
    is_added: bool = False
    """Whether it stands in such a graph node itself, beside the link to what it is added to."""

    @property
    def is_asked_for(self) -> bool:
        """Whether the graph node only declares what is asked of a person, also where nothing is given beforehand."""
        return self.setting.place.input in _DECLARED


def texts_behind(wiring: Wiring, place: Place, role: str) -> list[Text]:
    """The texts that an input is made of, in their order; empty ones only where all are."""
    found = list(_walk(wiring, place, role))
    told = [text for text in found if str(text.setting.value).strip() or text.is_asked_for]
    return told or found[:1]


def text_inputs(wiring: Wiring, graph_node_id: str, role: str) -> list[str]:
    """The inputs that may hold what a person writes for this role, the most descriptive first."""
    names = [name for name in wiring.inputs(graph_node_id) if _is_text(wiring, Place(graph_node_id, name))]
    against = [name for name in names if side_of(name) == NEGATIVE]
    if role == NEGATIVE:
        chosen = against or [name for name in names if side_of(name) is None]
    else:
        chosen = sorted((name for name in names if name not in against), key=lambda name: side_of(name) != PROMPT)
    known = [name for name in TEXT_INPUTS if name in chosen]
    sided = [name for name in chosen if side_of(name) is not None]
    return list(dict.fromkeys([*sided, *known, *chosen]))


def _is_text(wiring: Wiring, place: Place) -> bool:
    value = wiring.inputs(place.graph_node_id)[place.input]
    link = link_of(value)
    if link is None and not isinstance(value, str):
        return False
    kind = wiring.type_into(place)
    if kind is not None and kind not in {TEXT, "*"}:
        return False
    if not names_text(place.input):
        return False
    if link is None or place.input not in _TEXT_ALONE or kind is not None:
        return link is None or wiring.gives_text(link)
    return wiring.type_of(link) in {TEXT, None}


def describes_picture(wiring: Wiring, graph_node_id: str) -> bool:
    """Whether a text that comes out tells what a picture shows: what stands in it only says how."""
    return any(wiring.type_of(each) == IMAGE or says(name, _PICTURES) for name, each in wiring.links(graph_node_id))


def _walk(wiring: Wiring, place: Place, role: str) -> Iterator[Text]:
    stack: list[tuple[Place, str | None]] = [(place, None)]
    seen: set[Place] = set()
    followed: set[Link] = set()
    told = 0
    while stack and told < _MOST_PARTS:
        current, joined = stack.pop()
        if current in seen:
            continue
        seen.add(current)
        value = wiring.inputs(current.graph_node_id)[current.input]
        link = link_of(value)
        if isinstance(value, str):
            told += 1
            names = text_inputs(wiring, current.graph_node_id, role)
            beside = [each for each in names if link_of(wiring.inputs(current.graph_node_id)[each])]
            yield Text(Setting(current, value), joined, bool(beside))
        elif link is not None and link not in followed:
            followed.add(link)
            before, is_join = _carriers(wiring, link, role)
            stack += [(each, joined or (link.graph_node_id if is_join else None)) for each in reversed(before)]


def _carriers(wiring: Wiring, link: Link, role: str) -> tuple[list[Place], bool]:
    """The inputs that a text comes from, and whether they are joined."""
    graph_node_id = link.graph_node_id
    several = branches(wiring, graph_node_id)
    if several is not None:
        return several, False
    inputs = wiring.inputs(graph_node_id)
    if _WILDCARD in inputs and _POPULATED in inputs:
        return [Place(graph_node_id, _POPULATED if inputs.get("mode") in _FIXED else _WILDCARD)], False
    if describes_picture(wiring, graph_node_id):
        return [], False
    side = side_of(wiring.output_name(link)) or role
    names = text_inputs(wiring, graph_node_id, side)
    linked = [name for name, _ in wiring.links(graph_node_id) if not names_heavy(name)]
    asked = [name for name in names if name in linked]
    if linked and _SHOWS.search(wiring.class_name(graph_node_id)):
        names = asked or linked[:1]
    elif any(_is_template(str(inputs[name]), {*linked}) for name in names if link_of(inputs[name]) is None):
        names = linked
    elif asked and any(says(name, _THINKS) for name in inputs):
        names = asked  # beside them it is told what to do with them
    elif not names:
        names = _of_odd_names(wiring, graph_node_id, linked)
    places = [Place(graph_node_id, name) for name in names]
    written = [each.input for each in places if inputs[each.input] != ""]
    return places, len({*written, *(name for name in linked if names_text(name))}) > 1


def _of_odd_names(wiring: Wiring, graph_node_id: str, linked: Sequence[str]) -> list[str]:
    """Inputs whose names say nothing: the only one that is linked, or those of a graph node that joins texts."""
    texts = {name for name, link in wiring.links(graph_node_id) if name in linked and wiring.gives_text(link)}
    if _JOINS.search(wiring.class_name(graph_node_id)):
        inputs = wiring.inputs(graph_node_id)
        fitting = (name for name, value in inputs.items() if name in texts or isinstance(value, str))
        return [name for name in fitting if not names_no_text(name)]
    return [*linked] if len(linked) == 1 or len(texts) == len(linked) else []


def _is_template(text: str, linked: Collection[str]) -> bool:
    return any(match[1] in linked for match in _PLACES.finditer(text))


_GIVEN = re.compile(r"\{\{\s*\w+\s*\}\}")
"""A placeholder of this hub, which says itself what it is."""
_INSTRUCTS = re.compile(
    r"\byour task\b|\byou are an?\b|return only|respond with|output only|rewrite the", re.IGNORECASE
)
"""What is said to a language model, and not what a picture shows."""
_QUALITY = re.compile(r"masterpiece|best quality|highly detailed|\b[48]k\b|score_\d|<lora:|trending on", re.IGNORECASE)


def is_likely(title: str) -> bool:
    """Whether a title says that this is what a person describes."""
    return says_subject(title) and not says_manner(title)


def likeliest(texts: Sequence[tuple[Text, str]]) -> list[Text]:
    """Parts of one prompt with the titles of their graph nodes; the one that says what is to be seen comes first."""

    def worth(each: tuple[Text, str]) -> tuple[int, int]:
        text, title = each
        words = str(text.setting.value)
        by_title = 2 * says_subject(title) - 2 * says_manner(title)
        by_words = 5 * bool(_GIVEN.search(words)) - bool(_QUALITY.search(words)) - 3 * bool(_INSTRUCTS.search(words))
        return by_title + by_words - 3 * text.is_added + 4 * text.is_asked_for, len(words)

    if not texts:
        return []
    best = max(texts, key=worth)[0]
    return [best, *(text for text, _ in texts if text is not best)]
