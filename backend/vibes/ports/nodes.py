"""What the hub asks of a machine that makes images; each kind of machine implements it."""

from collections.abc import AsyncIterator, Collection, Mapping
from typing import Any, Protocol, runtime_checkable

from vibes.domain.attempt import Wire
from vibes.domain.ids import AttemptId
from vibes.domain.nodes.events import NodeEvent
from vibes.domain.nodes.introduction import Introduction, NotReached
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import NodeConfig, NodeVitals
from vibes.domain.nodes.outcome import OutputFile, Whereabouts
from vibes.domain.prompting.lora_card import LoraCard
from vibes.ports.orders import InputImage, Order, Outline


class GeneratorNode(Protocol):
    """One machine that makes images. Every method raises NodeError and nothing else when the node is at fault.

    An order is delivered in steps, because the hub stores first and sends second: its input images are brought, it is
    put into the node's own wire form, that is written down with the attempt, and then it is submitted.
    """

    @property
    def charges(self) -> bool:
        """Whether orders cost money. What such a node may have received is never submitted again automatically."""

    async def check(self) -> NodeVitals:
        """Ask for the queue and the memory; the cheapest proof that the node answers."""

    async def discover(self) -> NodeInventory:
        """Read what the node has and can do; the latest answer is used to put orders into wire form."""

    def has(self, image: InputImage) -> bool:
        """Whether the image was brought and, as far as known, is still there."""

    async def bring(self, image: InputImage) -> None:
        """Have an input image ready for orders; PromptRejected when the node does not take it."""

    def forget_images(self) -> None:
        """The node has restarted or lost them: they must be brought again."""

    def prepare(self, attempt_id: AttemptId, order: Order) -> Wire:
        """The order in the node's own form; all its images were brought.

        Raises InvalidRequest when the spec does not fit the workflow.
        """

    def outline(self, sent: Wire) -> Outline:
        """What carrying it out comes to."""

    async def submit(self, attempt_id: AttemptId, sent: Wire) -> float | None:
        """Queue it under ``attempt_id``; answers the number that the node counts its prompts by, if it does.

        Raises PromptRejected when the node's validation refuses it, NodeUnreachable when it provably never
        arrived, NodeUnclear when it may have. Never repeats the request by itself.
        """

    async def rehearse(self) -> None:
        """Submit something that the node must refuse, and return when it does: this proves that submissions arrive, and
        runs nothing."""

    async def find(self, attempt_id: AttemptId, sent: Wire | None = None, *, ended: bool = False) -> Whereabouts:
        """Where it is. ``sent``: used to explain an error, if known.

        ``ended``: the node has said that it is over, so that looking there first saves a question.
        """

    async def fetch(self, output: OutputFile, sent: Wire | None = None) -> bytes:
        """Download one output; OutputRefused when it exceeds the limit, OutputGone when its file no longer exists,
        ForeignOutput when it is provably not from what was ``sent``."""

    async def cancel(self, attempt_id: AttemptId) -> None:
        """Remove it from the queue or interrupt it, by its id only; does nothing when it is already gone."""

    async def take_back(self, attempt_id: AttemptId) -> bool:
        """Take it back while it waits in the node's queue: True when it is gone from there and will never run, False
        when it has begun or is done, and is left alone."""

    async def free(self) -> None:
        """Ask the node to unload its models between prompts."""

    def events(self) -> AsyncIterator[NodeEvent]:
        """The node's events from now on, reconnecting for ever; ends only by cancellation."""

    async def close(self) -> None: ...


@runtime_checkable
class TellsOfLoras(Protocol):
    """What a node may be able to do besides."""

    async def lora_card(self, name: str) -> LoraCard | None:
        """What the file tells of itself; None: nothing. Raises NodeError like the methods of `GeneratorNode`."""


@runtime_checkable
class TellsOfModels(Protocol):
    """What a node may be able to do besides."""

    async def model_card(self, name: str) -> LoraCard | None:
        """What the file of a checkpoint or diffusion model tells of itself; None: nothing. Raises NodeError like the
        methods of `GeneratorNode`."""


@runtime_checkable
class TellsOfClasses(Protocol):
    """What a node that runs graphs may be able to do besides."""

    async def declarations(self, classes: Collection[str]) -> Mapping[str, Any]:
        """Of these graph-node classes those that it has, each as ``/object_info`` tells it. Raises NodeError."""


@runtime_checkable
class IntroducesItself(Protocol):
    """What a machine at an address can be asked besides, whether the hub uses it at present or not."""

    async def introduce(self) -> Introduction | NotReached:
        """Who it is, asked now and within some seconds, or why it cannot be reached. Never raises NodeError."""


class GeneratorNodeFactory(Protocol):
    def __call__(self, config: NodeConfig) -> GeneratorNode: ...
