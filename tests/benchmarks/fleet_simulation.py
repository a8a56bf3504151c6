"""A fleet without machines or waiting: discrete events in simulated seconds, driving the hub's own planner code."""

import heapq
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from tests.unit.fleet import CHECKPOINT, INVENTORY, node, sd15, work
from vibes.domain.ids import BatchId, GenerationId, SessionId
from vibes.domain.nodes.node import Tier
from vibes.domain.priority import Priority
from vibes.scheduling.decisions import Decision, SecondAttempt, TakeBack
from vibes.scheduling.estimator import Estimator
from vibes.scheduling.fair_share import NOTHING_SERVED, Ledger
from vibes.scheduling.planner import plan
from vibes.scheduling.snapshot import NodeView, Prefetched, Run, Snapshot, Work

STEP_MEGAPIXELS = 2.62
SAFETY_SECONDS = 1.0
MIN_REMAINING_SECONDS = 0.1

Policy = Callable[["FleetSimulation", Snapshot], Sequence[Decision]]
"""What is started now; a policy of a peer keeps what it must remember itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """How far reality is from the plan."""

    noise: float = 0.0
    """Standard deviation of the logarithm of a run's time."""
    stall_chance: float = 0.0
    stall_factor: float = 8.0
    stalled_start: int | None = None
    """Exactly this one of all starts stalls, instead of some by chance."""
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
    running: "list[Start]" = field(default_factory=list)
    """At most as many as it has slots."""
    behind: "Start | None" = None
    """Waits in the machine's own queue."""
    loads: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Start:
    """One attempt as it happened."""

    node_id: str
    work: Work
    expected: float
    warm: bool
    at: float = 0.0
    end: float = 0.0
    """Of a loser of two: when it was stopped."""
    passed_over: str | None = None
    """The first of the queue, when it was not what was started."""
    second: bool = False


_Event = Work | Start | None


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
    taken_back: int = 0
    most_skips: dict[GenerationId, int] = field(default_factory=dict)
    """The highest count that the ledger ever had of each."""
    done: set[GenerationId] = field(default_factory=set)
    _chance: random.Random = field(default_factory=random.Random)
    _events: list[tuple[float, int, _Event]] = field(default_factory=list)
    _number: int = 0
    _by_id: dict[str, Machine] = field(default_factory=dict)
    _arrived: list[GenerationId] = field(default_factory=list)

    @property
    def second_attempts(self) -> int:
        return sum(start.second for start in self.starts)

    def run(self, arrivals: Iterable[tuple[float, Work]]) -> float:
        """The makespan: seconds until the last picture is there."""
        self._chance = random.Random(self.seed)  # noqa: S311 - a repeatable accident
        self._by_id = {machine.view.id: machine for machine in self.machines}
        for at, item in arrivals:
            self._at(at, replace(item, submitted_at=at))
        self._at(0.0, None)
        while self._events:
            self.now = self._events[0][0]
            while self._events and self._events[0][0] <= self.now:
                self._happen(heapq.heappop(self._events)[2])
            self._carry_out_the_plan()
        assert not self.queue, "everything that was asked for was done"
        return max(start.end for start in self.starts)

    def _at(self, moment: float, what: _Event) -> None:
        self._number += 1
        heapq.heappush(self._events, (moment, self._number, what))

    def _happen(self, what: _Event) -> None:
        match what:
            case Work():
                self.queue.append(what)
                self._arrived.append(what.generation_id)
            case Start():
                machine = self._by_id[what.node_id]
                if any(each is what for each in machine.running):  # and was not stopped meanwhile
                    self.estimator.observe(machine.view.id, what.work, self.now - what.at, warm=what.warm)
                    self._finish(machine, what)
            case None:
                return

    def _finish(self, machine: Machine, ended: Start) -> None:
        self.done.add(ended.work.generation_id)
        self._stop(machine, ended)
        for other in self.machines:
            for start in [each for each in other.running if each.work.generation_id == ended.work.generation_id]:
                self._stop(other, start)

    def _stop(self, machine: Machine, start: Start) -> None:
        start.end = self.now
        machine.running.remove(start)
        self._next_on(machine)

    def _next_on(self, machine: Machine) -> None:
        if machine.behind is not None:
            following, machine.behind = machine.behind, None
            self._begin(machine, following, self.now)

    def _carry_out_the_plan(self) -> None:
        snapshot = self._snapshot()
        if self.policy is None:
            planned = plan(snapshot, self.estimator)
            self.ledger, decisions = planned.ledger, planned.decisions
            self.most_skips |= planned.ledger.skips
            if planned.again_in is not None:
                self._at(self.now + planned.again_in, None)
        else:
            decisions = tuple(self.policy(self, snapshot))
        waiting = {item.generation_id: item for item in self.queue}
        back: list[Work] = []
        for decision in decisions:
            machine = self._by_id[decision.node_id]
            if isinstance(decision, TakeBack):
                back.append(self._take_back(machine, decision))
            elif isinstance(decision, SecondAttempt):
                straggler = next(run.work for run in snapshot.runs if run.work.generation_id == decision.generation_id)
                self._put(machine, straggler, decision.seconds, None, second=True)
            else:
                head = next(iter(waiting))
                item = waiting.pop(decision.generation_id)
                self._put(machine, item, decision.seconds, head if head != decision.generation_id else None)
        self.queue = sorted([*waiting.values(), *back], key=lambda item: self._arrived.index(item.generation_id))
        busy = self.queue or any(machine.running for machine in self.machines)
        if (busy and not any(at <= self.now + SAFETY_SECONDS for at, _, what in self._events if what is None)) or back:
            self._at(self.now + (self.conditions.gap_seconds if back else SAFETY_SECONDS), None)

    def _take_back(self, machine: Machine, decision: TakeBack) -> Work:
        assert machine.behind is not None
        assert machine.behind.work.generation_id == decision.generation_id
        item, machine.behind = machine.behind.work, None
        self.taken_back += 1
        return item

    def _snapshot(self) -> Snapshot:
        return Snapshot(
            nodes=tuple(self._view(machine) for machine in self.machines),
            ready=tuple(self.queue),
            runs=tuple(
                Run(
                    work=start.work,
                    node_id=machine.view.id,
                    age=self.now - start.at,
                    expected=start.expected,
                    silent=0.0,
                    proven=self.estimator.confident(machine.view.id, start.work),
                    begun_twice=sum(start.work is each.work for other in self.machines for each in other.running) > 1,
                )
                for machine in self.machines
                for start in machine.running
            ),
            prefetched=tuple(
                Prefetched(work=machine.behind.work, node_id=machine.view.id)
                for machine in self.machines
                if machine.behind is not None
            ),
            now=self.now,
            ledger=self.ledger,
        )

    def _view(self, machine: Machine) -> NodeView:
        active: dict[GenerationId, float] = {}
        resident = machine.resident
        for start in machine.running:
            left = start.expected - (self.now - start.at)
            active[start.work.generation_id] = max(abs(left), MIN_REMAINING_SECONDS)
            resident = start.work.spec.checkpoint
        if machine.behind is not None:
            active[machine.behind.work.generation_id] = machine.behind.expected
        behind = frozenset({machine.behind.work.generation_id} if machine.behind else ())
        return replace(machine.view, active=active, prefetched=behind, resident_checkpoint=resident)

    def _put(
        self, machine: Machine, item: Work, expected: float, passed_over: str | None, *, second: bool = False
    ) -> None:
        warm = machine.resident == item.spec.checkpoint
        start = Start(
            node_id=machine.view.id, work=item, expected=expected, warm=warm, passed_over=passed_over, second=second
        )
        if len(machine.running) < machine.view.slots:
            self._begin(machine, start, self.now + self.conditions.gap_seconds)
        else:
            assert machine.behind is None, "a node never has more running than slots, and one waiting of ours"
            machine.behind = start

    def _begin(self, machine: Machine, start: Start, at: float) -> None:
        assert start.work.generation_id not in self.done, "nothing is drawn again that is there"
        seconds = machine.seconds * start.work.step_megapixels / STEP_MEGAPIXELS
        if self.conditions.noise:
            seconds *= self._chance.lognormvariate(0, self.conditions.noise)
        if self._stalls():
            seconds *= self.conditions.stall_factor
        start.warm = machine.resident == start.work.spec.checkpoint
        if not start.warm:
            seconds += machine.load_seconds
            machine.loads += 1
        machine.resident = start.work.spec.checkpoint
        start.expected = start.expected or seconds
        machine.running.append(start)
        start.at, start.end = at, at + seconds
        self.starts.append(start)
        self._at(start.end, start)

    def _stalls(self) -> bool:
        if self.conditions.stalled_start is not None:
            return len(self.starts) == self.conditions.stalled_start
        return self._chance.random() < self.conditions.stall_chance


def fleet_of(
    seconds_each: Sequence[float],
    *,
    load_seconds: float = 0.0,
    resident: Sequence[str | None] | None = None,
    slots: Sequence[int] | None = None,
) -> list[Machine]:
    """Machines n0, n1 … of these warm seconds for `drafts`; everything loaded unless ``resident`` says otherwise, and
    one picture at a time unless ``slots`` do."""
    loaded = resident if resident is not None else [CHECKPOINT] * len(seconds_each)
    return [
        Machine(
            view=node(f"n{index}", Tier.STANDARD, inventory=replace(INVENTORY, slots=at_once)),
            seconds=each,
            load_seconds=load_seconds,
            resident=checkpoint,
        )
        for index, (each, checkpoint, at_once) in enumerate(
            zip(seconds_each, loaded, slots or [1] * len(seconds_each), strict=True)
        )
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
    simulation = FleetSimulation(
        [replace(machine, running=[]) for machine in machines], conditions, seed, policy, estimator
    )
    simulation.run((0.0, item) for item in works)
    return simulation


def makespan(simulation: FleetSimulation) -> float:
    return max(start.end for start in simulation.starts)


def first_of(simulation: FleetSimulation, generation_id: GenerationId) -> Start:
    return next(start for start in simulation.starts if start.work.generation_id == generation_id)
