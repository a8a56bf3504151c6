"""The shape of a graph-node class: its simulated time, what it computes, and what it may use for that."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from vibes.simulator.setup.profiles import Family, GpuProfile
from vibes.simulator.state.files import Files

Inputs = Mapping[str, Any]
"""Resolved inputs: constants as the validated graph holds them, links replaced by `values`."""


class GraphNodeFailure(Exception):
    """A graph node fails at run time, as ``execution_error`` reports it."""

    def __init__(self, message: str, exception_type: str) -> None:
        super().__init__(message)
        self.exception_type = exception_type


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a graph node may use besides its inputs."""

    files: Files
    plain: bool
    graph: Mapping[str, Any]
    """The executed graph, for the PNG's ``prompt`` chunk."""
    metadata: bool
    """Whether the graph is written into pictures; False as with ``--disable-metadata``."""
    extra_pnginfo: Mapping[str, Any]
    temp_suffix: str
    """Five letters in the names of temporary files, the same for each run of this graph node."""
    listed: Callable[[str], Collection[str]]
    """The files that are in a model folder at this moment."""
    unreadable: str
    """Model files with this text in their names cannot be read; empty: all can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What running a graph node takes, before time scaling."""

    seconds: float = 0.0
    steps: int = 0
    """Reports of progress, evenly spread over ``seconds``."""
    model: tuple[str, Family] | None = None
    """The file that must be in the card's memory, and its family; None: no file."""


@dataclass(frozen=True, slots=True)
class Done:
    """The result of a graph node: one value per output slot, and perhaps something to show."""

    outputs: tuple[object, ...] = ()
    ui: Mapping[str, Any] | None = None
    frames: tuple[Image.Image, ...] = field(default=())
    """Whole pictures that are sent to the submitter's socket."""


Run = Callable[[Inputs, Bench], Done]
Estimate = Callable[[Inputs, GpuProfile], Work]


def no_work(_inputs: Inputs, _profile: GpuProfile) -> Work:
    return Work()


@dataclass(frozen=True, slots=True)
class GraphNodeClass:
    """One class. ``heavy`` ones work on pictures or files and run in a thread."""

    run: Run
    work: Estimate = no_work
    heavy: bool = False


def values(*outputs: object) -> Done:
    return Done(outputs)
