"""Which texts of a graph are prompts: follows the links from a sampler's conditioning to the text encoders."""

import re
from collections.abc import Iterator, Mapping, Sequence

from vibes.domain.pictures.graph import Graph, Link, link_of
from vibes.workflows.graphs.walk import Setting, setting

PROMPT = "prompt"
NEGATIVE = "negative_prompt"

TEXT_INPUTS = ("text", "prompt", "user_prompt", "t5xxl", "text_g", "text_l", "clip_g", "clip_l", "llama")
"""Names of text encoders' text inputs; where there are several, the most descriptive one comes first."""

_SIDE_INPUTS = {PROMPT: ("positive", "positive_prompt"), NEGATIVE: ("negative", "negative_prompt")}
"""Names of the two texts in graph nodes that hold both; samplers use the same names for their conditioning."""

_POSITIVE_LINES = ("positive", "conditioning", "cond1")
_ERASES = "ConditioningZeroOut"
_NEGATIVE_TITLE = re.compile(r"neg", re.IGNORECASE)
_PROMPT_TITLE = re.compile(r"pos|prompt", re.IGNORECASE)


def find_prompts(graph: Graph, samplers: Sequence[str]) -> Iterator[tuple[str, Setting]]:
    """Role and text: for each sampler its prompt and its negative prompt. A text that is both counts as the prompt."""
    told: set[Setting] = set()
    for role in (PROMPT, NEGATIVE):
        starts = [start for sampler in samplers for start in _conditioning(graph, sampler, role)]
        for text in (text for start in dict.fromkeys(starts) for text in _texts(graph, start, role)):
            if text not in told:
                told.add(text)
                yield role, text


def titled_prompts(graph: Graph, order: Sequence[str]) -> Iterator[tuple[str, Setting]]:
    """Texts of graph nodes whose title says that they are prompts."""
    for graph_node_id in order:
        title = title_of(graph, graph_node_id)
        role = NEGATIVE if _NEGATIVE_TITLE.search(title) else PROMPT
        if role == NEGATIVE or _PROMPT_TITLE.search(title):
            yield from ((role, text) for text in _own_texts(graph, graph_node_id, role))


def title_of(graph: Graph, graph_node_id: str) -> str:
    """The title shown by ComfyUI, shortened; empty without one."""
    meta = graph[graph_node_id].get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    return title[:60] if isinstance(title, str) else ""


def _conditioning(graph: Graph, graph_node_id: str, role: str) -> list[Link]:
    """The conditioning of the sampler, or of the guider linked to it."""
    guider = link_of(graph[graph_node_id]["inputs"].get("guider"))
    inputs = graph[guider.graph_node_id if guider else graph_node_id]["inputs"]
    links = (link_of(inputs.get(name)) for name in (_POSITIVE_LINES if role == PROMPT else ("negative",)))
    return [link for link in links if link is not None]


def _texts(graph: Graph, start: Link, role: str) -> Iterator[Setting]:
    """The texts of a conditioning, in the order of its links; none where it was zeroed out."""
    pending = [start]
    seen: set[Link] = set()
    while pending:
        link = pending.pop()
        if link in seen or graph[link.graph_node_id]["class_type"] == _ERASES:
            continue
        seen.add(link)
        texts = _own_texts(graph, link.graph_node_id, role)
        if texts:
            yield from texts
        else:
            pending += reversed(_conditioning_into(graph, link, role))


def _own_texts(graph: Graph, graph_node_id: str, role: str) -> list[Setting]:
    inputs = graph[graph_node_id]["inputs"]
    names = [name for name in _SIDE_INPUTS[role] if isinstance(inputs.get(name), str)]
    found = [setting(graph, graph_node_id, name, str) for name in (*names, *TEXT_INPUTS) if name in inputs]
    return [text for text in found if text is not None]


def _conditioning_into(graph: Graph, link: Link, role: str) -> list[Link]:
    """The conditioning that goes into the output of a link: with two, the one of the same slot."""
    inputs = graph[link.graph_node_id]["inputs"]
    pair = [link_of(inputs.get(name)) for name in ("positive", "negative")]
    if all(pair):
        side = link.slot if link.slot in {0, 1} else int(role == NEGATIVE)
        return [each for each in pair[side : side + 1] if each]
    names = [name for name in inputs if name.startswith("cond") or name == _SIDE_INPUTS[role][0]]
    return [each for name in names if (each := link_of(inputs[name]))]
