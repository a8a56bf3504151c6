"""What other programs hold of one node's memory, from one health check to the next."""

from vibes.domain.nodes.card_memory import NOBODYS, OthersMemory
from vibes.domain.nodes.node import NodeVitals


class MemoryWatch:
    def __init__(self) -> None:
        self.others: OthersMemory = NOBODYS
        self._worked = True
        """Something was drawn since the last check, as far as is known."""

    def work(self) -> None:
        """Something is drawn there, or was."""
        self._worked = True

    def look(self, vitals: NodeVitals) -> None:
        """Take in a health check."""
        busy = vitals.queue.length > 0
        self.others = self.others.after(vitals.memory, idle=not (busy or self._worked))
        self._worked = busy
