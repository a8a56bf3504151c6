"""The model files that one node could not read: avoided for a while, longer each time, until one is read again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from vibes.domain.nodes.inventory import NodeInventory
from vibes.domain.nodes.node import ModelFile
from vibes.ports.clock import Clock

FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 1800.0
MOST = 100
"""Files that are remembered, the latest."""
NOTHING: Mapping[ModelFile, str] = {}
_MOST_DOUBLINGS = 10


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that could not be read at the last try."""

    message: str
    """The node's own message."""
    times: int
    """Failed tries in a row."""
    until: float
    """When the node may be tried with it again, in monotonic seconds."""


class UnreadableFiles:
    """Names are the node's, as in its inventory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._files: dict[ModelFile, UnreadableFile] = {}

    @property
    def any(self) -> bool:
        """Whether any failed at the last try."""
        return bool(self._files)

    def failed(self, files: Iterable[ModelFile], message: str) -> None:
        """One or all of them could not be read; which one is unknown."""
        for file in files:
            known = self._files.pop(file, None)
            times = known.times + 1 if known is not None else 1
            pause = min(FIRST_PAUSE_SECONDS * 2.0 ** min(times - 1, _MOST_DOUBLINGS), LONGEST_PAUSE_SECONDS)
            self._files[file] = UnreadableFile(message, times, self._clock.monotonic() + pause)
        while len(self._files) > MOST:
            del self._files[next(iter(self._files))]

    def were_read(self, files: Iterable[ModelFile]) -> None:
        """A picture was made with them."""
        for file in files:
            self._files.pop(file, None)

    def keep_listed(self, inventory: NodeInventory) -> None:
        """Forget files that no longer exist."""
        self._files = {file: known for file, known in self._files.items() if inventory.lists(file)}

    def sentences(self) -> Mapping[ModelFile, str]:
        """All files that failed at the last try, oldest first, in words."""
        return {file: self._sentence(file, each) for file, each in self._files.items()}

    def left_alone(self) -> Mapping[ModelFile, str]:
        """Files for which the node gets no work at present, each with the reason."""
        if not self._files:
            return NOTHING
        now = self._clock.monotonic()
        return {file: self._sentence(file, each) for file, each in self._files.items() if each.until > now}

    def _sentence(self, file: ModelFile, failed: UnreadableFile) -> str:
        left = failed.until - self._clock.monotonic()
        return f"cannot read {file.name}: {failed.message}" + (f"; next try in {ceil(left)} s" if left > 0 else "")
