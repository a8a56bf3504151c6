"""What the doctor looks at where no hub runs: the fleet of gpus.yaml is asked by the command itself."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

from vibes.app.doctor.surroundings import checks_of_files, text_in
from vibes.domain.doctor.finding import Area, Finding, ok, wrong
from vibes.domain.errors import InvalidDocument
from vibes.domain.nodes.node import NodeConfig
from vibes.environment.machine.networks import in_container
from vibes.environment.settings import Settings
from vibes.nodes.kinds import node_kinds
from vibes.ports.checks import Check
from vibes.ports.clock import Clock
from vibes.ports.kinds import HubTraits, NodeKinds
from vibes.services.doctor.asking import Asked, ask_for_files, ask_nodes
from vibes.services.doctor.documents import judge_document, judge_workflows
from vibes.services.doctor.model_files import NodeFiles, judge_files, wanted_of
from vibes.services.doctor.nodes import judge_clocks, judge_nodes
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet
from vibes.services.library.folders import WorkflowFolders
from vibes.services.sessions.flow_file import read_flows
from vibes.workflows.library.layers import read_layers
from vibes.workflows.library.library import Library, library_of
from vibes.workflows.models.model_choice import Knowledge

_NODES_SECONDS = 20.0
_FILES_SECONDS = 30.0


def checks_without_hub(settings: Settings, clock: Clock) -> list[Check]:
    kinds = node_kinds(HubTraits(env_files=settings.env_files, answer_seconds=settings.answer_timeout))

    async def nodes() -> Iterable[Finding]:
        if not settings.config.exists():
            message = f"there is no fleet file {settings.config}: `vibes discover` finds your machines and writes one."
            return [wrong(Area.NODES, "no_fleet_file", message)]
        try:
            fleet = await asyncio.to_thread(_fleet, settings, kinds)
        except InvalidDocument as error:
            return list(judge_document(Area.SETTINGS, "gpus", error.problems, well=""))
        async with _asked(fleet, kinds) as asked:
            facts = await ask_nodes(asked, kinds.look_for, clock)
        listed = ok(Area.SETTINGS, "gpus_well", f"gpus.yaml is well; nodes in it: {len(fleet)}.")
        return [listed, *judge_nodes(facts, in_container=in_container()), *judge_clocks(facts)]

    async def documents() -> Iterable[Finding]:
        library = await asyncio.to_thread(_library, settings)
        return [
            *judge_workflows(len(library.workflows), library.problems, library.warnings, len(library.stale)),
            *await asyncio.to_thread(lambda: list(_flows(settings))),
        ]

    return [
        Check(area=Area.NODES, name="the nodes", look=nodes, seconds=_NODES_SECONDS),
        Check(
            area=Area.FILES, name="the nodes' model files", look=lambda: _files(settings, kinds), seconds=_FILES_SECONDS
        ),
        Check(area=Area.WORKFLOWS, name="the workflows", look=documents),
        *checks_of_files(settings, clock, None),
    ]


def _fleet(settings: Settings, kinds: NodeKinds) -> tuple[NodeConfig, ...]:
    return parse_fleet(text_in(settings.config), settings.config.name, TlsFiles(settings.config.parent), kinds)


@asynccontextmanager
async def _asked(fleet: Sequence[NodeConfig], kinds: NodeKinds) -> AsyncIterator[list[Asked]]:
    """Only machines at an address of their own: whatever else draws would be started, or paid, by being asked."""
    async with AsyncExitStack() as open_clients:
        asked = []
        for config in fleet:
            kind = kinds.get(config.kind)
            client = kinds(config) if kind is not None and kind.needs_address and config.enabled else None
            if client is not None:
                open_clients.push_async_callback(client.close)
            asked.append(Asked(config, client))
        yield asked


async def _files(settings: Settings, kinds: NodeKinds) -> Iterable[Finding]:
    try:
        fleet = await asyncio.to_thread(_fleet, settings, kinds)
        presets = await asyncio.to_thread(read_flows, settings.flows_file)
    except InvalidDocument:
        return []  # told by the check of that file
    async with _asked(fleet, kinds) as asked:
        of_nodes: list[NodeFiles] = await ask_for_files(asked)
    given = {each.id: each.capabilities for each in fleet}
    library = await asyncio.to_thread(_library, settings)
    return list(judge_files(wanted_of(presets), of_nodes, library, Knowledge(given=given)))


def _library(settings: Settings) -> Library:
    unborn = settings.data / "workflows"
    folders = [each for each in settings.workflow_folders if each != unborn or each.is_dir()]
    return library_of(read_layers(WorkflowFolders(folders).read()))


def _flows(settings: Settings) -> Iterable[Finding]:
    try:
        read_flows(settings.flows_file)
    except InvalidDocument as error:
        yield from judge_document(Area.SETTINGS, "flows", error.problems, well="")
