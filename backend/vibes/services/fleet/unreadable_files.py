"""The model files that one node could not read: left alone for a while, longer each time, until one is read again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from vibes.domain.inventory import NodeInventory
from vibes.domain.node import ModelFile
from vibes.ports.clock import Clock

FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 1800.0
MOST = 100
"""Files that are remembered, the latest."""
NOTHING: Mapping[ModelFile, str] = {}
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that failed when it was last tried."""

    message: str
    """The node's own words."""
    times: int
    """How often in a row it was tried in vain."""
    until: float
    """In monotonic seconds, when the node may be tried with it again."""


class UnreadableFiles:
    """Names are the node's, as its inventory has them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[ModelFile, UnreadableFile] = {}

    def failed(self, files: Iterable[ModelFile], message: str) -> None:
        """None of them could be read, or one of them, and nobody knows which."""
        for file in files:
            known = self._files.pop(file, None)
            times = known.times + 1 if known is not None else 1
            pause = min(FIRST_PAUSE_SECONDS * 2.0 ** min(times - 1, _MOST_DOUBLINGS), LONGEST_PAUSE_SECONDS)
            self._files[file] = UnreadableFile(message, times, self._clock.monotonic() + pause)
        while len(self._files) > MOST:
            del self._files[next(iter(self._files))]

    def were_read(self, files: Iterable[ModelFile]) -> None:
        """A picture was made with them."""
        for file in files if self._files else ():
            self._files.pop(file, None)

    def keep_listed(self, inventory: NodeInventory) -> None:
        """A file that is not there any more is no unreadable one."""
        self._files = {file: known for file, known in self._files.items() if inventory.lists(file)}

    def sentences(self) -> Mapping[ModelFile, str]:
        """All that failed when they were last tried, oldest first, in words."""
        return {file: self._sentence(file, each) for file, each in self._files.items()}

    def left_alone(self) -> Mapping[ModelFile, str]:
        """Those that the node gets no work for at present, each with the reason."""
        if not self._files:
            return NOTHING
        now = self._clock.monotonic()
        return {file: self._sentence(file, each) for file, each in self._files.items() if each.until > now}

    def _sentence(self, file: ModelFile, failed: UnreadableFile) -> str:
        left = failed.until - self._clock.monotonic()
        return f"cannot read {file.name}: {failed.message}" + (f"; next try in {ceil(left)} s" if left > 0 else "")
