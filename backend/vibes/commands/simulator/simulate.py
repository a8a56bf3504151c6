"""``vibes simulate``: ComfyUI-compatible nodes without a GPU, one or several in this process."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vibes.commands.common.console import USAGE_ERROR, fail
from vibes.environment.logs import configure_logs
from vibes.simulator.process import run_nodes
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulateOptions:
    """The options as typed."""

    ports: Sequence[int]
    profiles: Sequence[str]
    versions: Sequence[str]
    time_scale: float
    host: str
    folder: Path | None
    models: Sequence[str]
    packs: Sequence[str]
    windows: bool
    without: Sequence[str]

    def nodes(self) -> list[NodeOptions]:
        """The options of each node, one a port. Raises ValueError."""
        profiles = _one_each("--profile", self.profiles, len(self.ports))
        versions = _one_each("--comfyui-version", self.versions, len(self.ports))
        return [
            NodeOptions(
                profile=profile,
                comfyui_version=version,
                port=port,
                host=self.host,
                time_scale=self.time_scale,
                crash_ends_process=len(self.ports) == 1,
                models=_by_folder(self.models),
                packs=self.packs,
                windows=self.windows,
                without=self.without,
                folder=self.folder / f"node-{index}" if self.folder else None,
            )
            for index, (port, profile, version) in enumerate(zip(self.ports, profiles, versions, strict=True), start=1)
        ]


def run_simulate(options: SimulateOptions, *, exit_with_parent: bool) -> None:
    """Serve until interrupted. Prints ``ready http://HOST:PORT`` on stdout for each node, in the order given."""
    configure_logs("WARNING")
    try:
        nodes = options.nodes()
    except ValueError as error:
        fail(str(error), code=USAGE_ERROR)
    try:
        asyncio.run(run_nodes(nodes, _announce, exit_with_parent=exit_with_parent))
    except OSError as error:
        fail(
            f"cannot listen: {error.strerror or error}. Choose another --port, or 0 for any free one.", code=USAGE_ERROR
        )
    except KeyboardInterrupt:
        return


def _by_folder(models: Sequence[str]) -> dict[str, list[str]]:
    """``checkpoints/sd15/own.safetensors`` is the file ``sd15/own.safetensors`` of the folder ``checkpoints``."""
    found: dict[str, list[str]] = {}
    for model in models:
        folder, separator, name = model.partition("/")
        if not separator or not name:
            raise ValueError(f"--model {model}: say folder and file, such as checkpoints/mine.safetensors")
        found.setdefault(folder, []).append(name)
    return found


def _announce(nodes: Sequence[SimulatedNode]) -> None:
    for node in nodes:
        print(f"ready {node.url}", flush=True)  # noqa: T201 - the line that scripts wait for


def _one_each(option: str, values: Sequence[str], count: int) -> list[str]:
    """One value is for all ports; otherwise there must be one a port."""
    if len(values) == 1:
        return list(values) * count
    if len(values) != count:
        fail(f"{option} is given {len(values)} times for {count} ports: say it once, or once a port", code=USAGE_ERROR)
    return list(values)
