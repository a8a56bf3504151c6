"""A fleet without machines or waiting: discrete events in simulated seconds, driving the hub's own planner code."""

import heapq
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from tests.unit.fleet import CHECKPOINT, node, sd15, work
from vibes.domain.ids import BatchId, GenerationId, SessionId
from vibes.domain.node import Tier
from vibes.domain.priority import Priority
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.fair_share import NOTHING_SERVED, Ledger
from vibes.scheduling.planner import Assign, plan
from vibes.scheduling.snapshot import NodeView, Snapshot, Work

STEP_MEGAPIXELS = 2.62
SAFETY_SECONDS = 1.0
MIN_REMAINING_SECONDS = 0.1

Policy = Callable[["FleetSimulation", Snapshot], Sequence[Assign]]
"""What is started now; a policy of a peer keeps what it must remember itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How far reality is from the plan."""

    noise: float = 0.0
    """Standard deviation of the logarithm of a run's time."""
    stall_chance: float = 0.0
    stall_factor: float = 8.0
    gap_seconds: float = 0.0
    """From the end of a run to the start of the next: a round trip of the hub."""
    wrong_by: float = 0.0
    """The estimates that the hub starts with are off by up to this part, either way."""


@dataclass(slots=True, kw_only=True)
class Machine:
    """What a node really is, and what it does."""

    view: NodeView
    seconds: float
    load_seconds: float = 0.0
    resident: str | None = CHECKPOINT
    running: Work | None = None
    started_at: float = 0.0
    expected: float = 0.0
    loads: int = 0


@dataclass(frozen=True, slots=True)
class Start:
    """One run as it happened."""

    at: float
    end: float
    node_id: str
    work: Work
    passed_over: str | None
    """The first of the queue, when it was not what was started."""


@dataclass(slots=True)
class FleetSimulation:
    """Run `run` once; what happened is in ``starts``."""

    machines: list[Machine]
    conditions: Conditions
    seed: int
    policy: Policy | None = None
    """None: the hub's own plan."""
    estimator: Estimator = field(default_factory=Estimator)
    now: float = 0.0
    ledger: Ledger = NOTHING_SERVED
    queue: list[Work] = field(default_factory=list)
    starts: list[Start] = field(default_factory=list)
    most_skips: dict[GenerationId, int] = field(default_factory=dict)
    """The highest count that the ledger ever had of each."""
    _chance: random.Random = field(default_factory=random.Random)
    _events: list[tuple[float, int, Machine | Work | None]] = field(default_factory=list)
    _number: int = 0

    def run(self, arrivals: Iterable[tuple[float, Work]]) -> float:
        """The makespan: seconds until the last run is over."""
        self._chance = random.Random(self.seed)  # noqa: S311 - a repeatable accident
        for at, item in arrivals:
            self._at(at, replace(item, submitted_at=at))
        self._at(0.0, None)
        while self._events:
            self.now = self._events[0][0]
            while self._events and self._events[0][0] <= self.now:
                self._happen(heapq.heappop(self._events)[2])
            self._start_what_is_planned()
        assert not self.queue, "everything that was asked for was done"
        return max(start.end for start in self.starts)

    def _at(self, moment: float, what: Machine | Work | None) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, what))

    def _happen(self, what: Machine | Work | None) -> None:
        match what:
            case Work():
                self.queue.append(what)
            case Machine():
                assert what.running is not None
                seconds = self.now - what.started_at
                warm = what.resident == what.running.spec.checkpoint
                self.estimator.observe(what.view.id, what.running, seconds, warm=warm)
                what.resident, what.running = what.running.spec.checkpoint, None
            case None:
                return

    def _start_what_is_planned(self) -> None:
        snapshot = Snapshot(
            nodes=tuple(self._view(machine) for machine in self.machines),
            ready=tuple(self.queue),
            now=self.now,
            ledger=self.ledger,
        )
        if self.policy is None:
            planned = plan(snapshot, self.estimator)
            self.ledger, decisions = planned.ledger, planned.decisions
            self.most_skips |= planned.ledger.skips
        else:
            decisions = tuple(self.policy(self, snapshot))
        waiting = {item.generation_id: item for item in self.queue}
        machines = {machine.view.id: machine for machine in self.machines}
        for decision in decisions:
            head = next(iter(waiting))
            started = waiting.pop(decision.generation_id)
            passed_over = head if head != decision.generation_id else None
            self._start(machines[decision.node_id], started, decision.seconds, passed_over)
        self.queue = list(waiting.values())
        if self.queue and not any(at <= self.now + SAFETY_SECONDS for at, _, what in self._events if what is None):
            self._at(self.now + SAFETY_SECONDS, None)

    def _view(self, machine: Machine) -> NodeView:
        if machine.running is None:
            return replace(machine.view, resident_checkpoint=machine.resident)
        left = max(abs(machine.expected - (self.now - machine.started_at)), MIN_REMAINING_SECONDS)
        return replace(
            machine.view,
            active={machine.running.generation_id: left},
            resident_checkpoint=machine.running.spec.checkpoint,
        )

    def _start(self, machine: Machine, item: Work, expected: float, passed_over: str | None) -> None:
        assert machine.running is None, "a node never has two of ours"
        seconds = machine.seconds * item.step_megapixels / STEP_MEGAPIXELS
        if self.conditions.noise:
            seconds *= self._chance.lognormvariate(0, self.conditions.noise)
        if self._chance.random() < self.conditions.stall_chance:
            seconds *= self.conditions.stall_factor
        if machine.resident != item.spec.checkpoint:
            seconds += machine.load_seconds
            machine.loads += 1
        machine.running, machine.started_at = item, self.now + self.conditions.gap_seconds
        machine.expected = expected or seconds
        end = machine.started_at + seconds
        self.starts.append(Start(machine.started_at, end, machine.view.id, item, passed_over))
        self._at(end, machine)


def fleet_of(
    seconds_each: Sequence[float], *, load_seconds: float = 0.0, resident: Sequence[str | None] | None = None
) -> list[Machine]:
    """Machines n0, n1 … of these warm seconds for `drafts`; everything loaded unless ``resident`` says otherwise."""
    loaded = resident if resident is not None else [CHECKPOINT] * len(seconds_each)
    return [
        Machine(view=node(f"n{index}", Tier.STANDARD), seconds=each, load_seconds=load_seconds, resident=checkpoint)
        for index, (each, checkpoint) in enumerate(zip(seconds_each, loaded, strict=True))
    ]


def drafts(
    count: int,
    *,
    session: str = "s",
    priority: Priority = Priority.NORMAL,
    checkpoints: Sequence[str] = (CHECKPOINT,),
    total: int | None = None,
) -> list[Work]:
    """Works of one batch, their checkpoints in turn."""
    return [
        work(
            f"{session}-{index}",
            batch_id=BatchId(session),
            batch_total=total or count,
            session_id=SessionId(session),
            priority=priority,
            step_megapixels=STEP_MEGAPIXELS,
            spec=sd15(checkpoint=checkpoints[index % len(checkpoints)]),
        )
        for index in range(count)
    ]


def taught(machines: Sequence[Machine], works: Sequence[Work], conditions: Conditions, seed: int) -> Estimator:
    """An estimator that knows these machines, as far as ``conditions.wrong_by`` lets it."""
    chance = random.Random(seed + 1)  # noqa: S311 - a repeatable accident
    estimator = Estimator()
    for machine in machines:
        error = 1 + chance.uniform(-conditions.wrong_by, conditions.wrong_by)
        for item in {each.kind: each for each in works}.values():
            seconds = machine.seconds * error * item.step_megapixels / STEP_MEGAPIXELS
            for _ in range(3):
                estimator.observe(machine.view.id, item, seconds, warm=True)
            estimator.observe(machine.view.id, item, seconds + machine.load_seconds, warm=False)
    return estimator


def simulate(
    machines: Sequence[Machine],
    works: Sequence[Work],
    *,
    conditions: Conditions | None = None,
    seed: int = 0,
    policy: Policy | None = None,
) -> FleetSimulation:
    """All works submitted at once to a fleet whose speeds are known; answers the simulation after its run."""
    conditions = conditions or Conditions()
    estimator = taught(machines, works, conditions, seed)
    simulation = FleetSimulation([replace(machine) for machine in machines], conditions, seed, policy, estimator)
    simulation.run((0.0, item) for item in works)
    return simulation


def makespan(simulation: FleetSimulation) -> float:
    return max(start.end for start in simulation.starts)


def first_of(simulation: FleetSimulation, generation_id: GenerationId) -> Start:
    return next(start for start in simulation.starts if start.work.generation_id == generation_id)
