"""What a node's worker and routes share from a start to the next."""

import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vibes.simulator.setup.catalogue import Catalogue
from vibes.simulator.setup.dialect import Dialect
from vibes.simulator.setup.faults import Faults
from vibes.simulator.state.cache import ResultCache
from vibes.simulator.state.files import Files
from vibes.simulator.state.job_queue import EXTRA_DATA, GRAPH, OUTPUTS, PROMPT_ID, JobQueue, QueueItem
from vibes.simulator.state.ledger import Ledger
from vibes.simulator.state.machine import Machine
from vibes.simulator.state.sockets import SocketHub

_SUFFIX_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a node is from a start to the next, as its options say."""

    dialect: Dialect
    catalogue: Catalogue
    time_scale: float
    previews: bool
    seed: int


@dataclass(slots=True, kw_only=True)
class Station:
    """The parts of a node, and the few values that they share."""

    setup: Setup
    files: Files
    faults: Faults
    machine: Machine
    ledger: Ledger
    hub: SocketHub
    began: datetime = field(init=False, default_factory=lambda: datetime.now(UTC))
    queue: JobQueue = field(init=False)
    threads: ThreadPoolExecutor = field(init=False)
    cache: ResultCache = field(init=False, default_factory=ResultCache)
    client_id: str | None = field(init=False, default=None)
    """The submitter of the prompt that runs, or ran last."""
    current_graph_node: str | None = field(init=False, default=None)
    next_number: int = field(init=False, default=0)
    """The counter for ``number``; rejected prompts take a number too."""
    interrupted: bool = field(init=False, default=False)
    worker_alive: bool = field(init=False, default=True)
    _random: random.Random = field(init=False)
    _temp_suffixes: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.queue = JobQueue(self.broadcast_status)
        self.threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix="simulated-gpu")
        self._random = random.Random(self.setup.seed)

    def temp_suffix(self, graph_node_id: str) -> str:
        """Five letters, the same for each run of this graph node."""
        if graph_node_id not in self._temp_suffixes:
            self._temp_suffixes[graph_node_id] = "".join(self._random.choices(_SUFFIX_LETTERS, k=5))
        return self._temp_suffixes[graph_node_id]

    def broadcast_status(self) -> None:
        self.hub.send("status", {"status": self.queue_info()}, None)

    def queue_info(self) -> Mapping[str, Any]:
        return {"exec_info": {"queue_remaining": self.queue.remaining}}


@dataclass(frozen=True, slots=True)
class Job:
    """One queued prompt, unpacked."""

    prompt_id: str
    graph: dict[str, Any]
    extra_data: Mapping[str, Any]
    outputs: list[str]

    @property
    def client_id(self) -> str | None:
        """The client that gets the events; None broadcasts some of them and drops the rest."""
        return self.extra_data.get("client_id")

    @classmethod
    def of(cls, item: QueueItem) -> "Job":
        return cls(item[PROMPT_ID], item[GRAPH], item[EXTRA_DATA], item[OUTPUTS])
