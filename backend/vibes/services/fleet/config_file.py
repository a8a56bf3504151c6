"""Reads ``gpus.yaml``, the fleet as people write it; mistakes are reported with file and line."""

import ipaddress
import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, ValidationError, ValidationInfo, field_validator

from vibes.documents.model_problems import StrictModel, document_problems
from vibes.documents.yaml_document import YamlDocument, parse_yaml
from vibes.domain.cost import DEFAULT_OVERFLOW_SECONDS, NO_BUDGET, Use
from vibes.domain.errors import DocumentProblem, InvalidDocument
from vibes.domain.ids import NodeId
from vibes.domain.nodes.card_memory import MemoryNeeds
from vibes.domain.nodes.node import DEFAULT_KIND, NodeConfig, NodeTls, Tier
from vibes.domain.nodes.owner_hours import DEFAULT_GRACE_SECONDS, WhenNeeded
from vibes.ports.kinds import NodeKinds
from vibes.services.fleet.certificates import TlsFileProblem, TlsFiles
from vibes.services.fleet.entries.cost_entry import BudgetEntry, CostEntry, cost_problems
from vibes.services.fleet.entries.kind_check import kind_problems, with_defaults
from vibes.services.fleet.entries.owner_entry import GraceEntry, HoursEntry, NeedsEntry, TimezoneEntry, hours_of

_HOST = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$|^[0-9A-Fa-f:]+$")

_ADDRESS_LIKE = re.compile(r"^[0-9.]+$|.*:")
_HEADER_NAME = re.compile(r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
_FRAMING = frozenset(
    {"connection", "content-length", "expect", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}
)
"""Headers that delimit requests; a second one would make a node misread the next request."""

_SECRET = frozenset({"headers"})
"""Keys below which values are not shown."""

_FileName = Annotated[str, Field(min_length=1, max_length=4096)]


class _TlsEntry(StrictModel):
    ca: _FileName | None = None
    verify: bool = True
    check_hostname: bool = True
    client_cert: _FileName | None = None
    client_key: _FileName | None = None


class _NodeEntry(StrictModel):
    id: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9._-]+$")]
    name: Annotated[str, Field(min_length=1, max_length=200)]
    vram_gb: Annotated[float, Field(ge=0, le=10_000)]
    tier: Annotated[Tier, Field(strict=False)]
    kind: Annotated[str, Field(min_length=1, max_length=64)] = DEFAULT_KIND
    host: Annotated[str, Field(min_length=1, max_length=253)] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    capabilities: list[Annotated[str, Field(min_length=1, max_length=64)]]
    max_resolution: Annotated[int, Field(ge=64, le=16384)]
    max_batch: Annotated[int, Field(ge=1, le=4096)]
    enabled: bool = True
    scheme: Literal["http", "https"] = "http"
    headers: dict[str, str] = Field(default_factory=dict)
    path_prefix: Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._~-]+)*$")] = ""
    tls: _TlsEntry | None = None
    options: dict[str, Any] = Field(default_factory=dict)
    cost: CostEntry | None = None
    budget: BudgetEntry | None = None
    use: Annotated[Use, Field(strict=False)] | None = None
    overflow_after_seconds: Annotated[float, Field(ge=0, le=86_400)] | None = None
    owner_hours: HoursEntry = Field(default_factory=list)
    timezone: TimezoneEntry | None = None
    when_needed: Annotated[WhenNeeded, Field(strict=False)] = WhenNeeded.FINISH
    grace_seconds: GraceEntry = DEFAULT_GRACE_SECONDS
    needs_vram_gb: NeedsEntry = Field(default_factory=dict)

    @field_validator("id", "path_prefix")
    @classmethod
    def _no_way_up(cls, part_of_an_address: str, info: ValidationInfo) -> str:
        """Refuse ``..`` in an address, which browsers and libraries remove together with the part before it."""
        if {".", ".."}.intersection(part_of_an_address.split("/")):
            raise ValueError(f"{info.field_name} {part_of_an_address!r} leads elsewhere in an address: no '.' or '..'")
        return part_of_an_address

    @field_validator("host")
    @classmethod
    def _only_a_host(cls, host: str | None) -> str | None:
        if host is None:
            return None
        if not _HOST.match(host) or (_ADDRESS_LIKE.match(host) and not _is_address(host)):
            raise ValueError(f"host must be a bare name or address like 192.168.0.20, not {host!r}")
        return host

    @field_validator("headers")
    @classmethod
    def _plain_headers(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if not _HEADER_NAME.match(name):
                raise ValueError(f"headers: {name!r} is no header name")
            if name.lower() in _FRAMING or name.lower().startswith("sec-websocket-"):
                raise ValueError(f"headers: {name} is what the hub itself says of each request: leave it out")
            if not value.isascii() or not value.isprintable():
                raise ValueError(f"headers: the value of {name} may hold plain ASCII characters only")
        return headers

    def to_config(self, tls: NodeTls, kinds: NodeKinds) -> NodeConfig:
        of_money = {"cost", "budget", "use", "overflow_after_seconds"}
        of_owner = {"owner_hours", "timezone", "needs_vram_gb"}
        values = self.model_dump(exclude={"id", "capabilities", "tls", *of_owner, *of_money})
        late = self.overflow_after_seconds
        return NodeConfig(
            id=NodeId(self.id),
            capabilities=frozenset(self.capabilities),
            tls=tls,
            keys_digest=kinds.keys_digest(self.kind, self.options),
            cost=self.cost.to_cost() if self.cost else kinds.cost_of(self.kind, self.options),
            budget=self.budget.to_budget() if self.budget else NO_BUDGET,
            use=self.use,
            memory_needs=MemoryNeeds(declared=self.needs_vram_gb),
            owner_hours=hours_of(self.owner_hours, self.timezone),
            overflow_after_seconds=DEFAULT_OVERFLOW_SECONDS if late is None else late,
            **values,
        )


class _FleetFile(StrictModel):
    nodes: list[_NodeEntry]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def parse_fleet(text: str, file: str, tls_files: TlsFiles, kinds: NodeKinds) -> tuple[NodeConfig, ...]:
    """The nodes of a ``gpus.yaml``, each of one of these kinds. Raises InvalidDocument with every mistake and its
    line."""
    document = parse_yaml(text, file)
    if not isinstance(document.value, dict):
        raise InvalidDocument([DocumentProblem(file, 1, 1, "expected a mapping with the key 'nodes:'")])
    of_kinds = list(kind_problems(document, kinds))
    try:
        fleet = _FleetFile.model_validate(with_defaults(document.value, kinds))
    except ValidationError as error:
        raise InvalidDocument([*document_problems(document, error, _keys_at, secret=_SECRET), *of_kinds]) from error
    tls, problems = _read_tls(document, fleet, tls_files)
    problems += of_kinds
    problems += cost_problems(document, fleet.nodes)
    configs = tuple(entry.to_config(trust, kinds) for entry, trust in zip(fleet.nodes, tls, strict=True))
    problems += [*_duplicate_ids(document, fleet), *_duplicate_addresses(document, configs)]
    if problems:
        raise InvalidDocument(problems)
    return configs


def _read_tls(
    document: YamlDocument, fleet: _FleetFile, files: TlsFiles
) -> tuple[list[NodeTls], list[DocumentProblem]]:
    """The TLS settings of each entry, and what is wrong with them."""
    read, problems = [], []
    for index, entry in enumerate(fleet.nodes):
        trust = NodeTls()
        if entry.tls is not None:
            place = ("nodes", index, "tls")
            if entry.scheme != "https":
                problems.append(document.problem(place, "tls is for a node with scheme: https"))
            try:
                trust = files.read(**entry.tls.model_dump())
            except TlsFileProblem as problem:
                problems.append(document.problem((*place, problem.key), f"tls.{problem}"))
        read.append(trust)
    return read, problems


def _duplicate_ids(document: YamlDocument, fleet: _FleetFile) -> list[DocumentProblem]:
    first: dict[str, int] = {}
    problems = []
    for index, entry in enumerate(fleet.nodes):
        earlier = first.setdefault(entry.id, index)
        if earlier != index:
            line, _ = document.positions[("nodes", earlier, "id")]
            problems.append(
                document.problem(
                    ("nodes", index, "id"), f"the id {entry.id!r} is already used in line {line}; ids must differ"
                )
            )
    return problems


def _duplicate_addresses(document: YamlDocument, configs: Sequence[NodeConfig]) -> list[DocumentProblem]:
    """Two entries for one machine, each of which would expect to have it for itself."""
    first: dict[str, int] = {}
    problems = []
    for index, config in enumerate(configs):
        earlier = first.setdefault(config.base_url, index) if config.base_url else index
        if earlier != index:
            message = f"{config.base_url} is already the node {configs[earlier].id!r}; a machine has one entry"
            problems.append(document.problem(("nodes", index, "host"), message))
    return problems


def _keys_at(location: tuple[Any, ...]) -> Iterable[str]:
    """The known keys at the place of an unknown one."""
    if len(location) == 1:
        return _FleetFile.model_fields
    parts: dict[str, type[BaseModel]] = {"tls": _TlsEntry, "cost": CostEntry, "budget": BudgetEntry}
    return next((parts[each] for each in location if each in parts), _NodeEntry).model_fields
