"""Traces: one of each generation, sent as OTLP over HTTP to whoever collects them; and nothing at all unless asked."""

import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SentSpan

from tests.fakes import FakeFleet
from tests.hub import open_hub, settings_for
from tests.services.asking import request
from tests.waiting import eventually
from vibes.app.hub import Hub
from vibes.app.observation.tracing import span_sink
from vibes.domain.errors import InvalidRequest
from vibes.domain.generation import GenerationStatus
from vibes.environment.tracing_settings import TracingSettings
from vibes.ports.observing.spans import Span
from vibes.services.events.subscribers import Subscribers
from vibes.services.observation.stages import stages_of
from vibes.services.queue.attempt_state import Milestone, Phase, Step
from vibes.tracing.otlp import OtlpSpans, span_id, trace_id

OTEL = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_TRACES_EXPORTER",
    "OTEL_SDK_DISABLED",
)
GENERATION = "0195a7f0-0000-7000-8000-000000000001"
PROMPT = "a lighthouse that nobody may read of"


class Collector:
    """Takes what is sent to it, as Jaeger or Tempo would."""

    def __init__(self) -> None:
        self.spans: list[SentSpan] = []
        self.services: set[str] = set()
        self.endpoint = ""

    async def take(self, asked: web.Request) -> web.Response:
        sent = ExportTraceServiceRequest.FromString(await asked.read())
        for resource in sent.resource_spans:
            self.services |= {
                each.value.string_value for each in resource.resource.attributes if each.key == "service.name"
            }
            for scope in resource.scope_spans:
                self.spans += scope.spans
        return web.Response(body=b"", content_type="application/x-protobuf")

    def of(self, generation_id: str) -> list[SentSpan]:
        return [span for span in self.spans if int.from_bytes(span.trace_id) == trace_id(generation_id)]


@asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    collector, application = Collector(), web.Application()
    application.router.add_post("/v1/traces", collector.take)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    collector.endpoint = f"http://{host}:{port}"
    try:
        yield collector
    finally:
        await runner.cleanup()


@pytest.fixture(autouse=True)
def _no_variables_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*OTEL, "VIBES_TRACING"):
        monkeypatch.delenv(name, raising=False)


def attributes_of(span: SentSpan) -> dict[str, str]:
    return {each.key: each.value.string_value for each in span.attributes}


async def ended(hub: Hub, generation_id: str, status: GenerationStatus) -> None:
    async def is_so() -> bool:
        return await hub.storage.generations.status(generation_id) is status  # type: ignore[arg-type]

    await eventually(is_so, what=f"it is {status}")


async def test_each_picture_is_one_trace_from_its_request_to_its_watchers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first node loses it: the trace has both attempts."""
    fleet = FakeFleet()
    async with collecting() as collector:
        monkeypatch.setenv("VIBES_TRACING", "otlp")
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        async with open_hub(settings_for(tmp_path), fleet) as hub:
            for each in fleet.nodes.values():
                each.files_gone = 2
            submitted = await hub.generations.submit(request(values={"prompt": PROMPT}, count=2))
            for generation in submitted.generations:
                await ended(hub, generation.id, GenerationStatus.COMPLETE)
        # the hub's end passes on what is left
        for generation in submitted.generations:
            spans = collector.of(generation.id)
            [whole] = [span for span in spans if not span.parent_span_id]
            assert whole.name == "generation"
            ids = {span.span_id for span in spans}
            assert len(ids) == len(spans)
            assert {span.parent_span_id for span in spans} - {b""} <= ids, "each is a part of one that was sent"
            names = [span.name for span in spans]
            assert names.count("request") == 1
            assert names.count("queued") == names.count("planned") == names.count("attempt") >= 1
            [drawn] = [span for span in spans if attributes_of(span).get("vibes.outcome") == "completed"]
            stages = [span for span in spans if span.parent_span_id == drawn.span_id]
            stages.sort(key=lambda span: span.start_time_unix_nano)
            assert [span.name for span in stages][:2] == ["prepare", "submit"]
            assert [span.name for span in stages][-3:] == ["collect", "store", "tell"]
            for before, after in pairwise(stages):
                assert abs(before.end_time_unix_nano - after.start_time_unix_nano) < 1_000_000, "no time is left out"
            assert whole.start_time_unix_nano <= drawn.start_time_unix_nano < drawn.end_time_unix_nano
        lost = [span for span in collector.spans if attributes_of(span).get("vibes.outcome") == "lost"]
        assert lost, "what came to nothing is told"
        assert all(span.status.code == 2 for span in lost)
        assert collector.services == {"vibes-hub"}
        assert PROMPT not in str(collector.spans)


async def test_a_picture_that_nobody_wants_any_more_ends_its_trace_and_prompts_are_told_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.endpoint)
        monkeypatch.setenv("VIBES_TRACING_PROMPTS", "true")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "the attic")
        async with open_hub(settings_for(tmp_path), FakeFleet(instant=False)) as hub:
            submitted = await hub.generations.submit(request(values={"prompt": PROMPT}))
            [generation] = submitted.generations
            await eventually(lambda: hub.board.active, what="it is begun")
            await hub.generations.cancel(generation.id)
            await eventually(lambda: not hub.board.active, what="it is stopped")
        spans = {span.name: span for span in collector.of(generation.id)}
        assert (spans["generation"].status.code, spans["generation"].status.message) == (2, "cancelled")
        assert attributes_of(spans["generation"])["vibes.prompt"] == PROMPT
        assert attributes_of(spans["attempt"])["vibes.outcome"] == "cancelled"
        assert collector.services == {"the attic"}


async def test_a_collector_that_is_away_holds_nobody_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIBES_TRACING", "otlp")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setattr("vibes.tracing.otlp.CLOSE_SECONDS", 0.1)
    async with open_hub(settings_for(tmp_path), FakeFleet()) as hub:
        submitted = await hub.generations.submit(request())
        await ended(hub, submitted.generations[0].id, GenerationStatus.COMPLETE)
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "last spans")


@pytest.mark.parametrize(
    ("variables", "on"),
    [
        ({}, False),
        ({"VIBES_TRACING": "otlp"}, True),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318"}, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://tempo:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318"}, False),
        ({"VIBES_TRACING": "off", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318"}, False),
        ({"VIBES_TRACING": "otlp", "OTEL_SDK_DISABLED": "true"}, False),
    ],
)
def test_it_is_off_unless_somebody_says_otherwise(
    variables: dict[str, str], on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert TracingSettings().on is on


def test_what_is_missing_is_a_mistake_only_where_the_hub_was_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vibes.tracing.otlp", None)
    with pytest.raises(InvalidRequest, match=r"pip install 'vibes-imgen\[tracing\]'"):
        span_sink(TracingSettings(tracing="otlp"))
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "otlp")
    assert span_sink(TracingSettings()) is None


def test_sampling_is_decided_once_for_all_parts_of_a_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part may be sent before its whole, and by another process."""
    sent: list[str] = []

    class Noting:
        def on_start(self, span: object, parent_context: object = None) -> None: ...
        def _on_ending(self, span: object) -> None: ...
        def on_end(self, span: object) -> None:
            if span.context.trace_flags.sampled:  # type: ignore[attr-defined]
                sent.append(span.name)  # type: ignore[attr-defined]

        def shutdown(self) -> None: ...
        def force_flush(self, timeout_millis: int = 0) -> bool:
            return True

    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.5")
    sink = OtlpSpans("1", processor=Noting())  # type: ignore[arg-type]  # what it needs of one
    for index in range(64):
        whole = str(UUID(int=index * 0x1234_5678_9ABC_DEF0_1357, version=4))
        part = {"generation_id": whole, "began_at": 1.0, "ended_at": 2.0}
        sink.export([Span(**part, key="b", parent="a", name="part")])  # type: ignore[arg-type]
        sink.export([Span(**part, key="a", parent=None, name="whole")])  # type: ignore[arg-type]
    assert sent.count("part") == sent.count("whole")
    assert 10 < sent.count("whole") < 54


def test_a_part_finds_its_whole_by_name_alone() -> None:
    assert span_id(GENERATION, "generation") == span_id(GENERATION, "generation")
    assert len({span_id(GENERATION, f"attempt {index}") for index in range(100)}) == 100


STEPS = st.lists(st.sampled_from(["sent", *Milestone, *Phase, "wish: cancel"]), max_size=12)


@given(STEPS, st.floats(0, 10))
def test_the_stages_of_any_story_follow_one_another_and_leave_nothing_out(words: list[str], more: float) -> None:
    story = [Step(float(index), word) for index, word in enumerate(["assigned to n1", *words])]
    end = len(words) + more
    stages = stages_of(story, end)
    assert stages[0].name == "prepare"
    assert stages[0].began_at == 0
    for before, after in pairwise(stages):
        assert before.ended_at <= after.began_at
        assert before.name != after.name or Milestone.TOLD in words
    if Milestone.TOLD not in words:
        assert stages[-1].ended_at == end
        assert sum(stage.ended_at - stage.began_at for stage in stages) == pytest.approx(end)


def test_where_nobody_listens_being_told_costs_next_to_nothing() -> None:
    """Against a call of a function that does nothing: a picture costs the hub milliseconds."""
    silent: Subscribers[int] = Subscribers()

    def nothing(_: int) -> None: ...

    def seconds_of(call: object) -> float:
        began = time.thread_time()
        for index in range(20_000):
            call(index)  # type: ignore[operator]
        return time.thread_time() - began

    least = min(seconds_of(nothing) for _ in range(5))
    assert min(seconds_of(silent.tell) for _ in range(5)) < 15 * least
