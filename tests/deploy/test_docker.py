"""The images and the compose files: sound by the tools for them, true to this checkout, carried out as processes."""

import asyncio
import re
import shutil
import sys
from pathlib import Path

import httpx
import pytest

from deploy.release import ROOT
from tests.deploy.compose_files import DOCKER, as_in_the_container, checked, composed, mounted, secrets, stages
from tests.forked import forked_service
from tests.generators.packages import run
from tests.waiting import HANG_SECONDS
from vibes.commands.hub.serving import GRACEFUL_SECONDS
from vibes.replicas.process import GOING_SECONDS, LEAVE_SECONDS

FILES = ("compose.yaml", "compose.full.yaml")


def test_the_dockerfile_is_sound() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    if not hadolint.exists():
        pytest.skip("there is no hadolint for this system")
    run([str(hadolint), str(DOCKER / "Dockerfile")])


@pytest.mark.parametrize("name", FILES)
def test_compose_understands_its_files(name: str, tmp_path: Path) -> None:
    """By Debian's, which knows no name of a project."""
    compose = shutil.which("docker-compose")
    if compose is None:
        pytest.skip("docker-compose is not installed (Debian: apt-get install docker-compose)")
    copy = tmp_path / name
    copy.write_text(re.sub(r"(?m)^name:.*\n", "", (DOCKER / name).read_text(encoding="utf-8")), encoding="utf-8")
    run([compose, "-f", str(copy), "config", "--quiet"])


def test_everything_that_is_copied_is_here_and_comes_through_the_ignore_file() -> None:
    let_in = re.findall(r"(?m)^!([^/*\s]+)", (ROOT / ".dockerignore").read_text(encoding="utf-8"))
    for stage in stages().values():
        for word, rest in stage.instructions:
            if word == "COPY" and "--from" not in rest:
                for source in rest.split()[:-1]:
                    assert (ROOT / source).exists(), source
                    assert source.split("/")[0] in let_in, source
    extras = set(re.findall(r"--extra (\w+)", (DOCKER / "Dockerfile").read_text(encoding="utf-8")))
    assert extras
    assert extras <= set(re.findall(r"(?m)^(\w+) = \[", (ROOT / "pyproject.toml").read_text(encoding="utf-8")))
    vite = (ROOT / "frontend" / "vite.config.ts").read_text(encoding="utf-8")
    assert 'outDir: "../backend/vibes/_shipped/studio"' in vite


def test_the_images_are_built_with_the_tools_that_a_release_is_built_with() -> None:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    pinned = re.findall(r"(?m)^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert set(re.findall(r"ARG UV_VERSION=(\S+)", text)) == set(pinned)
    bases = re.findall(r"(?m)^ARG \w+=(\w+:\S+)$", text)
    images = [service["image"] for service in composed("compose.full.yaml")["services"].values()]
    for image in [*bases, *(each for each in images if not each.startswith("vibes-"))]:
        assert re.fullmatch(r"[\w./-]+:v?\d+\.\d+(\.\d+)?(-\w+)*", image), f"{image} names no release"


def test_the_hubs_image_can_back_up_the_server_of_the_full_file() -> None:
    """Older programs refuse to dump a newer server; they come from where the server's image has its own."""
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    server = composed("compose.full.yaml")["services"]["postgresql"]["image"]
    assert f"ARG POSTGRESQL={server}\n" in text
    major = server.removeprefix("postgres:").partition(".")[0]
    hub = stages()["hub"].instructions
    [installs] = [rest for word, rest in hub if word == "RUN"]
    assert f'"postgresql-client-{major}={major}.*"' in installs
    assert [rest for word, rest in hub if word == "USER"] == ["0:0", "10001:10001"], "it runs without root"
    assert stages()["runtime"].base == "${PYTHON}"
    releases = set(re.findall(r"(?m)^ARG (?:PYTHON|POSTGRESQL)=\S+-(\w+)$", text))
    assert releases == {"bookworm"}, "the programs are those of the base's Debian"


@pytest.mark.parametrize("name", FILES)
def test_machines_can_be_added_to_the_fleet_file_of_a_container(name: str) -> None:
    hub = composed(name)["services"]["hub"]
    assert "../config:/config" in hub["volumes"], "the folder, to write"


@pytest.mark.parametrize("name", FILES)
def test_what_a_compose_file_names_is_there(name: str) -> None:
    file = composed(name)
    for service in file["services"].values():
        assert service["restart"] == "unless-stopped"
        assert service["read_only"] is True
        assert set(service.get("secrets", ())) <= set(file["secrets"])
        for needed, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert file["services"][needed].get("healthcheck") or file["services"][needed]["image"] == "vibes-imgen"
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            if source.startswith(".") and not source.endswith("models"):
                assert (DOCKER / source).exists(), mount
            assert source.startswith(".") or source in file["volumes"], mount
    going = GOING_SECONDS + LEAVE_SECONDS if "postgresql" in file["services"] else 0.0
    assert int(file["services"]["hub"]["stop_grace_period"].removesuffix("s")) >= going + GRACEFUL_SECONDS


def test_prometheus_and_the_hubs_know_one_another() -> None:
    file = composed("compose.full.yaml")
    scraped = (DOCKER / "prometheus" / "prometheus.yaml").read_text(encoding="utf-8")
    assert "names: [hub]" in scraped
    assert "/run/secrets/vibes_api_key" in scraped
    assert "vibes_api_key" in file["services"]["prometheus"]["secrets"]
    [net] = file["networks"]["default"]["ipam"]["config"]
    assert file["services"]["hub"]["environment"]["VIBES_PROXIES"] == net["subnet"]
    assert file["services"]["hub"]["deploy"]["replicas"] == 2
    [card] = file["services"]["worker"]["deploy"]["resources"]["reservations"]["devices"]
    assert card == {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}


def test_secrets_are_made_once_and_are_all_that_the_files_name(tmp_path: Path) -> None:
    made = {path.name: path.read_text() for path in secrets(tmp_path / "s").iterdir()}
    assert {path.name: path.read_text() for path in secrets(tmp_path / "s").iterdir()} == made
    assert set(made) == set(composed("compose.full.yaml")["secrets"])
    assert len(set(made.values())) == len(made)
    assert made["postgresql_password"].strip() in made["vibes_database_url"]
    assert all(path.stat().st_mode & 0o777 == 0o444 for path in (tmp_path / "s").iterdir()), "images have own users"


@pytest.mark.processes
async def test_the_hub_of_the_small_file_starts_is_healthy_and_asks_for_its_key(tmp_path: Path) -> None:
    hub, service = stages()["hub"], composed("compose.yaml")["services"]["hub"]
    shutil.copytree(ROOT / "config", tmp_path / "config")
    handed = mounted(service, secrets(tmp_path / "made"), tmp_path / "secrets")
    places = {"/data": f"{tmp_path}/data", "/config": f"{tmp_path}/config", "/run/secrets": str(handed)}
    assert hub.entrypoint == ["vibes"]
    environment = as_in_the_container("hub", service, places)
    async with forked_service(*hub.command, cwd=tmp_path, environment=environment) as running:
        port = int(environment["VIBES_PORT"])
        assert running.url == f"http://127.0.0.1:{port}"
        assert await asyncio.to_thread(checked, hub.healthcheck, {":8001": f":{port}"}) == 0
        async with httpx.AsyncClient(base_url=running.url, timeout=HANG_SECONDS) as http:
            assert (await http.get("/api/gpus")).status_code == 401
            key = {"Authorization": f"Bearer {(handed / 'vibes_api_key').read_text().strip()}"}
            assert (await http.get("/api/gpus", headers=key)).json()["gpus"], "the machines of the mounted folder"
    assert running.process.returncode == 0, "it ends in peace at SIGTERM"
    assert checked(hub.healthcheck, {":8001": f":{port}"}) != 0
    assert names_in(tmp_path) == {"config", "data", "made", "secrets"}, "it writes to /data alone"


def names_in(folder: Path) -> set[str]:
    """Beside what its output is kept in."""
    return {path.name for path in folder.iterdir() if not path.name.startswith("serve-")}
