"""Machines that were looked for, in requests and answers."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from vibes.domain.ids import NodeId
from vibes.domain.nodes.machines import Place
from vibes.domain.nodes.node import Tier
from vibes.services.discovery.service import Addition, Candidate, Proposal, Search

_Port = Annotated[int, Field(ge=1, le=65535)]
_Range = Annotated[str, Field(min_length=1, max_length=64)]


class DiscoveryProposal(BaseModel):
    ranges: list[str]
    """The hub's own private networks, which a search would ask; empty where it is in none."""
    ports: list[int]
    file: str
    """The gpus.yaml that machines are added to."""
    in_container: bool
    """Whether these are a container's networks, where no other machine is: name those of the machines then."""

    @classmethod
    def of(cls, proposal: Proposal) -> "DiscoveryProposal":
        return cls(
            ranges=list(proposal.ranges),
            ports=list(proposal.ports),
            file=str(proposal.file),
            in_container=proposal.in_container,
        )


class SearchRequest(BaseModel):
    model_config = ConfigDict(extra="forbid")

    ranges: Annotated[list[_Range], Field(min_length=1, max_length=4)]
    """Private networks of at most 256 addresses each: ``192.168.0.0/24``."""
    ports: Annotated[list[_Port], Field(min_length=1, max_length=8)]


class FoundMachineOut(BaseModel):
    host: str
    port: int
    version: str
    """Of its ComfyUI."""
    device: str
    """As it says itself."""
    simulated: bool
    known_as: NodeId | None
    """The node of gpus.yaml that it is already; null: it may be added."""
    id: str
    """This and all below are guessed from its card."""
    name: str
    vram_gb: int
    tier: Tier
    tier_why: str
    capabilities: list[str]
    max_resolution: int
    max_batch: int

    @classmethod
    def of(cls, candidate: Candidate) -> "FoundMachineOut":
        place, said = candidate.machine.place, candidate.machine.introduction
        guess = candidate.guess
        return cls(
            host=place.host,
            port=place.port,
            version=said.version,
            device=said.device_name,
            simulated=said.simulated,
            known_as=candidate.known_as,
            id=guess.id,
            name=guess.name,
            vram_gb=guess.vram_gb,
            tier=guess.tier,
            tier_why=guess.why,
            capabilities=list(guess.capabilities),
            max_resolution=guess.max_resolution,
            max_batch=guess.max_batch,
        )


class SearchResult(BaseModel):
    found: list[FoundMachineOut]
    asked: int
    """Places that were asked, each an address and a port."""
    of: int
    """How many there were to ask; more where the time was up before."""

    @classmethod
    def made_of(cls, search: Search) -> "SearchResult":
        return cls(found=[FoundMachineOut.of(each) for each in search.candidates], asked=search.asked, of=search.of)


class MachinePlace(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: Annotated[str, Field(min_length=1, max_length=64)]
    """An address of a private network."""
    port: _Port

    def place(self) -> Place:
        return Place(self.host, self.port)


class AddMachines(BaseModel):
    model_config = ConfigDict(extra="forbid")

    machines: Annotated[list[MachinePlace], Field(min_length=1, max_length=32)]


class AddedMachines(BaseModel):
    added: list[str]
    """Ids of the new nodes; those that were there already are left out."""

    @classmethod
    def of(cls, addition: Addition) -> "AddedMachines":
        return cls(added=[each.guess.id for each in addition.added])
