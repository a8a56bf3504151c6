"""Kinds of nodes: the options that an entry of ``gpus.yaml`` with a kind may have, and the driver of its nodes."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from vibes.domain.attempt import Wire
from vibes.domain.cost import NodeCost
from vibes.domain.nodes.machines import Place, Sweep
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.pictures.graph import Graph
from vibes.ports.clock import Clock
from vibes.ports.machines import LookFor
from vibes.ports.nodes import GeneratorNode, GeneratorNodeFactory
from vibes.ports.rentals import RentalRepository, Rentals
from vibes.ports.workers.news import WorkerLinks
from vibes.text.near_names import near_name_hint


@dataclass(frozen=True, slots=True, kw_only=True)
class HubTraits:
    """What every kind is told about the hub."""

    hub_id: UUID | None = None
    """Lasts over restarts of the hub, so that nodes know it again; None: a new one for each process."""
    answer_seconds: float = 30.0
    """Seconds that a node may take to answer a question."""
    state_folder: Path | None = None
    """For what must outlast the hub's process, in a folder named after each node; None: nothing can be driven that
    needs one."""
    env_files: tuple[Path, ...] = ()
    """Where keys may stand beside the process's environment, a later file before an earlier one."""
    rentals: RentalRepository | None = None
    """Where rented machines are written down; None: nothing can be rented."""
    clock: Clock | None = None
    """None: nothing can be driven that needs one."""
    rental_url: str | None = None
    """Another address of who rents machines out, such as a server of one's own for tests."""
    rental_pace: float = 1.0
    """Factor on the waits between requests there; below 1 only for such a server."""
    workers: WorkerLinks | None = None
    """How workers are reached; None: there can be none."""


@dataclass(frozen=True, slots=True)
class OptionProblem:
    """A mistake in ``options:``: at which key (empty: in all of it), and what to do about it."""

    key: str
    message: str


OptionCheck = Callable[[Mapping[str, Any]], Iterable[OptionProblem]]


def only_options(*known: str) -> OptionCheck:
    """The check of a kind with these options, whatever their values; for another name the nearest one is suggested."""

    def check(options: Mapping[str, Any]) -> Iterator[OptionProblem]:
        advice = f": it has {', '.join(known)}" if known else ": this kind has none"
        for name in options:
            if name not in known:
                yield OptionProblem(name, f"unknown option {name!r}{near_name_hint(name, known) or advice}")

    return check


_NO_OPTIONS = only_options()


def _no_graph(_: object) -> None:
    return None


def _no_keys(_: Mapping[str, Any]) -> str:
    return ""


def _no_cost(_: Mapping[str, Any]) -> NodeCost | None:
    return None


def _no_defaults(_: Mapping[str, Any]) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeKind:
    """One kind of nodes, by its name in ``kind:``."""

    name: str
    connect: GeneratorNodeFactory
    """Makes the driver of a node of this kind; does no I/O by itself."""
    needs_address: bool = True
    """Whether an entry must name host and port of a machine."""
    check_options: OptionCheck = _NO_OPTIONS
    graph_in: Callable[[bytes], Graph | None] = _no_graph
    """The ComfyUI graph in a picture; None without one."""
    graph_of: Callable[[Wire], Graph | None] = _no_graph
    """The graph in what was sent for a picture; None for another kind's form."""
    cost_of: Callable[[Mapping[str, Any]], NodeCost | None] = _no_cost
    """What a node with these options costs where its entry does not say; None also for options that make no sense."""
    keys_digest: Callable[[Mapping[str, Any]], str] = _no_keys
    """Of the keys that are there for a node with these options, as they stand now; empty without any."""
    defaults_of: Callable[[Mapping[str, Any]], Mapping[str, Any]] = _no_defaults
    """By key of an entry with these options: what holds where it does not say it. Without one it must."""
    rentals: Rentals | None = None
    """What is rented for nodes of this kind; None: nothing ever is."""
    look_for: LookFor | None = None
    """Finds machines of this kind at addresses; None where that makes no sense."""
    joined: Callable[[], Awaitable[Sequence[NodeConfig]]] | None = None
    """Nodes of this kind that have joined by themselves, of which ``gpus.yaml`` need not say anything; None: none do.
    Raises StorageUnavailable."""


class NodeKinds:
    """All kinds that this hub can drive; also the factory of their nodes."""

    def __init__(self, kinds: Iterable[NodeKind]) -> None:
        self._by_name = {kind.name: kind for kind in kinds}

    def graph_in(self, picture: bytes) -> Graph | None:
        """That of the first kind that finds one."""
        return next(filter(None, (kind.graph_in(picture) for kind in self._by_name.values())), None)

    def graph_of(self, sent: Wire) -> Graph | None:
        """That of the first kind that knows the form."""
        return next(filter(None, (kind.graph_of(sent) for kind in self._by_name.values())), None)

    def cost_of(self, name: str, options: Mapping[str, Any]) -> NodeCost | None:
        """What such a node costs where its entry does not say."""
        kind = self.get(name)
        return None if kind is None else kind.cost_of(options)

    def keys_digest(self, name: str, options: Mapping[str, Any]) -> str:
        """Of the keys that are there for such a node, as they stand now."""
        kind = self.get(name)
        return "" if kind is None else kind.keys_digest(options)

    async def look_for(self, places: Sequence[Place], seconds: float) -> Sweep:
        """Machines of the first kind that can be found at addresses: the port `LookFor`."""
        looks = next((kind.look_for for kind in self._by_name.values() if kind.look_for is not None), None)
        return Sweep(found=(), asked=0) if looks is None else await looks(places, seconds)

    @property
    def rentals(self) -> tuple[Rentals, ...]:
        """Of the kinds that rent."""
        return tuple(kind.rentals for kind in self._by_name.values() if kind.rentals is not None)

    @property
    def can_join(self) -> bool:
        """Whether nodes may come that ``gpus.yaml`` does not list."""
        return any(kind.joined is not None for kind in self._by_name.values())

    async def joined(self) -> Sequence[NodeConfig]:
        """Those that have come by themselves. Raises StorageUnavailable."""
        asked = [kind.joined for kind in self._by_name.values() if kind.joined is not None]
        return [config for joined in asked for config in await joined()]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._by_name)

    def get(self, name: str) -> NodeKind | None:
        return self._by_name.get(name)

    def __call__(self, config: NodeConfig) -> GeneratorNode:
        """The driver of a node whose entry was checked against these kinds."""
        return self._by_name[config.kind].connect(config)
