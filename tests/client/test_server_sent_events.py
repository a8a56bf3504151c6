"""Server-sent events are read as the HTML standard says, in whatever pieces they come."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from vibes.client.events.server_sent_events import EventStreamReader, ServerSentEvent

STREAM = (
    "retry: 1000\n\n"
    'id: 1\nevent: job\ndata: {"status": "queued"}\n\n'
    ": still there\n\n"
    "id: 1-1700\r\nevent: progress\r\ndata: first line\r\ndata: ☃ second\r\n\r\n"
    "data:no space, no name\n\n"
    "id: 2\rdata\rdata\r\r"
    "event: dropped without data\n\n"
    "id: 3\ndata: last\n\n"
    "id: 4\ndata: cut off in its midd"
).encode()
EVENTS = [
    ServerSentEvent("1", "job", '{"status": "queued"}'),
    ServerSentEvent("1-1700", "progress", "first line\n☃ second"),
    ServerSentEvent("1-1700", "message", "no space, no name"),
    ServerSentEvent("2", "message", "\n"),
    ServerSentEvent("3", "message", "last"),
]


def read(chunks: list[bytes]) -> list[ServerSentEvent]:
    reader = EventStreamReader()
    return [event for chunk in chunks for event in reader.feed(chunk)]


def test_a_stream_is_read_as_a_browser_reads_it_and_what_is_cut_off_is_not_told() -> None:
    assert read([STREAM]) == EVENTS
    assert read([b"\xef\xbb\xbf" + STREAM]) == EVENTS, "a byte order mark is passed over"


@given(st.lists(st.integers(0, len(STREAM)), max_size=12))
def test_how_the_bytes_are_cut_changes_nothing(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(STREAM)]
    assert read([STREAM[begin:end] for begin, end in pairwise(places)]) == EVENTS


def test_byte_by_byte_it_is_the_same() -> None:
    assert read([STREAM[index : index + 1] for index in range(len(STREAM))]) == EVENTS


def test_a_connection_that_resumes_goes_on_from_the_id_that_it_had() -> None:
    assert EventStreamReader("41").feed(b"data: x\n\n") == [ServerSentEvent("41", "message", "x")]
