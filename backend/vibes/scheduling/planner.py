"""Decides which node takes which queued generation now. Pure, so that it can be replayed.

Work is placed in the fair order, each on the node where it would *finish* first. The first work on a free node is
started; the first one on a node whose run is about to end may be prefetched. A node on which everything would finish
later than on a faster, busy one stays idle until the next plan. A node of unproven speed simply takes the next work.
Nodes that stay idle take over prefetched work of others, and start second attempts of stragglers.
"""

from collections import Counter, defaultdict, deque
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import count, islice
from math import inf
from typing import cast

from vibes.domain.ids import GenerationId, NodeId
from vibes.domain.money import MicroUsd
from vibes.domain.priority import Priority
from vibes.scheduling.decisions import Assign, Decision, Prefetch, SecondAttempt, TakeBack
from vibes.scheduling.estimator import Estimator, reference_seconds
from vibes.scheduling.fair_order import FairOrder
from vibes.scheduling.fair_share import Ledger, SessionKey
from vibes.scheduling.offers import Offer, Seat
from vibes.scheduling.second_attempts import next_straggler_in, second_attempts
from vibes.scheduling.slots import ends
from vibes.scheduling.snapshot import Prefetched, Snapshot, Work
from vibes.scheduling.taking_back import taken_back, way_for
from vibes.scheduling.timeline import Timeline
from vibes.scheduling.timing_book import TimingBook
from vibes.scheduling.waiting import read_as_queue

WINDOW = 8
"""How many places ahead work with a loaded checkpoint is looked for."""

MAX_SKIPS = 8
"""How often work may be passed over for that."""

FETCH_SECONDS = 0.1
"""Seconds assumed for an image that is being fetched: download, check and write."""

DEPTH = 128
"""Works placed one by one in a live plan; the queue beyond is treated as a fluid."""


WORKS_A_STEP = 50
"""Works that a prediction places between two pauses, which takes a millisecond or two."""


@dataclass(frozen=True, slots=True)
class Plan:
    decisions: tuple[Decision, ...]
    """Started and prefetched works in the order in which they were due."""
    ledger: Ledger
    """What the next plan must know once these decisions are carried out."""
    again_in: float | None = None
    """Seconds after which another plan may decide more, even if nothing happens."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The same plan carried to its end: seconds from now until each open generation and each node is done."""

    generations: dict[GenerationId, float]
    nodes: dict[NodeId, float]
    waits_for: dict[GenerationId, NodeId]
    """Works that are not started now, with the node on which each is expected to run."""
    places: dict[GenerationId, NodeId] = field(default_factory=dict)
    """Where each open generation runs or is expected to run."""
    costs: dict[GenerationId, MicroUsd] = field(default_factory=dict)
    """Works that are not started yet and are expected to cost money, with what is set aside for each."""
    spreads: dict[NodeId, float] = field(default_factory=dict)
    """By node: error of its predictions, as a part of them."""


def plan(snapshot: Snapshot, estimator: Estimator, timings: TimingBook | None = None) -> Plan:
    """Decide for every free node. A ``timings`` book of this estimator, kept between plans, only saves time."""
    idle = any(node.free for node in snapshot.nodes)
    if not idle and not (snapshot.ready and any(node.can_prefetch or node.prefetched for node in snapshot.nodes)):
        return Plan((), snapshot.ledger)
    counts = read_as_queue(snapshot.ready).counts()
    placing = _Placing(snapshot, estimator, timings or TimingBook(estimator), counts)
    placing.run_live()
    return placing.result()


def outlook(snapshot: Snapshot, estimator: Estimator, timings: TimingBook | None = None) -> Outlook:
    """Predict the whole queue, provided nothing goes wrong. Work that no node can take at present has no entry."""
    steps = outlook_in_steps(snapshot, estimator, timings)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return cast("Outlook", end.value)


def outlook_in_steps(
    snapshot: Snapshot, estimator: Estimator, timings: TimingBook | None = None
) -> Generator[None, None, Outlook]:
    """The same, with a pause after every few works: for a hundred thousand it takes seconds."""
    placing = _Placing(snapshot, estimator, timings or TimingBook(estimator))
    yield from placing.run_all()
    finishes, later, places = placing.ends_of_runs(), {}, placing.places_of_runs()
    costs: dict[GenerationId, MicroUsd] = {}
    for index, (turn, place) in enumerate(placing.paired()):
        generation_id = turn.work.generation_id
        finishes[generation_id] = place.finish
        places[generation_id] = place.seat.node.id
        if place.seat.node.costs:
            costs[generation_id] = place.cost
        if place.start is not _Start.NOW:
            later[generation_id] = place.seat.node.id
        if index % WORKS_A_STEP == 0:
            yield
    nodes: dict[NodeId, float] = {}
    for seat in placing.timeline.seats:
        nodes[seat.node.id] = max(seat.done_at, nodes.get(seat.node.id, 0.0))
    spreads = {node_id: estimator.spread(node_id) for node_id in nodes}
    return Outlook(finishes, nodes, later, places, costs, spreads)


@dataclass(slots=True)
class _Turn:
    """One work of the queue, with the account that is charged and its place in the fair order."""

    work: Work
    account: SessionKey
    order: int


class _Start(IntEnum):
    NOW = 0
    PREFETCHED = 1
    """Soon: it may wait on the node already."""
    LATER = 2


@dataclass(slots=True)
class _Placed:
    seat: Seat
    finish: float
    seconds: float
    cost: MicroUsd
    start: _Start

    def decision(self, work: Work) -> Assign | Prefetch:
        if self.start is _Start.NOW:
            return Assign(work.generation_id, self.seat.node.id, self.finish, self.cost)
        return Prefetch(work.generation_id, self.seat.node.id, self.seconds)


class _Placing:
    """A plan while it is made."""

    def __init__(
        self, snapshot: Snapshot, estimator: Estimator, timings: TimingBook, counts: Mapping[str, int] | None = None
    ) -> None:
        """``counts``: waiting works by kind, when not every work is placed individually."""
        self._snapshot = snapshot
        self._waiting = waiting = read_as_queue(snapshot.ready)
        self._counts = Counter(counts or {})
        self.timeline = Timeline(snapshot, estimator, timings, self._counts)
        self._order = FairOrder(waiting, snapshot.ledger, snapshot.now)
        self._turns: Iterator[_Turn] = (
            _Turn(work, account, index) for index, (work, account) in enumerate(self._order)
        )
        self._window: deque[_Turn] = deque()
        self._skips = dict(snapshot.ledger.skips)
        self._skipped_now: Counter[GenerationId] = Counter()
        self._works: dict[str, list[_Turn]] = {}
        self._places: dict[str, list[_Placed]] = {}
        self._stuck: set[SessionKey] = set()
        self._in_vain: set[str] = set()
        """Kinds that no node can take at present."""
        self._taken_back: list[Prefetched] = []
        self._ways_sought = 0

    def run_live(self) -> None:
        """Place works until every open node that the queue could use has something, or certainly should stay idle."""
        examples = self._waiting.examples().values()
        vacant = [seat for seat in self.timeline.seats if seat.open]
        wanted = [seat for seat in vacant if any(self.timeline.could_take(seat, work) for work in examples)]
        urgent = bool(self._snapshot.prefetched) and self._order.urgent
        for _ in range(DEPTH):
            wanted = [seat for seat in wanted if seat.open] if wanted and not wanted[-1].open else wanted
            if not (wanted or (urgent and self._ways_sought < WINDOW)) or not self._step():
                return
        self._pour([seat for seat in wanted if seat.open])

    def run_all(self) -> Iterator[None]:
        for steps in count():
            if not self._step():
                return
            if steps % WORKS_A_STEP == 0:
                yield

    def result(self) -> Plan:
        decided: list[tuple[_Turn, Assign | Prefetch]] = []
        for kind, places in self._places.items():
            started = (place for place in places if place.start is not _Start.LATER)
            for turn, place in zip(self._in_order(kind), started, strict=False):
                decided.append((turn, place.decision(turn.work)))
        decided.sort(key=lambda each: each[0].order)
        left = set((self._counts - Counter(turn.work.kind for turn, _ in decided)).keys())
        vacant = [seat for seat in self.timeline.seats if seat.idle]
        self._taken_back += taken_back(self._snapshot, self.timeline, self._taken_back) if vacant else []
        spare = [seat for seat in vacant if seat.idle and not self._wanted(seat, left)]
        begun_again = second_attempts(self._snapshot, self.timeline, spare)
        back = [TakeBack(each.work.generation_id, each.node_id) for each in self._taken_back]
        return Plan(
            (*(decision for _, decision in decided), *back, *begun_again),
            self._ledger([turn for turn, _ in decided], begun_again),
            next_straggler_in(self._snapshot) if spare else None,
        )

    def _wanted(self, seat: Seat, kinds: set[str]) -> bool:
        """Whether work of these kinds waits that this node could do."""
        examples = self._waiting.examples()
        return any(self.timeline.could_take(seat, work) for kind, work in examples.items() if kind in kinds)

    def _ledger(self, started: list[_Turn], begun_again: list[SecondAttempt]) -> Ledger:
        charges: defaultdict[SessionKey, float] = defaultdict(float)
        for turn in started:
            charges[turn.account] += reference_seconds(turn.work)
        for each in self._taken_back:
            charges[each.work.priority, each.work.session_id] -= reference_seconds(each.work)
        before = self._snapshot.ledger
        skips = self._skips_after({turn.work.generation_id for turn in started})
        budget = before.second_attempts.after(len(started), len(begun_again))
        return before.after(charges, self._order.active - self._stuck, skips, budget)

    def ends_of_runs(self) -> dict[GenerationId, float]:
        """Seconds until each generation on a node is done, including those being fetched."""
        finishes: dict[GenerationId, float] = {}
        for node in self._snapshot.nodes:
            for generation_id, seconds in ends(node):
                finishes[generation_id] = min(seconds, finishes.get(generation_id, inf))
        for node in self._snapshot.nodes:
            finishes |= dict.fromkeys(node.fetching, FETCH_SECONDS)
        return finishes

    def places_of_runs(self) -> dict[GenerationId, NodeId]:
        return {generation_id: node.id for node in self._snapshot.nodes for generation_id in node.active}

    def paired(self) -> Iterator[tuple[_Turn, _Placed]]:
        """Works that start now go to the first of their kind, earlier places to earlier works."""
        for kind, places in self._places.items():
            places.sort(key=lambda place: (place.start, place.finish))
            yield from zip(self._in_order(kind), places, strict=True)

    def _step(self) -> bool:
        """Place the next work; False when there is none."""
        self._window.extend(islice(self._turns, WINDOW - len(self._window)))
        if not self._window:
            return False
        head = self._window[0]
        offer = self.timeline.offers(head.work).choice()
        if offer is None:
            self._window.popleft()
            self._stuck.add(head.account)
            self._in_vain.add(head.work.kind)
            return True
        if head.work.priority is Priority.INTERACTIVE and not offer.begins:
            offer = self._make_way(head.work, offer)
        chosen = self._rather(head, offer) if offer.loads else None
        if chosen is None:
            self._window.popleft()
            self._place(head, offer)
        else:
            turn, better = chosen
            self._window.remove(turn)
            if self._start(turn.work, better) is not _Start.LATER:
                self._skipped_now[head.work.generation_id] += 1
            self._place(turn, better)
        return True

    def _make_way(self, work: Work, offer: Offer) -> Offer:
        """For interactive work: take back what waits on a node after a run, if that makes this work finish sooner."""
        self._ways_sought += 1
        if self._ways_sought > WINDOW:
            return offer
        way = way_for(work, offer, self._snapshot, self.timeline, self._taken_back)
        if way is None:
            return offer
        prefetched, better = way
        self._taken_back.append(prefetched)
        return better

    def _start(self, work: Work, offer: Offer) -> _Start:
        if offer.begins:
            return _Start.NOW
        prefetch = offer.prefetches and work.priority is not Priority.INTERACTIVE and not work.suspect
        return _Start.PREFETCHED if prefetch else _Start.LATER

    def _rather(self, head: _Turn, offer: Offer) -> tuple[_Turn, Offer] | None:
        """Work shortly after the head whose checkpoint is loaded, where the head would have to load its own."""
        skips = self._skips.get(head.work.generation_id, 0) + self._skipped_now[head.work.generation_id]
        if skips >= MAX_SKIPS or head.work.priority is Priority.INTERACTIVE or head.work.place < 0:
            return None
        loaded = (offer.seat.resident, None)
        for turn in islice(self._window, 1, None):
            less_urgent = turn.work.priority.rank > head.work.priority.rank or turn.work.place > head.work.place
            if turn.work.spec.checkpoint not in loaded or less_urgent:
                continue
            rival = self.timeline.offers(turn.work).choice()
            if rival is not None and rival.seat is offer.seat and not rival.loads:
                return turn, rival
        return None

    def _place(self, turn: _Turn, offer: Offer) -> None:
        self._works.setdefault(turn.work.kind, []).append(turn)
        placed = _Placed(offer.seat, offer.finish, offer.seconds, offer.cost, self._start(turn.work, offer))
        self._places.setdefault(turn.work.kind, []).append(placed)
        self._stuck.discard(turn.account)
        self.timeline.give(turn.work, offer)

    def _pour(self, vacant: list[Seat]) -> None:
        """Estimate when the deep queue ends if it is spread over the fleet like a fluid: a node that finishes a work
        sooner is given one.

        Open nodes only become fewer, so a kind for which none is soon enough is in vain from then on; where all that
        wait are, the rest of the queue is not read.
        """
        remaining = self._counts - Counter({kind: len(turns) for kind, turns in self._works.items()})
        unread = Counter({kind: count for kind, count in remaining.items() if kind not in self._in_vain})
        left = len(vacant)
        levels: dict[str, float] = {}
        while left and unread and self._window:
            turn = self._window.popleft()
            self._window.extend(islice(self._turns, 1))
            kind = turn.work.kind
            if kind not in unread:
                continue
            offers = self.timeline.offers(turn.work)
            if kind not in levels:
                best = offers.best()
                levels[kind] = best.finish + remaining[kind] / offers.rate if best is not None else 0.0
            offer = offers.open_by(levels[kind])
            unread[kind] -= 1
            if offer is not None:
                self._place(turn, offer)
                left -= 1
            if offer is None or not unread[kind]:
                del unread[kind]

    def _in_order(self, kind: str) -> list[_Turn]:
        return sorted(self._works[kind], key=lambda turn: turn.order)

    def _skips_after(self, assigned: set[GenerationId]) -> dict[GenerationId, int]:
        """The counts of works that still wait."""
        skips = dict(self._skips)
        for generation_id, passed in self._skipped_now.items():
            skips[generation_id] = skips.get(generation_id, 0) + passed
        return {
            generation_id: passed
            for generation_id, passed in skips.items()
            if generation_id not in assigned and self._waiting.waits(generation_id)
        }
