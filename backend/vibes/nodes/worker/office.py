"""What all nodes of the kind ``worker`` share: the rows, the store, the hints, and what is tidied up."""

import logging
from collections.abc import Sequence
from datetime import timedelta

from vibes.domain.errors import HubError
from vibes.domain.ids import NodeId
from vibes.domain.nodes.node import NodeConfig
from vibes.domain.nodes.worker import WorkerReport
from vibes.nodes.worker.handoff import INPUTS, output_folder
from vibes.ports.clock import Clock
from vibes.ports.workers.news import WorkerLinks

_log = logging.getLogger(__name__)

KIND = "worker"
KEPT = timedelta(minutes=30)
"""For which an order that has ended stays, with its pictures: until then the hub may fetch them again."""
INPUTS_KEPT = timedelta(days=1)
"""For which an input picture stays that no order has used since."""
GONE_FOR = timedelta(days=7)
"""After which a worker that is not heard is forgotten."""
TIDY_SECONDS = 300.0


class WorkerOffice:
    """One for the whole hub."""

    def __init__(self, links: WorkerLinks, clock: Clock) -> None:
        self.links = links
        self.clock = clock
        self._tidied_at: float | None = None

    async def joined(self) -> Sequence[NodeConfig]:
        """Every node that has workers, as these describe it. Asked every few seconds, and so what has ended is tidied
        up here: a node's check, which must answer soon, has no time for that."""
        await self._tidy_when_due()
        by_node: dict[NodeId, list[WorkerReport]] = {}
        for report in await self.links.orders.reports():
            by_node.setdefault(report.worker.node_id, []).append(report)
        return [_config_of(node_id, reports) for node_id, reports in sorted(by_node.items())]

    async def _tidy_when_due(self) -> None:
        """Forget what nobody will ask for again: its files first, for they are found by its row."""
        now = self.clock.monotonic()
        if self._tidied_at is not None and now - self._tidied_at < TIDY_SECONDS:
            return
        self._tidied_at = now
        try:
            orders = self.links.orders
            while ended := await orders.long_ended(KEPT):
                for attempt_id in ended:
                    await self.links.handoff.delete_folder(output_folder(attempt_id))
                await orders.forget(ended)
            await orders.forget_workers(GONE_FOR)
            oldest = (self.clock.now() - INPUTS_KEPT).timestamp()
            inputs = await self.links.handoff.list(f"{INPUTS}/")
            await self.links.handoff.delete([each.key for each in inputs if each.used_at < oldest])
        except HubError as error:
            _log.info("what workers have done is tidied up later: %s", error)


def _config_of(node_id: NodeId, reports: Sequence[WorkerReport]) -> NodeConfig:
    """Of a pool: what its first member says, and what any of them is able to."""
    first = reports[0].worker
    device = first.device.partition(" : ")[0]  # behind it ComfyUI says how it allocates memory
    return NodeConfig(
        id=node_id,
        name=f"{node_id} ({f'pool of {len(reports)}' if first.pooled else device})",  # cards may be alike
        kind=KIND,
        tier=first.tier,
        vram_gb=0.0,
        capabilities=frozenset(each for report in reports for each in report.worker.capabilities),
        max_resolution=max(report.worker.max_resolution for report in reports),
        max_batch=1,
    )
