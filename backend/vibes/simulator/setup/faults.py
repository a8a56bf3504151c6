"""The faults that can be switched on: what they are called, what values they take, and who waits for them to end."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any


class Refusal(StrEnum):
    """How a node turns everybody away while its port is open."""

    CLOSE = "close"
    """The connection is cut without a word."""
    UNAVAILABLE = "unavailable"
    """503, as a reverse proxy in front of a dead ComfyUI answers."""


class UnknownFault(ValueError):
    """A request for a fault that does not exist, or with a value it cannot take; the text says what can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultSettings:
    """All faults off. The ``…_next_…`` ones count down as they strike; the others stay until changed."""

    freeze: bool = False
    """Nothing is answered, sent or computed; connections stay open, as with a stopped process."""
    refuse: Refusal | None = None
    latency_seconds: float = 0.0
    """Added to every answer."""
    slow_disk_seconds: float = 0.0
    """Added to every reading of a model file, in real seconds: HTTP answers, and nothing is told meanwhile."""
    mute_sockets: bool = False
    """Websockets stay open and say nothing."""
    wedge: bool = False
    """The worker stands still for ever while HTTP answers as if all were well."""
    fail_next_prompts: int = 0
    out_of_memory_next_prompts: int = 0
    corrupt_next_views: int = 0
    """``/view`` answers with as many bytes as the picture has, but others."""
    truncate_next_views: int = 0
    """``/view`` announces the whole picture, sends half and cuts the connection."""
    swap_next_views: int = 0
    """``/view`` answers with the picture that was saved last under another name."""
    delete_next_views: int = 0
    """The picture is deleted just before ``/view`` looks for it."""
    disable_metadata: bool = False
    """As ComfyUI's ``--disable-metadata``: pictures carry no graph."""
    oversized_next_views: int = 0
    """``/view`` sends bytes without end, up to 10 GB."""
    flood_sockets: bool = False
    """Websockets are told of progress, of nobody's prompt, without end."""
    swallow_next_posts: int = 0
    """``POST /prompt`` is cut before it reached the queue."""
    cut_next_posts: int = 0
    """``POST /prompt`` is queued, but the connection is cut before the answer."""
    unreadable_file: str = ""
    """Model files with this in their names are listed and cannot be read."""
    removed_file: str = ""
    """Model files with this in their names are gone, and no list has them any more."""
    tidy_inputs_next_prompts: int = 0
    """The input folder is emptied just before ``POST /prompt`` is looked at."""
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
        """All faults off; what was held up goes on."""
        self._settings = FaultSettings()
        self._open_gates()

    def strikes(self, name: str) -> bool:
        """Whether a counted fault strikes now; counts it down if so."""
        left = int(getattr(self._settings, name))
        if left <= 0:
            return False
        self.set(**{name: left - 1})
        return True

    async def while_frozen(self) -> None:
        """Return once the node is not frozen."""
        await self._thawed.wait()

    async def while_halted(self) -> None:
        """Return once the worker may go on: neither frozen nor wedged."""
        await self._thawed.wait()
        await self._unwedged.wait()

    async def while_calm(self) -> None:
        """Return once sockets are to be flooded."""
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
        kind = "a whole number" if isinstance(default, int) else "a number of seconds"
        raise UnknownFault(f"{name} is {kind}, 0 or more, not {value!r}")
    return value


def _checked_refusal(value: object) -> Refusal | None:
    if value is None:
        return None
    if value not in list(Refusal):
        raise UnknownFault(f"refuse is null or one of {', '.join(Refusal)}, not {value!r}")
    return Refusal(str(value))
