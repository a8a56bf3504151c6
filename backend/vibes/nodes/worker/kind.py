"""The kind ``worker``: what an entry of ``gpus.yaml`` may say of it, and who drives its nodes."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from vibes.domain.nodes.node import NodeConfig
from vibes.nodes.worker.office import KIND, WorkerOffice
from vibes.ports.kinds import HubTraits, NodeKind, OptionProblem, only_options
from vibes.ports.nodes import GeneratorNode

NEEDS_SERVER = "workers need a database that they reach themselves: set VIBES_DATABASE_URL to a PostgreSQL server"


def worker_kind(hub: HubTraits) -> NodeKind:
    office = None if hub.workers is None or hub.clock is None else WorkerOffice(hub.workers, hub.clock)
    return NodeKind(
        name=KIND,
        connect=partial(_connect, office),
        needs_address=False,
        check_options=partial(_option_problems, hub),
        joined=None if office is None else office.joined,
    )


def _option_problems(hub: HubTraits, options: Mapping[str, Any]) -> Iterator[OptionProblem]:
    """Whoever only checks a file has no clock, and need not know what the hub reaches."""
    if hub.clock is not None and hub.workers is None:
        yield OptionProblem("", NEEDS_SERVER)
    yield from only_options()(options)


def _connect(office: WorkerOffice | None, config: NodeConfig) -> GeneratorNode:
    from vibes.nodes.worker.node import WorkerNode

    if office is None:
        raise ValueError(NEEDS_SERVER)
    return WorkerNode(config, office)
