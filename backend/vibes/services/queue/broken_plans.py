"""Files with snapshots on which planning failed, which can be replayed to find the fault.

They contain no prompt, no address and no key, only what a plan reads.
"""

import json
import logging
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from pydantic import TypeAdapter

from vibes.domain.ids import NodeId
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFile, NodeTls
from vibes.domain.nodes.requirements import Requirements
from vibes.environment.durable_files import write_durably
from vibes.ports.clock import Clock
from vibes.scheduling.estimator import Estimator, Memory
from vibes.scheduling.fair_share import Ledger
from vibes.scheduling.snapshot import Held, NodeView, Prefetched, Run, Snapshot, Work

logger = logging.getLogger(__name__)

FILES_KEPT = 10
WORKS_KEPT = 2_000
"""Most works in a file, those that are due first."""
AGAIN_SECONDS = 3600.0
"""Seconds after which the same fault is written in full again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptInventory(NodeInventory):
    """A node's judgement of these works' requirements; nothing else of its inventory is kept."""

    lacking: Mapping[str, tuple[str, ...]]
    """By `Requirements.key`."""
    read: Mapping[str, tuple[ModelFile, ...]]

    def lacks(self, needed: Requirements) -> tuple[str, ...]:
        return self.lacking.get(needed.key, ())

    def reads(self, needed: Requirements) -> Iterator[ModelFile]:
        return iter(self.read.get(needed.key, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The content of a file: a snapshot, the estimator's knowledge, and the exception."""

    fault: str
    nodes: tuple[NodeView, ...]
    """Without their inventories."""
    inventories: Mapping[NodeId, KeptInventory]
    ready: tuple[Work, ...]
    runs: tuple[Run, ...]
    prefetched: tuple[Prefetched, ...]
    now: float
    ledger: Ledger
    overflow_threshold: int
    held: Held
    memory: Memory

    @property
    def snapshot(self) -> Snapshot:
        return Snapshot(
            nodes=tuple(replace(node, inventory=self.inventories.get(node.id)) for node in self.nodes),
            ready=self.ready,
            runs=self.runs,
            prefetched=self.prefetched,
            now=self.now,
            ledger=self.ledger,
            overflow_threshold=self.overflow_threshold,
            held=self.held,
        )


_KEPT: TypeAdapter[Kept] = TypeAdapter(Kept)


class BrokenPlans:
    """Logs each fault once in full, with a file; repetitions take one line."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._told: dict[str, float] = {}

    def note(self, error: Exception, snapshot: Snapshot, estimator: Estimator) -> None:
        """Never raises, so that a full disk does no further harm."""
        fault = signature(error)
        kind = fault.removesuffix(f": {error}")  # the same fault may name another generation each time
        told = self._told.get(kind)
        if told is not None and self._clock.monotonic() - told < AGAIN_SECONDS:
            logger.warning("the planning broke again: %s", fault)
            return
        self._told[kind] = self._clock.monotonic()
        logger.error("the planning broke: %s%s", fault, self._kept(error, snapshot, estimator), exc_info=error)

    def _kept(self, error: Exception, snapshot: Snapshot, estimator: Estimator) -> str:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            nanoseconds = int(self._clock.now().timestamp() * 1_000_000) * 1000
            path = self._folder / f"plan-{nanoseconds}-{type(error).__name__}.json"
            write_durably(path, written(snapshot, estimator, signature(error)).encode())
            for old in sorted(self._folder.glob("plan-*.json"))[:-FILES_KEPT]:
                old.unlink(missing_ok=True)
        except Exception as refusal:  # noqa: BLE001 - whatever keeps the file from being written, the hub goes on
            return f" (its snapshot could not be written: {refusal!r})"
        return f" (replay it: python -m vibes.commands.replay_plan {path})"


def signature(error: Exception) -> str:
    """What and where: ``ZeroDivisionError in timeline.py:213: division by zero``."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}: {error}"


def written(snapshot: Snapshot, estimator: Estimator, fault: str) -> str:
    """JSON, without anything that a plan does not read."""
    ready = tuple(_without_text(work) for work in islice(snapshot.ready, WORKS_KEPT))
    runs = tuple(replace(run, work=_without_text(run.work)) for run in snapshot.runs)
    prefetched = tuple(replace(each, work=_without_text(each.work)) for each in snapshot.prefetched)
    works = [*ready, *(run.work for run in runs), *(each.work for each in prefetched)]
    needs = {work.requirements.key: work.requirements for work in works}
    kept = Kept(
        fault=fault,
        nodes=tuple(map(_without_secrets, snapshot.nodes)),
        inventories={node.id: _asked_for(node.inventory, needs) for node in snapshot.nodes if node.inventory},
        ready=ready,
        runs=runs,
        prefetched=prefetched,
        now=snapshot.now,
        ledger=snapshot.ledger,
        overflow_threshold=snapshot.overflow_threshold,
        held=snapshot.held,
        memory=_without_texts(estimator.memory),
    )
    return json.dumps(_KEPT.dump_python(kept, mode="json"))


def read(text: str) -> tuple[Snapshot, Estimator]:
    """Raises ValueError for text that is no such file."""
    kept = _KEPT.validate_json(text)
    return kept.snapshot, Estimator.of(kept.memory)


def _without_texts(memory: Memory) -> Memory:
    return replace(
        memory,
        cold_runs=tuple(
            (node_id, checkpoint, tuple(replace(run, work=_without_text(run.work)) for run in runs))
            for node_id, checkpoint, runs in memory.cold_runs
        ),
    )


def _without_text(work: Work) -> Work:
    return replace(work, spec=replace(work.spec, prompt="", negative_prompt="", parameters={}))


def _without_secrets(node: NodeView) -> NodeView:
    config = replace(node.config, host="node", headers={}, path_prefix="", tls=NodeTls(), options={}, owner_hours=None)
    return replace(node, config=config, inventory=None)


def _asked_for(inventory: NodeInventory, needs: Mapping[str, Requirements]) -> KeptInventory:
    """Of its files only those that these works need."""
    names = {name for each in needs.values() for _, name in each.files}
    return KeptInventory(
        version=inventory.version,
        device_name=inventory.device_name,
        simulated=inventory.simulated,
        vram_total_bytes=inventory.vram_total_bytes,
        files={folder: frozenset(known & names) for folder, known in inventory.files.items()},
        path_style=inventory.path_style,
        loads_models=inventory.loads_models,
        slots=inventory.slots,
        cost=inventory.cost,
        lacking={key: inventory.lacks(each) for key, each in needs.items()},
        read={key: tuple(inventory.reads(each)) for key, each in needs.items()},
    )
