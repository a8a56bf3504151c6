"""The faults that can be switched on: names, values, and waiting for their end."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any


class Refusal(StrEnum):
    """How a node refuses requests while its port is open."""

    CLOSE = "close"
    """Cut the connection without an answer."""
    UNAVAILABLE = "unavailable"
    """Answer 503, like a reverse proxy before a dead ComfyUI."""


class UnknownFault(ValueError):
    """A request for a fault that does not exist, or with a value it cannot take; the text says what can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """Every fault is off by default. ``…_next_…`` count down each time they strike; the others stay until changed."""

    freeze: bool = False
    """Answer, send and compute nothing; connections stay open, as with a stopped process."""
    refuse: Refusal | None = None
    latency_seconds: float = 0.0
    """Seconds added to every answer."""
    slow_disk_seconds: float = 0.0
    """Real seconds added to every reading of a model file, during which HTTP answers and no event is sent."""
    mute_sockets: bool = False
    """WebSockets stay open and send nothing."""
    wedge: bool = False
    """The worker stops for ever while HTTP answers as usual."""
    fail_next_prompts: int = 0
    out_of_memory_next_prompts: int = 0
    corrupt_next_views: int = 0
    """``/view`` answers as many bytes as the picture has, but garbled."""
    truncate_next_views: int = 0
    """``/view`` announces the whole picture, sends half and cuts the connection."""
    swap_next_views: int = 0
    """``/view`` answers the picture that was saved last under another name."""
    delete_next_views: int = 0
    """The picture is deleted just before ``/view`` looks for it."""
    disable_metadata: bool = False
    """Write no graph into pictures, as with ComfyUI's ``--disable-metadata``."""
    oversized_next_views: int = 0
    """``/view`` sends up to 10 GB."""
    flood_sockets: bool = False
    """WebSockets are sent progress of a prompt that does not exist, as fast as they can take it."""
    swallow_next_posts: int = 0
    """``POST /prompt`` is cut off before the prompt is queued."""
    cut_next_posts: int = 0
    """``POST /prompt`` queues the prompt, and is cut off before the answer."""
    unreadable_file: str = ""
    """Model files with this text in their names are listed and cannot be read."""
    removed_file: str = ""
    """Model files with this text in their names are gone from disk and from all lists."""
    tidy_inputs_next_prompts: int = 0
    """The input folder is emptied just before ``POST /prompt`` is validated."""
    foreign_vram_gigabytes: float = 0.0
    """Held by another program, such as a game."""
    tidy_inputs_next_runs: int = 0
    """The input folder is emptied just before a queued prompt begins."""


_NAMES = tuple(field.name for field in fields(FaultSettings))


class Faults:
    """The faults of one node, set from Python or through ``/simulator/faults``."""

    def __init__(self) -> None:
        self._settings = FaultSettings()
        self._thawed = asyncio.Event()
        self._unwedged = asyncio.Event()
        self._flooding = asyncio.Event()
        self._open_gates()

    @property
    def settings(self) -> FaultSettings:
        return self._settings

    def set(self, **changes: Any) -> None:
        """Change some faults and leave the others; UnknownFault when a name or a value is wrong."""
        checked: dict[str, Any] = {name: _checked(name, value) for name, value in changes.items()}
        self._settings = replace(self._settings, **checked)
        self._open_gates()

    def clear(self) -> None:
        """Switch all faults off; what they held up goes on."""
        self._settings = FaultSettings()
        self._open_gates()

    def strikes(self, name: str) -> bool:
        """Whether this counted fault strikes now; if so its count goes down by one."""
        left = int(getattr(self._settings, name))
        if left <= 0:
            return False
        self.set(**{name: left - 1})
        return True

    async def while_frozen(self) -> None:
        """Wait until the node is not frozen."""
        await self._thawed.wait()

    async def while_halted(self) -> None:
        """Wait until the worker may go on: neither frozen nor wedged."""
        await self._thawed.wait()
        await self._unwedged.wait()

    async def while_calm(self) -> None:
        """Wait until sockets are to be flooded."""
        await self._flooding.wait()

    def as_json(self) -> dict[str, Any]:
        return asdict(self._settings)

    def _open_gates(self) -> None:
        for event, shut in ((self._thawed, self._settings.freeze), (self._unwedged, self._settings.wedge)):
            _turn(event, on=not shut)
        _turn(self._flooding, on=self._settings.flood_sockets)


def _turn(event: asyncio.Event, *, on: bool) -> None:
    if on:
        event.set()
    else:
        event.clear()


def changes_from_json(body: object) -> Mapping[str, Any]:
    """The body of ``POST /simulator/faults`` as arguments of `Faults.set`; UnknownFault when it is not an object."""
    if not isinstance(body, dict) or not body:
        raise UnknownFault(f"send a JSON object with some of: {', '.join(_NAMES)}")
    return body


def _checked(name: str, value: object) -> object:
    if name not in _NAMES:
        raise UnknownFault(f"no fault {name!r}; there are: {', '.join(_NAMES)}")
    default = getattr(FaultSettings(), name)
    if name == "refuse":
        return _checked_refusal(value)
    if isinstance(default, bool):
        if not isinstance(value, bool):
            raise UnknownFault(f"{name} is true or false, not {value!r}")
        return value
    if isinstance(default, str):
        if not isinstance(value, str):
            raise UnknownFault(f"{name} is a text, empty for no file, not {value!r}")
        return value
    wanted = (int,) if isinstance(default, int) else (int, float)
    if isinstance(value, bool) or not isinstance(value, wanted) or not value >= 0:
        kind = "a whole number" if isinstance(default, int) else f"a number of {name.rpartition('_')[2]}"
        raise UnknownFault(f"{name} is {kind}, 0 or more, not {value!r}")
    return value


def _checked_refusal(value: object) -> Refusal | None:
    if value is None:
        return None
    if value not in list(Refusal):
        raise UnknownFault(f"refuse is null or one of {', '.join(Refusal)}, not {value!r}")
    return Refusal(str(value))
