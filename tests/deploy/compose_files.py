"""What the Dockerfile and the compose files say, read so that a test can carry it out with plain processes."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from deploy.release import ROOT
from tests.generators.packages import run
from tests.loopback import free_port

DOCKER = ROOT / "docker"


@dataclass
class Stage:
    """A stage of the Dockerfile, with what it has from the stage that it begins with."""

    name: str
    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    healthcheck: list[str] = field(default_factory=list)


def stages() -> Mapping[str, Stage]:
    """Of the Dockerfile, by name."""
    lines = [line for line in (DOCKER / "Dockerfile").read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    found: dict[str, Stage] = {}
    stage: Stage | None = None
    for line in re.sub(r"\\\n\s*", " ", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            before = found.get(base, Stage("", ""))
            stage = found[name] = Stage(name, base, [], {**before.environment}, before.entrypoint)
        elif stage is not None and word:
            stage.instructions.append((word, rest))
            _note(stage, word, rest)
    return found


def _note(stage: Stage, word: str, rest: str) -> None:
    match word:
        case "ENV":
            stage.environment |= dict(re.findall(r"(\w+)=(\S+)", rest))
        case "ENTRYPOINT":
            stage.entrypoint = json.loads(rest)
        case "CMD":
            stage.command = json.loads(rest)
        case "HEALTHCHECK":
            stage.healthcheck = json.loads(rest[rest.index("CMD") + 3 :])


def composed(name: str, variables: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A compose file with its variables filled in, ``${NAME:-default}``, and a double dollar as one."""

    def filled(match: "re.Match[str]") -> str:
        return (variables or {}).get(match["name"], match["default"])

    text = (DOCKER / name).read_text(encoding="utf-8")
    text = re.sub(r"\$\{(?P<name>\w+):-(?P<default>[^}]*)\}", filled, text).replace("$$", "$")
    read: dict[str, Any] = yaml.safe_load(text)
    return read


def with_paths(words: Sequence[str] | Mapping[str, str], places: Mapping[str, str]) -> Any:
    """The words with what lies in a container (a path, an address) as it lies here."""

    longest_first = "|".join(re.escape(there) for there in sorted(places, key=len, reverse=True))

    def here(text: str) -> str:
        return re.sub(longest_first, lambda found: places[found[0]], text)  # at once: a place may lie below /tmp

    return {name: here(value) for name, value in words.items()} if isinstance(words, Mapping) else [*map(here, words)]


def secrets(folder: Path) -> Path:
    """As the script of the compose files makes them."""
    run(["sh", str(DOCKER / "make-secrets.sh"), str(folder)])
    return folder


def mounted(service: Mapping[str, Any], made: Path, folder: Path) -> Path:
    """The folder of a container's secrets: those of its service alone."""
    folder.mkdir()
    for name in service["secrets"]:
        shutil.copy(made / name, folder)
    return folder


def checked(command: Sequence[str], places: Mapping[str, str]) -> int:
    """The exit status of a health check."""
    words = with_paths(command, places)
    if words[0] in {"CMD", "CMD-SHELL"}:
        words = ["sh", "-c", *words[1:]] if words[0] == "CMD-SHELL" else words[1:]
    words[0] = sys.executable if words[0] == "python" else words[0]
    return subprocess.run(words, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False).returncode  # noqa: S603 - as the file says it


def as_in_the_container(stage: str, service: Mapping[str, Any], places: Mapping[str, str]) -> dict[str, str]:
    """The environment of its process, at a port of this machine's own."""
    said = {**stages()[stage].environment, **service.get("environment", {})}
    del said["PATH"]
    return {**with_paths(said, places), "VIBES_HOST": "127.0.0.1", "VIBES_PORT": str(free_port())}
