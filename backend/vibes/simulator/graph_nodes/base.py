"""The shape of a graph-node class: what it costs, what it computes, and what it may use for that."""

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
    """Whether pictures carry graphs at all."""
    extra_pnginfo: Mapping[str, Any]
    temp_suffix: str
    """Five letters that belong to this graph node, for names of temporary files."""
    listed: Callable[[str], Collection[str]]
    """The files of a model folder that are there now."""
    unreadable: str
    """A part of the names of model files that nothing can read; empty: none is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a graph node takes before time scaling."""

    seconds: float = 0.0
    steps: int = 0
    """Reports of progress, evenly spread over ``seconds``."""
    model: tuple[str, Family] | None = None
    """The file that must be in the card's memory, and what it is."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a graph node gives: one value per output slot, and perhaps something to show."""

    outputs: tuple[object, ...] = ()
    ui: Mapping[str, Any] | None = None
    frames: tuple[Image.Image, ...] = field(default=())
    """Whole pictures for the submitter's socket."""


Run = Callable[[Inputs, Bench], Done]
Estimate = Callable[[Inputs, GpuProfile], Work]


def no_work(_inputs: Inputs, _profile: GpuProfile) -> Work:
    return Work()


@dataclass(frozen=True, slots=True)
class GraphNodeClass:
    """One class. ``heavy`` ones touch pictures or files and run outside the event loop."""

    run: Run
    work: Estimate = no_work
    heavy: bool = False


def values(*outputs: object) -> Done:
    return Done(outputs)
