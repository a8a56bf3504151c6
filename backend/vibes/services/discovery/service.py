"""Finding machines, as a person asks for it: what would be asked, what is there, and its way into gpus.yaml."""

import asyncio
import errno
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vibes.documents.text_document import NotText, text_of
from vibes.domain.errors import Conflict, InvalidRequest, StorageUnavailable
from vibes.domain.ids import NodeId
from vibes.domain.nodes.machines import FoundMachine, Place
from vibes.domain.nodes.node import NodeConfig
from vibes.environment.durable_files import write_durably
from vibes.environment.machine.networks import in_container, own_addresses, own_networks
from vibes.ports.clock import Clock
from vibes.ports.kinds import NodeKinds
from vibes.services.discovery.entries import NewEntry, with_entries
from vibes.services.discovery.guesses import Guess, guess_of
from vibes.services.discovery.known import KnownMachines, known_machines
from vibes.services.discovery.ranges import MOST_RANGES, USUAL_PORTS, places_in
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet
from vibes.services.runtime.edited_file import read_edited

SEEKING_SECONDS = 30.0
"""Most of one search. A whole /24 at three ports where nobody answers takes twelve."""
MOST_ADDED = 32
_KEPT_IN_PLACE = frozenset({errno.EBUSY, errno.EACCES, errno.EPERM, errno.EROFS})
"""Why a file may not be replaced that may perhaps be written: it is mounted by itself into a container, or the folder
is another user's."""
_UTF8_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a search would ask unless a person says otherwise."""

    ranges: tuple[str, ...]
    """This machine's own private networks; empty where it is in none."""
    ports: tuple[int, ...]
    file: Path
    """The gpus.yaml that machines are added to."""
    in_container: bool
    """Whether the networks are a container's, where no other machine is."""


@dataclass(frozen=True, slots=True)
class Candidate:
    machine: FoundMachine
    guess: Guess
    known_as: NodeId | None
    """The node that it is already; None: it may be added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    candidates: tuple[Candidate, ...]
    asked: int
    """Places, each an address and a port."""
    of: int
    """How many there were to ask; more than ``asked`` where the time was up before."""


@dataclass(frozen=True, slots=True)
class Addition:
    text: str
    """The file as it is with them."""
    added: tuple[Candidate, ...]
    before: bytes | None
    """The file as it was read; None: there was none."""


class Discovery:
    """One search at a time. Methods raise InvalidRequest for what a person may mend."""

    def __init__(self, config: Path, kinds: NodeKinds, clock: Clock) -> None:
        self._config = config
        self._kinds = kinds
        self._clock = clock
        self._searching = asyncio.Lock()
        self._writing = asyncio.Lock()

    def proposal(self) -> Proposal:
        networks = own_networks(own_addresses())[:MOST_RANGES]
        return Proposal(
            ranges=tuple(map(str, networks)), ports=USUAL_PORTS, file=self._config, in_container=in_container()
        )

    async def search(self, ranges: Sequence[str], ports: Sequence[int]) -> Search:
        """Ask every address of these networks. Raises Conflict while another search goes on."""
        places = places_in(ranges, ports)
        if self._searching.locked():
            raise Conflict("another search for machines goes on: wait for its end", code="searching")
        async with self._searching:
            swept = await self._kinds.look_for(places, SEEKING_SECONDS)
        candidates = await self._candidates(swept.found, await asyncio.to_thread(self._fleet_if_well))
        return Search(candidates=candidates, asked=swept.asked, of=len(places))

    async def prepare(self, places: Sequence[Place]) -> Addition:
        """What the file becomes with these machines, each of which is asked once more; those that are nodes already are
        left out. Raises InvalidDocument for a file that has mistakes already."""
        if len(places) > MOST_ADDED:
            raise InvalidRequest(f"at most {MOST_ADDED} machines at a time", code="too_many")
        for each in places:
            if places_in([each.host], [each.port]) != [each]:  # a network, or an address written in another way
                raise InvalidRequest(f"{each.host!r} is no address of one machine", code="bad_range")
        swept = await self._kinds.look_for(places, SEEKING_SECONDS)
        gone = [each for each in places if each not in {found.place for found in swept.found}]
        if gone:
            told = ", ".join(f"{each.host}:{each.port}" for each in gone)
            raise InvalidRequest(f"no ComfyUI answers at {told} any more", code="machine_gone")
        before = await asyncio.to_thread(self._content)
        text = "" if before is None else self._text(before)
        fleet = self._parsed(text) if text.strip() else ()
        new = [each for each in await self._candidates(swept.found, fleet) if each.known_as is None]
        entries = [NewEntry(each.machine.place, each.guess) for each in new]
        changed = with_entries(text, entries, self._clock.now().date())
        if new and self._parsed(changed)[: len(fleet)] != fleet:
            raise InvalidRequest("gpus.yaml is written in a way that nothing can be added to: paste it yourself")
        return Addition(changed, tuple(new), before)

    async def write(self, addition: Addition) -> None:
        """Raises Conflict when the file was edited meanwhile or cannot be written, StorageUnavailable when it cannot be
        read."""
        async with self._writing:
            await asyncio.to_thread(self._write, addition)

    async def _candidates(self, found: Sequence[FoundMachine], fleet: Sequence[NodeConfig]) -> tuple[Candidate, ...]:
        known = await known_machines(fleet, [str(each) for each in own_addresses()])
        taken = {str(each.id) for each in fleet}
        candidates: list[Candidate] = []
        for each in _each_once(found, known):
            guess = guess_of(each, taken)
            node_id = known.of(each.place)
            if node_id is None:
                taken.add(guess.id)
            candidates.append(Candidate(each, guess, node_id))
        return tuple(candidates)

    def _content(self) -> bytes | None:
        try:
            return read_edited(self._config)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageUnavailable(f"{self._config} cannot be read: {error.strerror or error}") from error

    def _text(self, content: bytes) -> str:
        try:
            text = text_of(content)
        except NotText as error:
            raise error.in_file(self._config.name) from error
        if text.encode() != content.removeprefix(_UTF8_MARK):
            message = f"{self._config} is written in another encoding than UTF-8: save it as UTF-8, then add machines"
            raise InvalidRequest(message, code="fleet_file")
        return text

    def _parsed(self, text: str) -> tuple[NodeConfig, ...]:
        return parse_fleet(text, self._config.name, TlsFiles(self._config.parent), self._kinds)

    def _fleet_if_well(self) -> tuple[NodeConfig, ...]:
        """A file with mistakes knows nobody; it is told when something is added to it."""
        content = self._content()
        try:
            return () if content is None else self._parsed(self._text(content))
        except Exception:  # noqa: BLE001 - whatever is wrong with it is no reason not to look
            return ()

    def _write(self, addition: Addition) -> None:
        path = self._config.resolve()
        if self._content() != addition.before:
            raise Conflict("gpus.yaml was edited meanwhile: add them again", code="edited_meanwhile")
        before = addition.before or b""
        content = (_UTF8_MARK if before.startswith(_UTF8_MARK) else b"") + addition.text.encode()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _replace(path, content, None if addition.before is None else stat.S_IMODE(path.stat().st_mode))
        except OSError as error:
            raise Conflict(
                f"{path} cannot be written: {error.strerror or error}. Let the hub's user write that file and its "
                "folder, or paste into it what `vibes discover --dry-run` shows",
                code="fleet_file_not_writable",
            ) from error


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    try:
        write_durably(path, content, mode=mode)
    except OSError as error:
        if error.errno not in _KEPT_IN_PLACE or mode is None:
            raise
        path.write_bytes(content)


def _each_once(found: Sequence[FoundMachine], known: KnownMachines) -> Sequence[FoundMachine]:
    """A machine that was found under several addresses counts once, by the one that it is known by."""
    once: dict[Place, FoundMachine] = {}
    for each in found:
        place = known.usual(each.same_as or each.place)
        before = once.setdefault(place, each)
        if known.of(before.place) is None and known.of(each.place) is not None:
            once[place] = each
    return list(once.values())
