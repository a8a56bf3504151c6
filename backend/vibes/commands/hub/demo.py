"""``vibes demo``: the hub and four simulated unequal GPUs, without installation or configuration."""

import os
import re
import shlex
import signal
import subprocess
import sys
import webbrowser
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from vibes.commands.common.console import USAGE_ERROR, fail, notes
from vibes.commands.common.given_settings import load_settings
from vibes.commands.common.options import DEFAULT_URL
from vibes.commands.hub.listening import bind, port_of
from vibes.commands.hub.serve import check_exposure, run_hub
from vibes.domain.nodes.node import NodeConfig
from vibes.environment.private_folder import keep_private, make_private, unusable
from vibes.environment.shipped import shipped_folder
from vibes.nodes.kinds import node_kinds
from vibes.services.fleet.certificates import TlsFiles
from vibes.services.fleet.config_file import parse_fleet
from vibes.simulator.setup.packs import PACKS

FLEET_FILE = "gpus.demo.yaml"
_PORT_LINE = re.compile(r"(?m)^([ \t]*port:[ \t]*)\d+")


def run_demo(
    *, port: int | None, data: Path, workflows: Sequence[Path] | None, time_scale: float, open_browser: bool
) -> None:
    settings = load_settings(data=data, port=port)
    data = settings.data
    check_exposure(settings)
    listener = bind(settings.host, settings.port)
    _make_folder(data)
    example = shipped_folder("config") / FLEET_FILE
    text = example.read_text(encoding="utf-8")
    # Named after the hub's port, which no other process has: another demo on the same folder has its own file.
    fleet_file = data / f"gpus.demo-{port_of(listener)}.yaml"
    with _simulators(parse_fleet(text, str(example), TlsFiles(example.parent), node_kinds()), time_scale) as urls:
        ports = iter([url.rpartition(":")[2] for url in urls])
        fleet_file.write_text(_PORT_LINE.sub(lambda match: match[1] + next(ports), text), encoding="utf-8")
        try:
            run_hub(
                load_settings(config=fleet_file, data=data, port=port, workflows=workflows),
                listener,
                on_ready=lambda url: _welcome(url, open_browser=open_browser),
            )
        finally:
            fleet_file.unlink(missing_ok=True)


def _make_folder(data: Path) -> None:
    try:
        keep_private()
        make_private(data)
    except OSError as error:
        fail(unusable(data, error), code=USAGE_ERROR)


@contextmanager
def _simulators(nodes: Sequence[NodeConfig], time_scale: float) -> Iterator[list[str]]:
    """One child process that serves every node on a free port; it ends with this process."""
    command = [
        sys.executable,
        "-m",
        "vibes",
        "simulate",
        "--exit-with-parent",
        "--host",
        "127.0.0.1",
        "--time-scale",
        str(time_scale),
        *(word for pack in PACKS for word in ("--pack", pack)),
    ]
    for node in nodes:
        command += ["--port", "0", "--profile", node.name.lower().replace(" ", "-")]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - our own module
    try:
        yield _read_urls(child, len(nodes))
    finally:
        child.send_signal(signal.SIGTERM)
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _read_urls(child: "subprocess.Popen[str]", count: int) -> list[str]:
    urls: list[str] = []
    while len(urls) < count:
        line = child.stdout.readline() if child.stdout else ""
        if not line:
            fail(f"the simulated GPUs did not start (exit code {child.wait()}); see the messages above")
        if line.startswith("ready "):
            urls.append(line.split()[1])
    return urls


def _welcome(url: str, *, open_browser: bool) -> None:
    script = Path(sys.executable).parent / "vibes"
    command = shlex.quote(os.path.relpath(script) if sys.prefix != sys.base_prefix else "vibes")
    address = "" if url == DEFAULT_URL else f" --url {url}"
    notes.print(
        f"\n[bold]Vibes ImGen[/] is running at [bold cyan]{url}[/] with four [yellow]simulated[/] GPUs.\n"
        "In a second terminal:\n\n"
        f'  {command} generate "a lighthouse at dusk, oil painting" -n 20 --out out/{address}\n'
        f"  {command} nodes{address}\n\n"
        "Ctrl-C ends it.\n",
        highlight=False,
        soft_wrap=True,
    )
    if open_browser:
        webbrowser.open(url)
