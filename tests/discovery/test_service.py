"""From a question to a line in gpus.yaml, over simulated machines on loopback addresses: service, command and API."""

import asyncio
import errno
import stat
from pathlib import Path
from typing import Any

import pytest
import typer
from aiohttp import web

from tests.fakes import FakeFleet
from tests.hub import http_client, open_hub, settings_for
from tests.loopback import free_port
from tests.waiting import eventually
from vibes.commands.setup.discover import DiscoverOptions, run_discover
from vibes.domain.errors import Conflict, InvalidDocument, InvalidRequest, StorageUnavailable
from vibes.domain.nodes.machines import Place
from vibes.nodes.kinds import node_kinds
from vibes.services.discovery.service import Discovery
from vibes.services.runtime.clock import SystemClock
from vibes.simulator.server import SimulatedNode
from vibes.simulator.setup.options import NodeOptions

MINE = """# my machines
nodes:
  - id: attic  # the old one
    name: attic
    vram_gb: 8
    tier: draft
    host: "10.1.1.1"
    port: 8188
    capabilities: [sd15]
    max_resolution: 512
    max_batch: 1
"""


def discovery(folder: Path) -> Discovery:
    return Discovery(folder / "gpus.yaml", node_kinds(), SystemClock())


def options(folder: Path, port: int, **given: Any) -> DiscoverOptions:
    values: dict[str, Any] = {"ranges": ("127.0.0.1",), "ports": (port,), "yes": False, "dry_run": False}
    return DiscoverOptions(into=folder / "gpus.yaml", **{**values, **given})


async def test_a_machine_is_found_added_once_and_known_from_then_on(tmp_path: Path) -> None:
    file = tmp_path / "gpus.yaml"
    file.write_text(MINE, encoding="utf-8")
    file.chmod(0o640)
    finder = discovery(tmp_path)
    async with SimulatedNode(NodeOptions()) as node:
        search = await finder.search(["127.0.0.1"], [node.port, free_port()])
        [candidate] = search.candidates
        assert (candidate.known_as, search.asked, search.of) == (None, 2, 2)
        addition = await finder.prepare([candidate.machine.place])
        assert file.read_text(encoding="utf-8") == MINE, "nothing is written before a person agrees"
        await finder.write(addition)
        assert (await finder.search(["127.0.0.1"], [node.port])).candidates[0].known_as == candidate.guess.id
        again = await finder.prepare([candidate.machine.place])
        assert again.added == ()
    text = file.read_text(encoding="utf-8")
    assert text.startswith(MINE)
    assert text.count("- id:") == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


async def test_a_file_that_was_edited_meanwhile_or_is_wrong_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "gpus.yaml"
    file.write_text(MINE, encoding="utf-8")
    finder = discovery(tmp_path)
    async with SimulatedNode(NodeOptions()) as node:
        place = Place("127.0.0.1", node.port)
        addition = await finder.prepare([place])
        file.write_text(MINE + "# more\n", encoding="utf-8")
        with pytest.raises(Conflict, match="edited meanwhile"):
            await finder.write(addition)
        file.write_text(MINE.replace("tier: draft", "tier: drafty"), encoding="utf-8")
        with pytest.raises(InvalidDocument):
            await finder.prepare([place])
        assert (await finder.search(["127.0.0.1"], [node.port])).candidates[0].known_as is None
        file.write_bytes(MINE.encode("utf-16"))
        with pytest.raises(InvalidRequest, match="UTF-8"):
            await finder.prepare([place])
        file.unlink()
        file.mkdir()
        with pytest.raises(StorageUnavailable):
            await finder.prepare([place])
    with pytest.raises(InvalidRequest, match="any more"):
        await finder.prepare([place])


async def test_a_machine_with_two_addresses_is_offered_once_and_known_by_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By cable and by Wi-Fi; one like it, bought with it, is another."""
    monkeypatch.setattr("vibes.services.discovery.service.own_addresses", list)
    finder, own = discovery(tmp_path), ["127.0.0.1", "127.0.0.2"]
    async with SimulatedNode(NodeOptions()) as node:
        assert node._runner is not None
        await web.TCPSite(node._runner, own[1], node.port).start()
        async with SimulatedNode(NodeOptions(host="127.0.77.1", port=node.port)):
            found = [each.machine.place for each in (await finder.search([*own, "127.0.77.1"], [node.port])).candidates]
        assert found == [Place("127.0.0.1", node.port), Place("127.0.77.1", node.port)]
        known = MINE.replace("10.1.1.1", "127.0.0.2").replace("8188", str(node.port))
        (tmp_path / "gpus.yaml").write_text(known, encoding="utf-8")
        [candidate] = (await finder.search(own, [node.port])).candidates
        assert (candidate.known_as, candidate.machine.place.host) == ("attic", "127.0.0.2")
        addition = await finder.prepare([Place(each, node.port) for each in own])
        assert addition.added == ()


async def test_a_file_that_may_not_be_replaced_is_written_in_place_or_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container: the folder is another user's, or all of it is mounted to be read."""
    file, finder = tmp_path / "gpus.yaml", discovery(tmp_path)
    file.write_text(MINE, encoding="utf-8")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    def read_only(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    async with SimulatedNode(NodeOptions()) as node:
        addition = await finder.prepare([Place("127.0.0.1", node.port)])
        with monkeypatch.context() as patched:
            patched.setattr("vibes.services.discovery.service.write_durably", refuse)
            await finder.write(addition)
            assert file.read_text(encoding="utf-8") == addition.text
        file.write_text(MINE, encoding="utf-8")
        with monkeypatch.context() as patched:
            patched.setattr("vibes.services.discovery.service.write_durably", read_only)
            patched.setattr(Path, "write_bytes", read_only)
            with pytest.raises(Conflict, match=r"Read-only file system.*paste into it.*--dry-run") as told:
                await finder.write(addition)
    assert told.value.code == "fleet_file_not_writable"
    assert file.read_text(encoding="utf-8") == MINE


@pytest.mark.parametrize("host", ["127.0.0.1/32", "10.0.0.0/24", " 127.0.0.1"])
async def test_what_is_to_be_added_is_the_address_of_one_machine(tmp_path: Path, host: str) -> None:
    """Of a network as a host a URL would be made that leads to another port."""
    with pytest.raises(InvalidRequest, match="no address of one machine"):
        await discovery(tmp_path).prepare([Place(host, 8188)])


async def test_a_link_to_the_file_stays_a_link_and_a_byte_order_mark_stays(tmp_path: Path) -> None:
    real = tmp_path / "elsewhere.yaml"
    real.write_bytes(b"\xef\xbb\xbf" + MINE.encode())
    (tmp_path / "gpus.yaml").symlink_to(real)
    finder = discovery(tmp_path)
    async with SimulatedNode(NodeOptions()) as node:
        await finder.write(await finder.prepare([Place("127.0.0.1", node.port)]))
    assert (tmp_path / "gpus.yaml").is_symlink()
    assert real.read_bytes().startswith(b"\xef\xbb\xbf" + MINE.encode())
    assert real.read_bytes().count(b"\xef\xbb\xbf") == 1


async def test_one_search_at_a_time(tmp_path: Path) -> None:
    finder = discovery(tmp_path)
    first = asyncio.create_task(finder.search(["127.0.0.1"], [free_port()]))
    await asyncio.sleep(0)
    with pytest.raises(Conflict, match="another search"):
        await finder.search(["127.0.0.1"], [free_port()])
    assert (await first).candidates == ()


async def test_the_command_writes_only_when_it_may(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config" / "gpus.yaml"
    async with SimulatedNode(NodeOptions()) as node:
        given = options(tmp_path / "config", node.port)
        await run_discover(given)
        assert "say --yes" in capsys.readouterr().err
        assert not file.exists()
        await run_discover(options(tmp_path / "config", node.port, dry_run=True))
        assert f"port: {node.port}" in capsys.readouterr().out
        assert not file.exists()
        await run_discover(options(tmp_path / "config", node.port, yes=True))
        written = file.read_text(encoding="utf-8")
        capsys.readouterr()
        await run_discover(options(tmp_path / "config", node.port, yes=True))
        assert " is " in capsys.readouterr().out
    assert file.read_text(encoding="utf-8") == written, "never twice"


async def test_the_command_says_what_to_do_where_nothing_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as left:
        await run_discover(options(tmp_path, free_port()))
    assert left.value.exit_code == 1
    assert "--listen" in capsys.readouterr().err
    with pytest.raises(typer.Exit) as left:
        await run_discover(options(tmp_path, 1, ranges=("8.8.8.8",)))
    assert left.value.exit_code == 2
    assert "no private network" in capsys.readouterr().err


async def test_the_api_finds_adds_and_the_hub_follows(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    async with (
        SimulatedNode(NodeOptions()) as node,
        open_hub(settings, FakeFleet()) as hub,
        http_client(hub, settings) as http,
    ):
        proposed = (await http.get("/api/discovery")).json()
        assert proposed["ports"] == [8188, 8189, 8000]
        assert proposed["file"] == str(settings.config)
        asked = {"ranges": ["127.0.0.1"], "ports": [node.port]}
        found = (await http.post("/api/discovery/search", json=asked)).json()
        [machine] = found["found"]
        assert (machine["known_as"], machine["simulated"], machine["host"]) == (None, True, "127.0.0.1")
        chosen = {"machines": [{"host": machine["host"], "port": machine["port"]}]}
        assert (await http.post("/api/discovery/add", json=chosen)).json() == {"added": [machine["id"]]}
        assert (await http.post("/api/discovery/add", json=chosen)).json() == {"added": []}
        await eventually(lambda: machine["id"] in hub.supervisor.nodes, what="the hub follows its file")
        refused = await http.post("/api/discovery/search", json={"ranges": ["8.8.8.0/24"], "ports": [8188]})
        assert (refused.status_code, refused.json()["code"]) == (422, "bad_range")
        nowhere = {"machines": [{"host": "127.0.0.1", "port": free_port()}]}
        gone = await http.post("/api/discovery/add", json=nowhere)
        assert (gone.status_code, gone.json()["code"]) == (422, "machine_gone")
