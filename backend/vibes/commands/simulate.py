"""``vibes simulate``: ComfyUI-compatible nodes without a GPU, one or several in this process."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from vibes.commands.console import USAGE_ERROR, fail
from vibes.logs import configure_logs
from vibes.simulator.options import NodeOptions
from vibes.simulator.process import run_nodes
from vibes.simulator.server import SimulatedNode


def run_simulate(
    *,
    ports: Sequence[int],
    profiles: Sequence[str],
    versions: Sequence[str],
    time_scale: float,
    host: str,
    folder: Path | None,
    models: Sequence[str],
    packs: Sequence[str],
    exit_with_parent: bool,
) -> None:
    """Serve until interrupted. Prints ``ready http://HOST:PORT`` on stdout for each node, in the order given."""
    configure_logs("WARNING")
    profiles = _one_each("--profile", profiles, len(ports))
    versions = _one_each("--comfyui-version", versions, len(ports))
    try:
        options = [
            NodeOptions(
                profile=profile,
                comfyui_version=version,
                port=port,
                host=host,
                time_scale=time_scale,
                crash_ends_process=len(ports) == 1,
                models=_by_folder(models),
                packs=packs,
                folder=folder / f"node-{index}" if folder else None,
            )
            for index, (port, profile, version) in enumerate(zip(ports, profiles, versions, strict=True), start=1)
        ]
    except ValueError as error:
        fail(str(error), code=USAGE_ERROR)
    try:
        asyncio.run(run_nodes(options, _announce, exit_with_parent=exit_with_parent))
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
    """One value serves all ports; otherwise there must be one a port."""
    if len(values) == 1:
        return list(values) * count
    if len(values) != count:
        fail(f"{option} is given {len(values)} times for {count} ports: say it once, or once a port", code=USAGE_ERROR)
    return list(values)
