"""What is published stands alone: without the checkout it was built from, without Node.js, without a place to write."""

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from deploy.release import ROOT, STUDIO, NotReleasable, build, epoch, uv, version
from tests.generators.packages import run

pytestmark = pytest.mark.processes


@dataclass(frozen=True)
class Installed:
    """A fresh environment with the wheel in it, and a folder of somebody who knows nothing of its making."""

    site: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing but this is known to it: no tool of a developer is on its path."""
        compiled = str(self.home / "compiled")
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home), "COLUMNS": "80", "PYTHONPYCACHEPREFIX": compiled}

    def vibes(self, *arguments: str) -> str:
        return run([str(self.site / "bin" / "vibes"), *arguments], self.environment, self.home)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the source archive."""
    if not STUDIO.is_file():
        pytest.skip("the studio was not built: make setup")
    dist = tmp_path_factory.mktemp("dist")
    try:
        wheel, _ = build(dist, offline=True)  # what builds it is in uv's cache where `make` has set this up
    except NotReleasable:
        wheel, _ = build(dist)
    return wheel


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("elsewhere")
    site, home = folder / "site", folder / "home"
    home.mkdir()
    locked = ["--frozen", "--no-dev", "--no-install-project", "--quiet"]
    run([uv(), "sync", *locked], {**os.environ, "UV_PROJECT_ENVIRONMENT": str(site)})
    run([uv(), "pip", "install", "--no-deps", "--quiet", "--python", str(site), str(wheel)])
    run([uv(), "pip", "check", "--quiet", "--python", str(site)])
    with read_only(site):
        yield Installed(site, home)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nothing may be put into it. (Its files are those of uv's cache, and keep their permissions.)"""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir() and not path.is_symlink())]
    for each in folders:
        each.chmod(0o555)
    before = {path: path.stat().st_mtime_ns for path in folders}  # for root, whom no permission holds back
    try:
        yield
        assert {path: path.stat().st_mtime_ns for path in folders} == before, "it has written into its installation"
    finally:
        for each in folders:
            each.chmod(0o755)


def test_the_demo_draws_and_the_studio_loads_far_from_any_checkout(installed: Installed) -> None:
    assert extras() & names_in(installed.site) == set(), "so that what follows needs none of them"
    assert installed.vibes("--version") == f"vibes {version()}\n"
    with demo(installed) as url:
        page = httpx.get(url).text
        assert '<div id="root">' in page, "the studio, and not the table that stands in for it"
        script = page.partition('src="')[2].partition('"')[0]
        assert httpx.get(urljoin(url, script)).headers["content-type"].startswith("text/javascript")
        installed.vibes("generate", "a lighthouse", "-n", "1", "--family", "sd15", "--out", "out", "--url", url)
    assert len([*(installed.home / "out").glob("*.png")]) == 2, "the picture and its contact sheet"


def extras() -> set[str]:
    """Packages that only an extra brings."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        optional: dict[str, list[str]] = tomllib.load(file)["project"]["optional-dependencies"]
    wanted = {re.split(r"[^\w-]", each)[0].replace("-", "_") for extra in optional.values() for each in extra}
    assert "torch" in wanted, "it finds them"
    return wanted


def names_in(site: Path) -> set[str]:
    names = {path.name.partition("-")[0].lower() for path in site.glob("lib/python*/site-packages/*.dist-info")}
    assert "vibes_imgen" in names, "it finds them"
    return names


@contextmanager
def demo(installed: Installed) -> Iterator[str]:
    """Ended by its own id."""
    command = [str(installed.site / "bin" / "vibes"), "demo", "--port", "0", "--no-browser", "--time-scale", "0.02"]
    log = installed.home / "demo.log"
    with (
        log.open("wb") as said,
        subprocess.Popen(  # noqa: S603 - our own command
            command, cwd=installed.home, env=installed.environment, stdout=subprocess.PIPE, stderr=said, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = next((each for each in process.stdout if each.startswith("ready ")), None)
            assert line is not None, log.read_text()
            yield line.split()[1]
        finally:
            process.terminate()


def test_a_wheel_is_the_same_from_the_checkout_and_from_the_source_archive(wheel: Path, tmp_path: Path) -> None:
    """So it is reproducible, and whoever has the archive alone loses nothing."""
    stamped = {"SOURCE_DATE_EPOCH": epoch()}
    run([uv(), "build", "--quiet", "--wheel", "--out-dir", str(tmp_path), str(ROOT)], {**os.environ, **stamped})
    assert (tmp_path / wheel.name).read_bytes() == wheel.read_bytes()
