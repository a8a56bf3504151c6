"""The two clients of a hub: asynchronous and blocking."""

from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType

from vibes.client.endpoints.artifacts import Artifacts, AsyncArtifacts
from vibes.client.endpoints.batches import AsyncBatches, Batches
from vibes.client.endpoints.boards import AsyncBoards, Boards
from vibes.client.endpoints.concepts import AsyncConcepts, Concepts
from vibes.client.endpoints.costs import AsyncCostControl, CostControl
from vibes.client.endpoints.discovery import AsyncDiscovery, AsyncQueueControl, Discovery, QueueControl
from vibes.client.endpoints.doctor import AsyncDoctor, Doctor
from vibes.client.endpoints.exploration import AsyncExploration, Exploration
from vibes.client.endpoints.generations import AsyncGenerations, Generations
from vibes.client.endpoints.jobs import AsyncJobs, Jobs
from vibes.client.endpoints.llm import AsyncLanguageModels, LanguageModels
from vibes.client.endpoints.prompts import AsyncPrompts, Prompts
from vibes.client.endpoints.recipes import AsyncRecipes, Recipes
from vibes.client.endpoints.refinements import AsyncRefinements, Refinements
from vibes.client.endpoints.rentals import AsyncRentals, Rentals
from vibes.client.endpoints.replicas import AsyncReplicaView, ReplicaView
from vibes.client.endpoints.retention import AsyncRetentionControl, RetentionControl
from vibes.client.endpoints.sessions import AsyncSessions, Sessions
from vibes.client.endpoints.workflows import AsyncWorkflows, Workflows
from vibes.client.http.address import DEFAULT_URL, HubAddress
from vibes.client.http.blocking import BackgroundLoop
from vibes.client.http.errors import ClientError
from vibes.client.http.transport import Transport, open_transport

PATIENCE_SECONDS = 60.0


class AsyncHubClient:
    """A hub, for ``async with``.

    A hub that has answered before and does not now, since it restarts, is waited for, up to ``patience_seconds``;
    ``on_away`` is called before each try. A hub that never answered is an error at once. Requests that must not be done
    twice carry an Idempotency-Key or are not repeated. ``ca``: see `HubAddress`. Raises WrongAddress for an impossible
    address or key.
    """

    sessions: AsyncSessions
    batches: AsyncBatches
    generations: AsyncGenerations
    boards: AsyncBoards
    jobs: AsyncJobs
    artifacts: AsyncArtifacts
    discovery: AsyncDiscovery
    doctor: AsyncDoctor
    exploration: AsyncExploration
    queue: AsyncQueueControl
    concepts: AsyncConcepts
    costs: AsyncCostControl
    prompts: AsyncPrompts
    recipes: AsyncRecipes
    workflows: AsyncWorkflows
    refinements: AsyncRefinements
    rentals: AsyncRentals
    replicas: AsyncReplicaView
    retention: AsyncRetentionControl
    llm: AsyncLanguageModels

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        ca: Path | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        on_away: Callable[[ClientError], None] | None = None,
    ) -> None:
        self.address = HubAddress(url, api_key, ca)
        self.address.check()
        self._patience_seconds = patience_seconds
        self._on_away = on_away
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> "AsyncHubClient":
        transport: Transport = await self._opened.enter_async_context(
            open_transport(self.address, patience_seconds=self._patience_seconds, on_away=self._on_away)
        )
        self.sessions = AsyncSessions(transport)
        self.batches = AsyncBatches(transport)
        self.generations = AsyncGenerations(transport)
        self.boards = AsyncBoards(transport)
        self.jobs = AsyncJobs(transport)
        self.artifacts = AsyncArtifacts(transport)
        self.discovery = AsyncDiscovery(transport)
        self.doctor = AsyncDoctor(transport)
        self.exploration = AsyncExploration(transport)
        self.queue = AsyncQueueControl(transport)
        self.concepts = AsyncConcepts(transport)
        self.costs = AsyncCostControl(transport)
        self.prompts = AsyncPrompts(transport)
        self.recipes = AsyncRecipes(transport)
        self.workflows = AsyncWorkflows(transport)
        self.refinements = AsyncRefinements(transport)
        self.rentals = AsyncRentals(transport)
        self.replicas = AsyncReplicaView(transport)
        self.retention = AsyncRetentionControl(transport)
        self.llm = AsyncLanguageModels(transport)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.aclose()


class HubClient:
    """A hub, for ``with``: the methods of `AsyncHubClient`, run on an event loop in a thread."""

    sessions: Sessions
    batches: Batches
    generations: Generations
    boards: Boards
    jobs: Jobs
    artifacts: Artifacts
    discovery: Discovery
    doctor: Doctor
    exploration: Exploration
    queue: QueueControl
    concepts: Concepts
    costs: CostControl
    prompts: Prompts
    recipes: Recipes
    workflows: Workflows
    refinements: Refinements
    rentals: Rentals
    replicas: ReplicaView
    retention: RetentionControl
    llm: LanguageModels

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        api_key: str | None = None,
        ca: Path | None = None,
        patience_seconds: float = PATIENCE_SECONDS,
        on_away: Callable[[ClientError], None] | None = None,
    ) -> None:
        self._hub = AsyncHubClient(url, api_key=api_key, ca=ca, patience_seconds=patience_seconds, on_away=on_away)

    def __enter__(self) -> "HubClient":
        self._loop = BackgroundLoop()
        hub = self._loop.enter(self._hub)
        self.sessions = Sessions(hub.sessions, self._loop)
        self.batches = Batches(hub.batches, self._loop)
        self.generations = Generations(hub.generations, self._loop)
        self.boards = Boards(hub.boards, self._loop)
        self.jobs = Jobs(hub.jobs, self._loop)
        self.artifacts = Artifacts(hub.artifacts, self._loop)
        self.discovery = Discovery(hub.discovery, self._loop)
        self.doctor = Doctor(hub.doctor, self._loop)
        self.exploration = Exploration(hub.exploration, self._loop)
        self.queue = QueueControl(hub.queue, self._loop)
        self.concepts = Concepts(hub.concepts, self._loop)
        self.costs = CostControl(hub.costs, self._loop)
        self.prompts = Prompts(hub.prompts, self._loop)
        self.recipes = Recipes(hub.recipes, self._loop)
        self.workflows = Workflows(hub.workflows, self._loop)
        self.refinements = Refinements(hub.refinements, self._loop)
        self.rentals = Rentals(hub.rentals, self._loop)
        self.replicas = ReplicaView(hub.replicas, self._loop)
        self.retention = RetentionControl(hub.retention, self._loop)
        self.llm = LanguageModels(hub.llm, self._loop)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.run(self._hub.__aexit__(kind, error, trace))
        self._loop.close()
