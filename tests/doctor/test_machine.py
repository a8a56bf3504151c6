"""What the doctor says of this machine: disks, memory, ports, keys, and how the facts are read."""

import errno
import os
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.certificates import NOW, make_certificate
from tests.doctor.facts import codes, disk
from tests.hub import settings_for
from tests.loopback import free_port
from vibes.app.doctor.certificate_check import own_certificate
from vibes.domain.doctor.finding import State, worst
from vibes.environment.machine.disks import disk_of, kind_in
from vibes.environment.machine.listeners import Listener, listener_on, may_not_listen
from vibes.environment.machine.memory import Memory, memory
from vibes.environment.machine.networks import own_addresses, own_networks
from vibes.services.doctor.keys import KeyFacts, judge_keys
from vibes.services.doctor.machine import Place, judge_disks, judge_memory, judge_port, size
from vibes.services.runtime.clock import SystemClock

GB = 10**9


@pytest.mark.parametrize(
    ("given", "code", "state"),
    [
        ({}, "disk_room", State.OK),
        ({"free_bytes": 4 * GB}, "disk_nearly_full", State.WARN),
        ({"free_bytes": GB, "total_bytes": 8 * GB}, "disk_room", State.OK),
        ({"free_bytes": 10**8}, "disk_full", State.WRONG),
        ({"free_files": 12}, "disk_full_of_files", State.WRONG),
        ({"read_only": True, "writable": False}, "disk_read_only", State.WRONG),
        ({"writable": False}, "folder_not_writable", State.WRONG),
        ({"kind": "nfs4"}, "database_on_network", State.WARN),
        ({"kind": "tmpfs"}, "folder_in_memory", State.WARN),
    ],
)
def test_each_trouble_of_a_disk_has_its_code(given: dict[str, object], code: str, state: State) -> None:
    found = list(judge_disks([Place("the data", disk(**given), holds_database=True)]))
    assert code in codes(found)
    assert worst(each.state for each in found) is state


def test_folders_on_one_disk_are_told_of_its_room_once() -> None:
    data, pictures = Place("the data", disk()), Place("pictures", disk(kind="nfs", device=2))
    [found] = judge_disks([data, Place("uploads", disk()), pictures])
    assert found.sentence == "200 GB free for the data (ext4); 200 GB free for pictures (nfs)."


def test_the_file_system_is_that_of_the_deepest_mount_and_the_last_one_there() -> None:
    lines = [
        "22 1 254:0 / / rw - ext4 /dev/vda rw",
        "30 22 0:40 / /mnt/my\\040pictures rw - nfs4 nas:/p rw",
        "31 22 0:41 / /mnt rw - tmpfs none rw",
        "32 22 0:42 / /mnt rw shared:7 - cifs //nas/p rw",
        "broken",
    ]
    assert kind_in(lines, Path("/srv")) == "ext4"
    assert kind_in(lines, Path("/mnt/my pictures/2026")) == "nfs4"
    assert kind_in(lines, Path("/mnt/other")) == "cifs"


def test_a_folder_that_is_not_there_yet_is_judged_by_the_one_above(tmp_path: Path) -> None:
    found = disk_of(tmp_path / "not" / "yet")
    assert not found.exists
    assert found.total_bytes >= found.free_bytes > 0
    assert not (tmp_path / "not").exists()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (Memory(total=16 * GB, available=8 * GB, limit=None, used_of_limit=None, resident=10**8), "memory_room"),
        (Memory(total=16 * GB, available=8 * GB, limit=GB, used_of_limit=GB - 10**7, resident=1), "memory_full"),
        (Memory(total=GB, available=3 * 10**8, limit=None, used_of_limit=None, resident=1), "memory_low"),
        (Memory(total=None, available=None, limit=None, used_of_limit=None, resident=None), "memory_unknown"),
    ],
)
def test_memory_is_that_of_the_machine_or_of_its_control_group(given: Memory, code: str) -> None:
    assert codes(list(judge_memory(given))) == [code]


def test_this_machine_tells_its_memory_and_addresses() -> None:
    if os.path.exists("/proc/meminfo"):  # noqa: PTH110 - no path of ours
        assert (memory().available or 0) > 0
    assert "127.0.0.1" in map(str, own_addresses())
    assert all(each.prefixlen == 24 and each.is_private for each in own_networks(own_addresses()))


def test_who_has_a_port_is_told_by_name_and_never_by_arguments() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        found = listener_on(port)
        if found is None:
            pytest.skip("this system has no /proc")
        assert found.pid == os.getpid()
        assert " " not in found.command
        assert codes(list(judge_port(port, found, [os.getpid()]))) == ["port_ours"]
        [taken] = judge_port(port, Listener(12, "nginx"), [])
        assert taken.state is State.WRONG
        assert "nginx (process 12)" in taken.sentence
    assert listener_on(port) is None
    assert codes(list(judge_port(port, None, []))) == ["port_free"]


def test_a_port_of_another_user_is_taken_by_somebody_unknown(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    line = "   0: 00000000:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 777 1\n"
    (tmp_path / "net" / "tcp").write_text(head + line, encoding="ascii")
    assert listener_on(8001, proc=tmp_path) == Listener(None, "")
    assert listener_on(8002, proc=tmp_path) is None


def test_a_port_that_the_system_keeps_from_this_user_is_told_although_nobody_has_it() -> None:
    """Windows reserves whole ranges of ports for itself, in which no program is to be found."""
    for number, code in (
        (errno.EACCES, "port_forbidden"),
        (errno.EADDRINUSE, "port_taken"),
        (errno.EADDRNOTAVAIL, "host_not_here"),
    ):
        [found] = judge_port(9090, None, [], refusal=OSError(number, "no"))
        assert (found.code, found.state) == (code, State.WRONG)


def test_whether_the_hub_may_listen_is_tried_and_left_as_it_was() -> None:
    port = free_port()
    assert may_not_listen("127.0.0.1", port) is None
    with socket.create_server(("127.0.0.1", port)):
        refusal = may_not_listen("127.0.0.1", port)
        assert refusal is not None
        assert refusal.errno == errno.EADDRINUSE
    elsewhere = may_not_listen("192.0.2.77", port)
    assert elsewhere is not None
    assert elsewhere.errno == errno.EADDRNOTAVAIL


KEYS = KeyFacts(host="127.0.0.1", loopback=True, key_length=None, least_length=16, open_on_purpose=False)
OPEN = replace(KEYS, host="0.0.0.0", loopback=False)  # noqa: S104 - nobody listens


@pytest.mark.parametrize(
    ("facts", "code", "state"),
    [
        (KEYS, "key_not_needed", State.OK),
        (replace(KEYS, in_container=True), "container_loopback", State.OK),
        (OPEN, "key_absent", State.WRONG),
        (replace(OPEN, open_on_purpose=True), "key_absent", State.WARN),
        (replace(OPEN, key_length=8), "key_too_short", State.WRONG),
        (replace(OPEN, key_length=32), "key_set", State.OK),
        (replace(KEYS, key_length=32, readable_by_others=[Path("config/.env")]), "secrets_readable", State.WARN),
    ],
)
def test_keys_are_judged_by_who_can_come(facts: KeyFacts, code: str, state: State) -> None:
    found = {each.code: each.state for each in judge_keys(facts)}
    assert found[code] is state


@pytest.mark.parametrize(
    ("number", "told"),
    [(123, "0 kB"), (310_000, "310 kB"), (5 * 10**6, "5 MB"), (5_240_000_000, "5.2 GB"), (2e14, "200,000 GB")],
)
def test_sizes_are_told_in_the_unit_that_people_read(number: float, told: str) -> None:
    assert size(number) == told


@pytest.mark.parametrize(
    ("valid_from", "valid_for", "code"),
    [
        (-60, 22, "tls_well"),
        (-60, 20, "tls_ends_soon"),
        (-60, -1, "tls_refused"),
        (1, 30, "tls_refused"),
    ],
)
def test_the_hubs_certificate_is_told_in_time(tmp_path: Path, valid_from: int, valid_for: int, code: str) -> None:
    begins = NOW + timedelta(days=valid_from)
    made = make_certificate(tmp_path, "hub", valid_from=begins, valid_for=timedelta(days=valid_for))
    settings = settings_for(tmp_path, tls_cert=made.path, tls_key=made.key)
    [finding] = list(own_certificate(settings, SystemClock()))
    assert finding.code == code
    if code == "tls_ends_soon":
        assert "in 19 days" in finding.sentence or "in 20 days" in finding.sentence
    made.key.write_text("no key any more")
    assert codes(list(own_certificate(settings, SystemClock()))) == ["tls_unusable"]
    assert list(own_certificate(settings_for(tmp_path), SystemClock())) == []
