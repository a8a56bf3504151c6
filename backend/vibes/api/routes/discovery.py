"""``/api/discovery``: ComfyUIs in the local network, looked for when a person asks, and added to gpus.yaml."""

from starlette.responses import Response

from vibes.api.http import given
from vibes.api.http.authentication import Asker
from vibes.api.http.problems import problem_response
from vibes.api.http.routers import api_router
from vibes.api.schemas.discovery import AddedMachines, AddMachines, DiscoveryProposal, SearchRequest, SearchResult
from vibes.domain.principal import Principal, Role

router = api_router(prefix="/api/discovery", tag="discovery")


@router.get("")
async def proposal(discovery: given.Discovery) -> DiscoveryProposal:
    """What a search would ask; nothing is asked."""
    return DiscoveryProposal.of(discovery.proposal())


@router.post("/search", response_model=SearchResult)
async def search(body: SearchRequest, discovery: given.Discovery, asker: Asker) -> SearchResult | Response:
    """Ask each address of these private networks, at each of these ports, whether a ComfyUI is there. It takes up to
    half a minute."""
    refusal = _only_admins(asker)
    return refusal or SearchResult.made_of(await discovery.search(body.ranges, body.ports))


@router.post("/add", response_model=AddedMachines)
async def add(body: AddMachines, discovery: given.Discovery, asker: Asker) -> AddedMachines | Response:
    """Append an entry for each of these machines to gpus.yaml, with what can be guessed of it. Nothing else in the file
    changes, and none is written down twice."""
    refusal = _only_admins(asker)
    if refusal is not None:
        return refusal
    addition = await discovery.prepare([each.place() for each in body.machines])
    if addition.added:
        await discovery.write(addition)
    return AddedMachines.of(addition)


def _only_admins(asker: Principal) -> Response | None:
    """None for one who may have the hub's network looked through."""
    if asker.role is Role.ADMIN:
        return None
    return problem_response(403, "admin_only", "only an administrator may look for machines in the hub's network")
