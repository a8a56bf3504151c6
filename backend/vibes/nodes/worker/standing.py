"""What the workers behind a node come to, as a node: decided by their reports and by the orders that are open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vibes.domain.errors import NodeAway, NodeError, NodeUnreachable
from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFile, ModelFolder, NodeQueue, NodeVitals
from vibes.domain.nodes.requirements import Requirements
from vibes.domain.nodes.worker import HELD, WorkerReport, WorkerState
from vibes.domain.reason import Reason, ReasonCode
from vibes.nodes.comfyui.orders.inventory import ComfyUIInventory
from vibes.ports.workers.rows import OpenOrder


def lost(report: WorkerReport, lost_seconds: float) -> bool:
    """Whether it has stopped without saying so."""
    return report.state is not WorkerState.GONE and report.silent_seconds > lost_seconds


def present(reports: Sequence[WorkerReport], lost_seconds: float) -> list[WorkerReport]:
    """Those that carry out orders."""
    return [each for each in reports if each.state is WorkerState.READY and not lost(each, lost_seconds)]


def why_away(reports: Sequence[WorkerReport], lost_seconds: float) -> NodeError:
    """Why none of them does."""
    if not reports:
        return NodeUnreachable("no worker has registered under this name")
    latest = min(reports, key=lambda each: (lost(each, lost_seconds), each.silent_seconds))
    name = f"{latest.worker.name}: " if latest.worker.pooled else ""
    if latest.state is WorkerState.GONE:
        return NodeUnreachable(f"{name}its worker has ended, at {heard(latest)}")
    if lost(latest, lost_seconds):
        return NodeUnreachable(f"{name}its worker was last heard at {heard(latest)}")
    if latest.state is WorkerState.DRAINING:
        return NodeUnreachable(f"{name}its worker is ending")
    return NodeAway(Reason(ReasonCode.STARTING, f"{name}{latest.reason or 'its worker is starting'}"))


def heard(report: WorkerReport) -> str:
    """A moment, and no duration: a reason that changes every second would be told every second."""
    return f"{report.heard_at:%Y-%m-%d %H:%M:%S} UTC"


def vitals_of(
    reports: Sequence[WorkerReport], orders: Sequence[OpenOrder], response_ms: float, *, taking: bool
) -> NodeVitals:
    """Of workers that carry out orders. An order that one of them has counts as running, unless it was seen to wait on
    its ComfyUI, so that it is found where that takes nothing of its queue. ``taking``: the next order counts as
    running, too, where no other one is: a worker that is told of nothing looks for it every two seconds."""
    told = [each.vitals for each in reports if each.vitals is not None]
    running = {each for vitals in told for each in vitals.queue.running}
    waits = {each for vitals in told for each in vitals.queue.pending}
    ours = {order.attempt_id: order.state for order in orders}
    held = [each for each, state in ours.items() if state in HELD and (each not in waits or each in running)]
    if taking and not held:
        held = [each for each, state in ours.items() if state not in HELD][:1]
    pending = [each for each in ours if each not in held]
    foreign = [each for each in (*running, *waits) if each not in ours]
    return NodeVitals(
        queue=NodeQueue(
            running=(*held, *(each for each in foreign if each in running)),
            pending=(*pending, *(each for each in foreign if each not in running)),
        ),
        vram_free_bytes=max((each.vram_free_bytes for each in told), default=0),
        response_ms=max([response_ms, *(each.response_ms for each in told)]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolInventory(NodeInventory):
    """What the members of a pool have: one of them must be able to carry out all of an order."""

    members: tuple[ComfyUIInventory, ...]
    loads_models: bool = False

    def lacks(self, needed: Requirements) -> tuple[str, ...]:
        """What the member lacks that lacks least."""
        return min((each.lacks(needed) for each in self.members), key=len)

    def reads(self, needed: Requirements) -> Iterator[ModelFile]:
        able = next((each for each in self.members if not each.lacks(needed)), self.members[0])
        return able.reads(needed)

    def takes(self, class_type: str, input_name: str, value: str) -> bool | None:
        told = [each.takes(class_type, input_name, value) for each in self.members]
        return True if True in told else False if False in told else None

    def offers(self, class_type: str, input_name: str) -> frozenset[str]:
        return frozenset().union(*(each.offers(class_type, input_name) for each in self.members))


def inventory_of_all(members: Sequence[ComfyUIInventory], *, pooled: bool) -> NodeInventory:
    """Of at least one."""
    first = members[0]
    if not pooled:
        return first
    files: Mapping[ModelFolder, frozenset[str]] = {
        folder: frozenset().union(*(each.files.get(folder, frozenset()) for each in members)) for folder in ModelFolder
    }
    names = sorted({each.device_name for each in members})
    return PoolInventory(
        version=first.version,
        device_name=", ".join(names),
        simulated=first.simulated,
        vram_total_bytes=max(each.vram_total_bytes for each in members),
        files={folder: found for folder, found in files.items() if found},
        path_style=first.path_style,
        samplers=frozenset().union(*(each.samplers for each in members)),
        schedulers=frozenset().union(*(each.schedulers for each in members)),
        max_upload_bytes=min((each.max_upload_bytes for each in members if each.max_upload_bytes), default=None),
        slots=len(members),
        members=tuple(members),
    )
