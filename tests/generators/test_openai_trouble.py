"""What goes wrong at OpenAI, and what that means: for the picture, for the account, and for the money."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.openai import KEY, Answer, Course, FakeOpenAI, faults
from tests.generators.at_fal import Watcher, size_of
from tests.generators.at_openai import openai, settings
from tests.generators.drawing_process import drawing, killed
from tests.generators.strange_answers import ANY_JSON
from tests.waiting import deadline, eventually
from vibes.generators.errors import (
    Cancelled,
    GeneratorError,
    InvalidInput,
    MaybePaid,
    Misconfigured,
    Moderated,
    OutOfCredit,
    RateLimited,
    Unavailable,
)
from vibes.generators.found import Done, Failed, Running, Unclear
from vibes.generators.hosted.http import Reply
from vibes.generators.openai.answers import EventStream, cost_of, event, picture_in
from vibes.generators.openai.config import TokenPrices
from vibes.generators.openai.failures import failure, failure_in_stream, patience, seconds_in


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI() as started:
        yield started


async def error_of(server: FakeOpenAI, folder: Path, **more: Any) -> GeneratorError:
    """Of one picture that nobody asks for again."""
    async with openai(server, folder, **{"retries": 0, **more}) as generator, deadline():
        with pytest.raises(GeneratorError) as failed:
            await generator.generate_image("a lighthouse", request_id="r1")
    return failed.value


@pytest.mark.parametrize(
    ("refused", "means"),
    [
        (faults.BAD_KEY, Misconfigured),
        (faults.NOT_VERIFIED, Misconfigured),
        (faults.refusal(404, "invalid_request_error", "model_not_found", "no such model"), Misconfigured),
        (faults.MODERATED, Moderated),
        (faults.refusal(400, "invalid_request_error", "invalid_value", "no such size", "size"), InvalidInput),
        (faults.refusal(400, "invalid_request_error", "unknown_parameter", "unknown", "layers"), InvalidInput),
        (faults.NO_QUOTA, OutOfCredit),
        (faults.HARD_LIMIT, OutOfCredit),
        (faults.SPEND_LIMIT, OutOfCredit),
        (faults.RATE_LIMITED, RateLimited),
        (faults.SERVER_ERROR, MaybePaid),
        (faults.OVERLOADED, MaybePaid),
        (Answer(200, {"data": []}), MaybePaid),
        (Answer(200, "<html>a page</html>"), MaybePaid),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else str(value.status),
)
async def test_each_refusal(server: FakeOpenAI, tmp_path: Path, refused: Answer, means: type[GeneratorError]) -> None:
    server.next(Course(refused=refused))
    error = await error_of(server, tmp_path)
    assert type(error) is means
    assert str(error).startswith("127.0.0.1 answered")
    assert ("put the right OPENAI_API_KEY=…" in str(error)) is (refused == faults.BAD_KEY)
    assert server.posts == 1


@pytest.mark.parametrize(
    ("refused", "seconds"),
    [
        (faults.RATE_LIMITED, 12),
        (faults.RATE_LIMITED_MS, 1.5),
        (faults.RATE_LIMITED_RESET, 360),
        (faults.RATE_LIMITED_BARE, None),
    ],
)
async def test_of_a_rate_limit_it_is_known_when_to_ask_again(
    server: FakeOpenAI, tmp_path: Path, refused: Answer, seconds: float | None
) -> None:
    server.next(Course(refused=refused))
    error = await error_of(server, tmp_path)
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


async def test_after_a_rate_limit_it_is_asked_again(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(refused=faults.RATE_LIMITED_BARE))
    async with openai(server, tmp_path) as generator:
        await generator.generate_image("a lighthouse")
    assert (server.posts, server.runs) == (2, 1)


@pytest.mark.parametrize(
    "course",
    [
        Course(silent=True),
        Course(unheard=True),
        Course(fails_after=faults.SERVER_ERROR),
        Course(fails_after=faults.OVERLOADED),
        Course(cut_after_partials=True),
        Course(picture="no base64!"),
        Course(picture="bm8gcGljdHVyZQ=="),
    ],
    ids=[
        "no answer",
        "not even drawn",
        "500 after the work",
        "503 after the work",
        "stream cut",
        "garbled",
        "no picture",
    ],
)
async def test_what_may_have_been_drawn_is_never_asked_for_twice(
    server: FakeOpenAI, tmp_path: Path, course: Course
) -> None:
    server.next(course)
    async with openai(server, tmp_path, retries=5) as generator:
        for _ in range(2):
            with pytest.raises(MaybePaid):
                await generator.generate_image("a lighthouse", request_id="r1")
        assert isinstance(await generator.find_request("r1"), Unclear)
    assert server.posts == 1
    assert server.runs == (0 if course.unheard else 1)


async def test_a_free_server_is_asked_again(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(silent=True), Course(fails_after=faults.SERVER_ERROR))
    async with openai(server, tmp_path, price_usd=0) as generator:
        await generator.generate_image("a lighthouse")
    assert server.posts == 3


async def test_what_never_arrived_is_safe_to_repeat(server: FakeOpenAI, tmp_path: Path) -> None:
    error = await error_of(server, tmp_path, base_url="http://127.0.0.1:9/v1")
    assert isinstance(error, Unavailable)


async def test_silence_has_an_end(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(hangs=True))
    error = await error_of(server, tmp_path, timeout_seconds=1)
    assert isinstance(error, MaybePaid)
    assert server.runs == 1


async def test_too_large_an_answer_is_not_read(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(picture="A" * 8_000_000))
    error = await error_of(server, tmp_path, max_image_mb=0.01, partial_images=0)
    assert isinstance(error, MaybePaid)
    assert "more than" in str(error)


async def test_once_sent_it_cannot_be_cancelled_and_its_picture_is_kept(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(hangs=True))
    async with openai(server, tmp_path) as generator, deadline():
        going = asyncio.create_task(generator.generate_image("a lighthouse", request_id="r1"))
        waiting = asyncio.create_task(generator.generate_image("a windmill", request_id="r2"))
        await eventually(lambda: server.runs)
        assert await generator.cancel_request("r2"), "it waits here"
        assert not await generator.cancel_request("r1")
        assert await generator.find_request("r1") == Running()
        server.released.set()
        assert size_of(await going) == (1024, 1024)
        with pytest.raises(Cancelled):
            await waiting
    assert server.posts == 1


async def test_the_picture_of_a_caller_that_went_is_kept_as_well(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(hangs=True))
    async with openai(server, tmp_path) as generator, deadline():
        going = asyncio.create_task(generator.generate_image("a lighthouse", request_id="r1"))
        await eventually(lambda: server.runs)
        going.cancel()
        server.released.set()

        async def is_found() -> Done | None:
            found = await generator.find_request("r1")
            return found if isinstance(found, Done) else None

        found = await eventually(is_found)
    assert size_of(found.path) == (1024, 1024)


async def test_a_free_one_is_dropped_when_nobody_wants_it(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(hangs=True))
    async with openai(server, tmp_path, price_usd=0) as generator, deadline():
        going = asyncio.create_task(generator.generate_image("a lighthouse", request_id="r1"))
        await eventually(lambda: server.runs)
        assert await generator.cancel_request("r1")
        with pytest.raises(Cancelled):
            await going
        assert isinstance(await generator.find_request("r1"), Failed)


@pytest.mark.processes
async def test_killed_while_it_waits_for_the_picture_nobody_can_tell(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(hangs=True))
    async with drawing(settings(server), tmp_path) as process:
        await eventually(lambda: server.runs)
        await killed(process)
    async with openai(server, tmp_path) as generator:
        assert isinstance(await generator.find_request("r1"), Unclear)
        with pytest.raises(MaybePaid):
            await generator.generate_image("a lighthouse", request_id="r1")
    assert (server.posts, server.runs) == (1, 1)


async def test_a_picture_at_an_address_is_fetched_when_it_can_be(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(as_url=True))
    server.downloads_to_refuse = 1
    async with openai(server, tmp_path, partial_images=0) as generator, deadline():
        with pytest.raises(MaybePaid):
            await generator.generate_image("a lighthouse", request_id="r1")
        found = await generator.find_request("r1")
        assert isinstance(found, Done)
        assert await generator.generate_image("a lighthouse", request_id="r1") == found.path
    assert server.runs == 1


async def test_a_preview_that_is_none_does_not_matter(server: FakeOpenAI, tmp_path: Path) -> None:
    watcher = Watcher()
    server.next(Course(spoilt_partials=True))
    async with openai(server, tmp_path) as generator:
        await generator.generate_image("a lighthouse", observer=watcher)
    assert watcher.previews == []


async def test_moderation_in_the_midst_of_a_stream(server: FakeOpenAI, tmp_path: Path) -> None:
    server.next(Course(stream_error=faults.MODERATED.body))
    assert isinstance(await error_of(server, tmp_path), Moderated)


async def test_a_key_is_nowhere_to_be_read(
    server: FakeOpenAI, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    echo = faults.refusal(401, "invalid_request_error", "invalid_api_key", f"Incorrect API key provided: {KEY}")
    server.next(Course(refused=echo), Course(silent=True), Course(stream_error={"error": {"message": f"bad {KEY}"}}))
    async with openai(server, tmp_path, retries=0) as generator:
        for number in range(3):
            with pytest.raises(GeneratorError) as failed:
                await generator.generate_image("a lighthouse", request_id=f"r{number}")
            told += [str(failed.value), repr(failed.value)]
        told += [repr(generator.config), str(await generator.test_connection())]
    written = [path.read_text() for path in (tmp_path / "state").iterdir()]
    assert len(written) == 3
    assert KEY not in f"{told}{written}{caplog.text}"


@given(ANY_JSON, st.integers(200, 599))
def test_no_answer_is_too_strange(value: Any, status: int) -> None:
    assert isinstance(failure(Reply(status, {}, b""), value, who="it"), GeneratorError)
    assert isinstance(failure_in_stream(value, who="it"), GeneratorError)
    picture_in(value)
    event("image_generation.completed", value)


@given(st.lists(st.integers(1, 7), max_size=60))
def test_a_stream_reads_the_same_however_it_is_cut(cuts: list[int]) -> None:
    text = b': hello\r\nevent: one\r\ndata: {"a":\r\ndata: 1}\r\n\r\ndata: 2\n\nretry: 5\n\nevent: cut\ndata: 3'
    stream, rest = EventStream(), text
    heard: list[tuple[str, bytes]] = []
    for cut in [*cuts, len(text)]:
        piece, rest = rest[:cut], rest[cut:]
        heard += stream.feed(piece)
    assert heard == [("one", b'{"a":\n1}'), ("", b"2")]


def test_an_empty_answer_is_told_by_what_its_status_means() -> None:
    assert str(failure(Reply(503, {}, b""), None, who="it")) == "it answered 503: Service Unavailable"
    assert str(failure(Reply(418, {}, b"short and\n stout"), None, who="it")) == "it answered 418: short and stout"


def test_durations_are_read_as_openai_writes_them() -> None:
    assert [seconds_in(each) for each in ("1s", "6m0s", "20ms", "1h2m3.5s", "", "soon")] == [
        1,
        360,
        pytest.approx(0.02),
        3723.5,
        None,
        None,
    ]
    assert patience(Reply(429, {"retry-after": "never"}, b"")) is None


def test_what_tokens_cost() -> None:
    prices = TokenPrices(text_input=5, image_input=10, output=40)
    split = {"input_tokens_details": {"text_tokens": 100, "image_tokens": 1000}, "output_tokens": 1000}
    assert cost_of(split, prices) == pytest.approx(0.0505)
    assert cost_of({"input_tokens": 100, "output_tokens": 1000}, prices) == pytest.approx(0.0405)
    assert cost_of({}, prices) is None
    assert cost_of(split, None) is None
