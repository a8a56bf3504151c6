"""Servers and reverse proxies that some tests need: found, or installed where that may be done.

``python -m tests.server_programs`` installs what is missing; ``make test`` does so first.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_PACKAGES = {"postgres": "postgresql", "redis-server": "redis-server", "nginx": "nginx-light", "caddy": "caddy"}
_SETTINGS = {"postgres": "TEST_POSTGRESQL_BIN", "redis-server": "TEST_REDIS_BIN"}
"""Variables that name the folder of a program."""


class NotInstalled(Exception):
    """A program is missing, and what to do about it."""


def install_missing() -> None:
    """Debian's packages of what is missing. Raises NotInstalled where that may not or cannot be done."""
    missing = [package for program, package in _PACKAGES.items() if find(program) is None]
    if not missing:
        return
    advice = f"some tests need {' and '.join(missing)} (apt-get install {' '.join(missing)})"
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise NotInstalled(advice)
    print(f"installing {' and '.join(missing)} for the tests", file=sys.stderr)  # noqa: T201 - as a command
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", *missing]):
        if subprocess.run(  # noqa: S603 - as written above
            [apt, *command], env=quiet, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            raise NotInstalled(f"{advice}; apt-get {command[0]} failed")


def require(program: str) -> None:
    if find(program) is None:
        reason = f"{_PACKAGES[program]} is not installed: make test does that as root on Debian"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)


def program(name: str) -> str:
    """Where a proxy is. Where it is missing the test is skipped, or fails in CI."""
    require(name)
    return found(name)


def found(name: str) -> str:
    found = find(name)
    assert found is not None
    return found


def find(name: str) -> str | None:
    """By a setting, on the PATH, or where Debian puts every version of PostgreSQL; of these the newest."""
    if (folder := os.environ.get(_SETTINGS.get(name, ""))) is not None:
        return shutil.which(name, path=folder)
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name), reverse=True)
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(map(str, [*debian, "/usr/sbin"])))


if __name__ == "__main__":
    try:
        install_missing()
    except NotInstalled as missing:
        if os.environ.get("CI"):
            sys.exit(str(missing))
        print(f"{missing}; they are skipped", file=sys.stderr)  # noqa: T201 - as a command
