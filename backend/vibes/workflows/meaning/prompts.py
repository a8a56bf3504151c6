"""The prompt and the negative prompt of a graph: those of its first sampler, then what later ones have beside them."""

import re
from collections.abc import Iterator, Sequence

from vibes.domain.pictures.graph import Graph
from vibes.workflows.graphs.outputs import describe, title_of
from vibes.workflows.graphs.walk import Place, Setting
from vibes.workflows.meaning.conditioning import Told, Walked, prompts_of
from vibes.workflows.meaning.found import Candidate, Part, Roles, Unsure
from vibes.workflows.meaning.samplers import find_samplers
from vibes.workflows.meaning.texts import Text, describes_picture, is_likely, likeliest, text_inputs
from vibes.workflows.meaning.titles import says_negative, says_prompt
from vibes.workflows.meaning.wiring import CONDITIONING, Wiring
from vibes.workflows.meaning.words import NEGATIVE, PROMPT, side_of

_USUAL_TITLES = re.compile(r"^(?:CLIP Text Encode.*|.*\((?:Prompt|Positive Prompt|Negative Prompt)\))$")
"""Titles that ComfyUI gives by itself, to both encoders alike."""
_MOST_CANDIDATES = 12
_LONGEST_NAME = 40


def find_prompts(wiring: Wiring, roles: Roles) -> None:
    """What is the prompt is never the negative prompt, whatever leads to it; what the first sampler says counts before
    what others say."""
    walked: dict[str, Walked] = {PROMPT: set(), NEGATIVE: set()}
    for number, draws in enumerate(roles.draws):
        for role in (PROMPT, NEGATIVE):
            told = prompts_of(wiring, draws, role, walked[role])
            if role == PROMPT and number and PROMPT not in roles.settings:
                continue
            first = number == 0
            taken = [_take(wiring, roles, role, each, draws, first=first) for each in told]
            if first and not any(taken):
                _tell_what_writes(wiring, roles, role, told)
    if roles.draws and PROMPT not in roles.settings:
        _ask_titles(wiring, roles)


def graph_prompts(graph: Graph) -> list[tuple[str, Setting]]:
    """Role and text of all samplers, as they stand."""
    wiring = Wiring.of(graph)
    samplers = find_samplers(wiring, [*graph])
    roles = Roles([*graph], [], samplers, samplers)
    for role in (PROMPT, NEGATIVE):
        walked: Walked = set()
        for sampler in samplers:
            for each in prompts_of(wiring, sampler, role, walked):
                for text in each.texts:
                    if text.setting.place not in roles.taken:
                        roles.add(role, text.setting, "")
    return [(role, text) for role, texts in roles.settings.items() for text in texts]


def _take(wiring: Wiring, roles: Roles, role: str, told: Told, draws: str, *, first: bool) -> bool:
    """Keep the texts of an encoder; whether there are any that are not another role's."""
    taken = roles.taken
    parts = {part.setting.place for part in roles.parts}
    texts = [text for text in told.texts if taken.get(text.setting.place, role) == role]
    texts = [text for text in texts if text.setting.place not in parts]
    if not first and role in roles.settings:
        texts = [text for text in texts if str(text.setting.value).strip()]
    if not texts:
        return False
    side = "positive" if role == PROMPT else "negative"
    main, *others = likeliest([(text, _own_title(wiring, text.setting.place.graph_node_id)) for text in texts])
    own_title = _own_title(wiring, main.setting.place.graph_node_id)
    is_open = main.is_asked_for or is_likely(own_title)
    if main.joined and not str(main.setting.value).strip() and not is_open:
        return False  # what it is joined with is the prompt, and the graph writes that
    roles.add(role, main.setting, f"{describe(wiring.graph, draws)} takes it as {side} text")
    for other in others:
        _add_part(wiring, roles, role, other)
    if others:
        _tell_parts(wiring, roles, role, main, others)
    return True


def _add_part(wiring: Wiring, roles: Roles, role: str, text: Text) -> None:
    place = text.setting.place
    if place not in roles.taken:
        title = re.sub(r"\W+", "_", _own_title(wiring, place.graph_node_id).lower(), flags=re.ASCII).strip("_")
        used = {part.name for part in roles.parts}
        usable = title[:1].isalpha() and len(title) <= _LONGEST_NAME and title not in used
        roles.parts.append(Part(title if usable else None, role, text.setting))
        roles.why.setdefault(place, f"{_joiner(wiring, text)} puts it together with the {role.replace('_', ' ')}")


def _tell_parts(wiring: Wiring, roles: Roles, role: str, main: Text, others: Sequence[Text]) -> None:
    word = role.replace("_", " ")
    rest = ", ".join(describe(wiring.graph, each.setting.place.graph_node_id) for each in others[:3])
    where = f"{main.setting.place.input!r} of {describe(wiring.graph, main.setting.place.graph_node_id)}"
    roles.notes.append(
        f"{_joiner(wiring, main)} makes the {word} of several texts: {where} is taken for the {word}, and what {rest}"
        f" {'adds is a parameter' if len(others) == 1 else 'add are parameters'} too"
    )


def _joiner(wiring: Wiring, text: Text) -> str:
    return describe(wiring.graph, text.joined) if text.joined else "an encoder"


def _tell_what_writes(wiring: Wiring, roles: Roles, role: str, told: Sequence[Told]) -> None:
    if told and role == PROMPT:
        where = describe(wiring.graph, told[0].encoder.graph_node_id)
        roles.notes.append(f"the text of {where} is computed by the graph, not written by a person")


def _own_title(wiring: Wiring, graph_node_id: str) -> str:
    """The title that a person gave; empty for one that every graph node of the class has."""
    title = title_of(wiring.graph, graph_node_id)
    known = wiring.known(graph_node_id)
    usual = {wiring.class_name(graph_node_id), known.title if known else ""}
    return "" if title in usual or _USUAL_TITLES.match(title) else title


def _ask_titles(wiring: Wiring, roles: Roles) -> None:
    """Let titles decide between texts where custom graph nodes interrupt the links to them."""
    texts = [(place, value) for place, value in _texts(wiring, roles) if place not in roles.taken]
    sides: dict[str, list[tuple[Place, str]]] = {PROMPT: [], NEGATIVE: []}
    for place, value in texts:
        title = _own_title(wiring, place.graph_node_id)
        if says_negative(title):
            sides[NEGATIVE].append((place, value))
        elif says_prompt(title):
            sides[PROMPT].append((place, value))
    for role in (PROMPT, NEGATIVE):
        if len(sides[role]) == 1 and role not in roles.settings:
            [(place, value)] = sides[role]
            where = describe(wiring.graph, place.graph_node_id)
            roles.add(role, Setting(place, value), f"the title of {where} says so")
            roles.notes.append(f"{where} is taken for the {role} by its title: check it")
    if PROMPT not in roles.settings:
        roles.unsure.append(_unsure(wiring, texts))


def _texts(wiring: Wiring, roles: Roles) -> Iterator[tuple[Place, str]]:
    """Texts that a person may have written, none of them on a side that says that it is the negative one."""
    for graph_node_id in roles.order:
        if graph_node_id not in roles.draws and _only_describes(wiring, graph_node_id):
            continue
        for name in text_inputs(wiring, graph_node_id, PROMPT):
            value = wiring.inputs(graph_node_id)[name]
            if isinstance(value, str) and side_of(name) != NEGATIVE:
                yield Place(graph_node_id, name), value


def _only_describes(wiring: Wiring, graph_node_id: str) -> bool:
    encodes = any(wiring.type_of(link) == CONDITIONING for link in wiring.outputs(graph_node_id))
    takes_clip = any("clip" in name for name, _ in wiring.links(graph_node_id))
    return describes_picture(wiring, graph_node_id) and not encodes and not takes_clip


def _unsure(wiring: Wiring, texts: Sequence[tuple[Place, str]]) -> Unsure:
    candidates = tuple(
        Candidate(place, value, f"a text in {describe(wiring.graph, place.graph_node_id)}")
        for place, value in texts[:_MOST_CANDIDATES]
        if value.strip() and not says_negative(title_of(wiring.graph, place.graph_node_id))
    )
    what = "no way leads from a sampler to a text that is set in the graph"
    if candidates:
        named = f"{candidates[0].place.graph_node_id}.{candidates[0].place.input}"
        todo = f"say which input it is, such as prompt={named}"
    else:
        todo = "put the text into an input of its own, and export it again"
    return Unsure(PROMPT, candidates, f"the prompt was not found: {what}; {todo}")
