"""Who may stay connected: deadlines by what a connection does, and who makes room for whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vibes.server.connections import Connection, ConnectionLimits, Connections, Phase, overdue
from vibes.server.descriptors import FEWEST_CONNECTIONS, LEAST_RESERVE, connections_within
from vibes.text.networks import network_of

LIMITS = ConnectionLimits(total=4, per_address=2)
FAR = "192.0.2.7"


class Line:
    """A transport that remembers what was done to it."""

    def __init__(self, unsent: int = 0) -> None:
        self.aborted = False
        self.unsent = unsent

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def get_write_buffer_size(self) -> int:
        return self.unsent


def opened(connections: Connections, host: str = "127.0.0.1", now: float = 0.0) -> tuple[Connection, Line]:
    line = Line()
    connection = connections.opened(line, host, now)
    assert connection is not None
    return connection, line


@pytest.mark.parametrize(
    ("phase", "seconds", "received", "heard", "ends"),
    [
        (Phase.WAITING, 14.0, 0, 0.0, False),
        (Phase.WAITING, 16.0, 0, 0.0, True),
        (Phase.RECEIVING, 29.0, 10, 28.0, False),
        (Phase.RECEIVING, 31.0, 10, 30.0, True),
        (Phase.RECEIVING, 3600.0, 3600 * 2048, 3599.0, False),
        (Phase.RECEIVING, 3600.0, 3600 * 2048, 3500.0, True),
        (Phase.ANSWERING, 3600.0, 0, 0.0, False),
        (Phase.STREAMING, 1e6, 0, 0.0, False),
    ],
    ids=[
        "headers on the way",
        "headers that do not come",
        "a body that begins slowly",
        "a body that drips",
        "an hour's upload on a slow line",
        "an upload that stopped",
        "a request that takes us long",
        "a WebSocket of days",
    ],
)
def test_each_phase_has_its_own_deadline(phase: Phase, seconds: float, received: int, heard: float, ends: bool) -> None:
    connection = Connection(Line(), FAR, 0.0)
    connection.enter(phase, 0.0)
    connection.take(received, heard)
    assert overdue(connection, seconds, LIMITS) is ends


def test_time_in_which_we_do_not_read_does_not_count() -> None:
    connections = Connections(LIMITS)
    connection, line = opened(connections)
    connections.enter(connection, Phase.RECEIVING, 0.0)
    connection.paused = lambda: True
    for second in range(1, 200):
        connections.sweep(float(second), 1.0)
    assert connections.ended == 0
    connection.paused = lambda: False
    for second in range(200, 300):
        connections.sweep(float(second), 1.0)
    assert line.aborted


def test_whoever_reads_nothing_of_an_answer_is_cut_off_and_whoever_reads_slowly_is_not() -> None:
    connections = Connections(LIMITS)
    (silent, silent_line), (slow, slow_line) = opened(connections), opened(connections)
    silent_line.unsent = slow_line.unsent = 1_000_000
    for connection in (silent, slow):
        connections.enter(connection, Phase.ANSWERING, 0.0)
    for second in range(1, 200):
        slow_line.unsent -= 100
        connections.sweep(float(second), 1.0)
    assert (silent_line.aborted, slow_line.aborted) == (True, False)


def test_the_one_that_has_waited_longest_makes_room_and_requests_are_spared() -> None:
    connections = Connections(LIMITS)
    busy, busy_line = opened(connections, now=0.0)
    connections.enter(busy, Phase.ANSWERING, 0.0)
    _, first = opened(connections, now=1.0)
    _, second = opened(connections, now=2.0)
    sending, sending_line = opened(connections, now=3.0)
    connections.enter(sending, Phase.RECEIVING, 3.0)
    for line in (first, second):
        assert not line.aborted
        newcomer, _ = opened(connections, now=10.0)
        connections.enter(newcomer, Phase.ANSWERING, 10.0)
        assert line.aborted
    assert connections.ended == 2
    opened(connections, now=11.0)
    assert sending_line.aborted, "a body on its way goes when nobody else is left"
    assert not busy_line.aborted
    assert len(connections) == LIMITS.total


def test_nobody_is_let_in_when_all_are_being_served() -> None:
    connections = Connections(LIMITS)
    for _ in range(LIMITS.total):
        connections.enter(opened(connections)[0], Phase.STREAMING, 0.0)
    assert connections.opened(Line(), "127.0.0.1", 1.0) is None
    assert connections.refused == 1


@pytest.mark.parametrize("near", [FAR, "192.0.2.0/24"])
def test_an_address_has_its_share_and_proxies_have_no_cap_but_the_whole(near: str) -> None:
    connections = Connections(LIMITS)
    _, first = opened(connections, FAR)
    opened(connections, FAR)
    opened(connections, FAR)
    assert first.aborted, "its own oldest"
    opened(connections, "198.51.100.1")
    assert len(connections) == 3
    shared = Connections(ConnectionLimits(total=4, per_address=1, shared=frozenset({near})))
    for _ in range(4):
        connections.enter(opened(shared, FAR)[0], Phase.ANSWERING, 0.0)
    assert len(shared) == 4


@given(st.lists(st.tuples(st.sampled_from(["open", "close", "serve", "stream"]), st.integers(0, 20)), max_size=80))
def test_whatever_happens_the_caps_hold_and_the_books_agree(moves: list[tuple[str, int]]) -> None:
    connections = Connections(LIMITS)
    lines: list[Line] = []
    for now, (move, number) in enumerate(moves):
        line = lines[number % len(lines)] if lines else None
        known = connections.of(line) if line else None
        if move == "open":
            lines.append(Line())
            connections.opened(lines[-1], ["127.0.0.1", FAR, "2001:db8::1"][number % 3], float(now))
        elif line is not None and move == "close":
            connections.closed(line)
        elif known is not None:
            connections.enter(known, Phase.ANSWERING if move == "serve" else Phase.STREAMING, float(now))
        living = [each for each in lines if connections.of(each)]
        assert len(connections) == len(living) <= LIMITS.total
        assert not any(each.aborted for each in living)
        far = [each for each in living if (of := connections.of(each)) and of.address == FAR]
        assert len(far) <= LIMITS.per_address
    for line in lines:
        connections.closed(line)
    assert not connections._of_address
    assert not connections._waiting


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1%eth0", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_subscriber_is_one_caller(host: str, network: str) -> None:
    assert network_of(host) == network


@pytest.mark.parametrize("limit", [64, 256, 1024, 4096, 20_000, 1_048_576])
def test_descriptors_are_kept_in_reserve(limit: int) -> None:
    taken = connections_within(limit)
    assert taken >= FEWEST_CONNECTIONS
    assert limit - taken >= LEAST_RESERVE or limit < LEAST_RESERVE + FEWEST_CONNECTIONS
