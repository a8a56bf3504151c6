"""The state of an attempt on its node, according to the node's queue and history."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An image on a node, as ComfyUI's ``/view`` addresses it."""

    filename: str
    subfolder: str
    type: str
    graph_node_id: str = field(default="", compare=False)
    """The graph node that saved it."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Neither queued nor in the history: it never arrived, or a restart lost it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """In the node's queue after ``position`` others."""

    position: int


@dataclass(frozen=True, slots=True)
class Running:
    """The node works on it now."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Done; ``outputs`` are the saved images in the graph's order, or temporary ones where none were saved."""

    outputs: tuple[OutputFile, ...]


@dataclass(frozen=True, slots=True)
class Errored:
    """The graph failed; ``message`` is the node's own, ``out_of_memory`` says that the card's memory was full."""

    message: str
    graph_node_class: str
    out_of_memory: bool
    graph_node_id: str = ""
    """The graph node that failed; empty: not told."""
    kind: str = ""
    """Name of the Python exception; built-ins without their module."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """It was interrupted on the node."""


Whereabouts = Absent | Pending | Running | Succeeded | Errored | Interrupted
