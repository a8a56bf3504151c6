"""What the doctor looks at in a running hub, beside its surroundings."""

import os
from collections.abc import Iterable

from vibes.app.doctor.sharing import replicas, workers
from vibes.app.doctor.surroundings import checks_of_files
from vibes.app.house import House
from vibes.domain.doctor.finding import Area, Finding, ok, wrong
from vibes.environment.machine.networks import in_container
from vibes.ports.checks import Check
from vibes.services.doctor.asking import Asked, ask_nodes
from vibes.services.doctor.documents import judge_document, judge_workflows
from vibes.services.doctor.model_files import NodeFiles, judge_files, wanted_of
from vibes.services.doctor.nodes import judge_clocks, judge_nodes
from vibes.services.runtime.hub_health import HubHealth

_NODES_SECONDS = 20.0


def hub_checks(house: House, health: HubHealth) -> list[Check]:
    base, fleet = house.ground.base, house.ground.fleet

    async def hub() -> Iterable[Finding]:
        return _hub(health)

    async def nodes() -> Iterable[Finding]:
        watched = fleet.supervisor.nodes
        asked = [Asked(each.config, watched[each.id].client, each) for each in fleet.fleet.nodes()]
        facts = await ask_nodes(asked, fleet.kinds.look_for, base.clock)
        return [*judge_nodes(facts, in_container=in_container()), *judge_clocks(facts)]

    async def files() -> Iterable[Finding]:
        models, library = house.generations.models, house.ground.library.catalog.library
        of_nodes = [NodeFiles(each.config, each.inventory) for each in fleet.fleet.nodes()]
        return judge_files(wanted_of(house.generations.flows.presets), of_nodes, library, models.knowledge)

    async def documents() -> Iterable[Finding]:
        library = house.ground.library.catalog.library
        listed = f"gpus.yaml is well; nodes in it: {fleet.fleet.listed}."
        return [
            *judge_document(Area.SETTINGS, "gpus", fleet.fleet.config_problems, well=listed),
            *judge_workflows(len(library.workflows), library.problems, library.warnings, len(library.stale)),
        ]

    return [
        Check(area=Area.HUB, name="the hub", look=hub),
        Check(area=Area.NODES, name="the nodes", look=nodes, seconds=_NODES_SECONDS),
        Check(area=Area.FILES, name="the nodes' model files", look=files),
        Check(area=Area.SETTINGS, name="gpus.yaml and the workflows", look=documents),
        Check(area=Area.REPLICAS, name="the hubs on this database", look=lambda: replicas(base)),
        Check(area=Area.WORKERS, name="the workers", look=lambda: workers(base)),
        *checks_of_files(base.settings, base.clock, os.getpid()),
    ]


def _hub(health: HubHealth) -> Iterable[Finding]:
    if health.vital_problem is not None:
        yield wrong(Area.HUB, "hub_stands", f"no work goes on: {health.vital_problem}; restart the hub.")
    problems = [each for each in health.problems() if each != health.vital_problem]
    for problem in problems:
        yield wrong(Area.HUB, "hub_fault", f"a part of the hub fails and is tried again: {problem}; see its log.")
    if not problems and health.vital_problem is None:
        yield ok(Area.HUB, "hub_well", "the hub runs, and every part of it.")
