"""What the hub asks of a machine that makes images; each kind of machine implements it."""

from collections.abc import AsyncIterator
from typing import Protocol

from vibes.domain.graph import Graph
from vibes.domain.ids import AttemptId
from vibes.domain.node import NodeConfig, NodeInventory, NodeVitals
from vibes.domain.node_events import NodeEvent
from vibes.domain.outcome import OutputFile, Whereabouts


class GeneratorNode(Protocol):
    """One machine that makes images. Every method raises NodeError and nothing else when the node is at fault."""

    async def check(self) -> NodeVitals:
        """Ask for the queue and the memory; the cheapest proof that the node answers."""

    async def discover(self) -> NodeInventory:
        """Read version, graph-node classes and model files."""

    async def submit(self, attempt_id: AttemptId, graph: Graph) -> float:
        """Queue the graph under ``attempt_id``; answers the node's ``number``.

        Raises PromptRejected when the node's validation refuses it, NodeUnreachable when it provably never
        arrived, NodeUnclear when it may have. Never repeats the request by itself.
        """

    async def rehearse(self) -> None:
        """Submit what the node must refuse: returns when it does, which proves that submissions arrive, and runs
        nothing."""

    async def find(self, attempt_id: AttemptId, *, ended: bool = False) -> Whereabouts:
        """Read queue, then history: in this order a prompt on its way between them cannot be missed.

        ``ended``: the node has said that its history has it, which is then read first, and mostly alone.
        """

    async def fetch(self, output: OutputFile) -> bytes:
        """Download one image; OutputRefused when it is larger than the cap, OutputGone when its file is not there."""

    async def cancel(self, attempt_id: AttemptId) -> None:
        """Remove it from the queue or interrupt it, by its id only; silent when it is already gone."""

    async def withdraw(self, attempt_id: AttemptId) -> bool:
        """Take it back while it waits in the node's queue: True when it is gone from there and will never run, False
        when it has begun or is done, and is left alone."""

    async def upload(self, name: str, image: bytes) -> str:
        """Put an input image on the node; answers the name that a graph must use for it."""

    async def free(self) -> None:
        """Ask the node to unload its models between prompts."""

    def events(self) -> AsyncIterator[NodeEvent]:
        """The node's events from now on, reconnecting for ever; ends only by cancellation."""

    async def close(self) -> None: ...


class GeneratorNodeFactory(Protocol):
    def __call__(self, config: NodeConfig) -> GeneratorNode: ...
