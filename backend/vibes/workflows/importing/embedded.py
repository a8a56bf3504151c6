"""Where ComfyUI's graph and its editor's file stand among the texts of a picture."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from vibes.documents.picture_texts import COMMENT, PARAMETERS
from vibes.workflows.importing.wrappings import wrapped_graphs

_GRAPH = "prompt"
"""ComfyUI's name for what ran, in API format."""


def embedded(texts: Mapping[str, Sequence[str]], name: str, parsed: Callable[[str], Any]) -> Iterator[dict[str, Any]]:
    """The JSON objects that may be what ComfyUI writes under this name: what stands there, and what sites and savers
    write under another name, alone or with it as the member of this name; graphs also within a whole request.

    ``parsed``: a text's JSON; None for what is none.
    """
    for text in (*texts.get(name, ()), *texts.get(PARAMETERS, ()), *texts.get(COMMENT, ())):
        found = parsed(text) if text.lstrip()[:1] == "{" else None
        if isinstance(found, dict):
            yield found
            inner = found.get(name)
            inner = parsed(inner) if isinstance(inner, str) else inner
            if isinstance(inner, dict):
                yield inner
            if name == _GRAPH:
                yield from wrapped_graphs(found)
