"""Where an attempt stands on its node, as the node's queue and history say."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An image on a node, in the words of ComfyUI's ``/view``."""

    filename: str
    subfolder: str
    type: str
    graph_node_id: str = field(default="", compare=False)
    """Which graph node saved it."""


@dataclass(frozen=True, slots=True)
class Absent:
    """Neither queued nor in the history: never arrived, or forgotten by a restart."""


@dataclass(frozen=True, slots=True)
class Pending:
    """Waits in the node's queue behind ``position`` others."""

    position: int


@dataclass(frozen=True, slots=True)
class Running:
    """The node works on it now."""


@dataclass(frozen=True, slots=True)
class Succeeded:
    """Done; ``outputs`` are the saved images in graph order, or the temporary ones where none was saved."""

    outputs: tuple[OutputFile, ...]


@dataclass(frozen=True, slots=True)
class Errored:
    """The graph failed on the node; ``message`` is the node's own, ``out_of_memory`` for the CUDA kind."""

    message: str
    graph_node_class: str
    out_of_memory: bool
    graph_node_id: str = ""
    """Which graph node failed; empty: not told."""
    kind: str = ""
    """The name of the Python exception, built-ins without their module."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody stopped it on the node."""


Whereabouts = Absent | Pending | Running | Succeeded | Errored | Interrupted
