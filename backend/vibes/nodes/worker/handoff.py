"""Where pictures lie while they go from the hub to a worker and back: keys in the media store that both reach."""

import re
from typing import Any

from vibes.domain.attempt import Wire
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.outcome import OutputFile
from vibes.nodes.comfyui.node import UPLOAD_SUBFOLDER
from vibes.workflows.graphs.requirements import NOT_UPLOADED

INPUTS = "inputs"
_BROUGHT = re.compile(rf"{UPLOAD_SUBFOLDER}/([0-9a-f]{{64}})\.png")


def input_key(digest: str) -> str:
    """Of an input picture with this SHA-256."""
    return f"{INPUTS}/{digest}.png"


def input_name(digest: str) -> str:
    """What the same picture is called in graphs, once it is on a ComfyUI."""
    return f"{UPLOAD_SUBFOLDER}/{digest}.png"


def brought(graph: Wire) -> frozenset[str]:
    """The SHA-256 of each picture that the hub has put into the store for this graph."""
    texts = (
        value for graph_node in graph.values() for value in graph_node["inputs"].values() if isinstance(value, str)
    )
    return frozenset(found[1] for text in texts if (found := _BROUGHT.fullmatch(text)) is not None)


def output_folder(attempt_id: AttemptId) -> str:
    return f"drawn-{attempt_id}"


def output_key(attempt_id: AttemptId, epoch: int, index: int) -> str:
    """Of a finished picture: no later epoch writes over what an earlier one has told."""
    return f"{output_folder(attempt_id)}/{epoch}-{index}"


def handed_over(attempt_id: AttemptId, epoch: int, index: int, output: OutputFile) -> OutputFile:
    """The output as the hub fetches it: under its own name, and where it lies now."""
    key = output_key(attempt_id, epoch, index)
    return OutputFile(output.filename, key, "handoff", output.graph_node_id)


def without_uploads(graph: Wire) -> dict[str, Any]:
    """The graph with a stand-in for each of these pictures, for whoever looks what it needs."""
    return {
        key: {
            **graph_node,
            "inputs": {
                name: NOT_UPLOADED if isinstance(value, str) and _BROUGHT.fullmatch(value) else value
                for name, value in graph_node["inputs"].items()
            },
        }
        for key, graph_node in graph.items()
    }
