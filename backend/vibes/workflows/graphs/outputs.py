"""Graph nodes that write or show pictures, and how a graph node is named to people; judged by names alone."""

import re
from collections.abc import Mapping

from vibes.domain.pictures.graph import Graph, link_of

SAVES = re.compile(r"save", re.IGNORECASE)
PREVIEWS = re.compile(r"preview|websocket", re.IGNORECASE)
PICTURE_INPUTS = ("images", "image", "video")

_LONGEST_TITLE = 60


def title_of(graph: Graph, graph_node_id: str) -> str:
    """The title shown by ComfyUI, shortened; empty without one."""
    meta = graph[graph_node_id].get("_meta")
    title = meta.get("title") if isinstance(meta, Mapping) else None
    return title[:_LONGEST_TITLE] if isinstance(title, str) else ""


def describe(graph: Graph, graph_node_id: str) -> str:
    """``graph node 6 (CLIPTextEncode, “Positive”)``, without characters that a terminal cannot show."""
    title = title_of(graph, graph_node_id)
    name = f"graph node {graph_node_id} ({graph[graph_node_id]['class_type']}{f', “{title}”' if title else ''})"
    return "".join(filter(str.isprintable, name))


def saves_pictures(graph: Graph, graph_node_id: str) -> bool:
    """Whether a graph node may write lasting files: judged by its class, or by an input with a file name prefix."""
    graph_node = graph[graph_node_id]
    if graph_node["class_type"] == "SaveImage" or "filename_prefix" in graph_node["inputs"]:
        return True
    return is_output(graph, graph_node_id) and not PREVIEWS.search(graph_node["class_type"])


def is_output(graph: Graph, graph_node_id: str) -> bool:
    graph_node = graph[graph_node_id]
    named = SAVES.search(graph_node["class_type"]) or PREVIEWS.search(graph_node["class_type"])
    takes_picture = any(link_of(graph_node["inputs"].get(name)) for name in PICTURE_INPUTS)
    return takes_picture and bool(named or "filename_prefix" in graph_node["inputs"])
