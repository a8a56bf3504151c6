"""Sends spans to whatever speaks OTLP over HTTP: Jaeger, Tempo, a collector. Needs the extra ``tracing``.

Address, headers, sampling, batches and what the hub calls itself are set by OpenTelemetry's own variables
(``OTEL_EXPORTER_OTLP_ENDPOINT``, ``OTEL_TRACES_SAMPLER``, ``OTEL_SERVICE_NAME`` and so on), as everywhere.
"""

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from contextlib import suppress

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import NonRecordingSpan, SpanContext, Status, StatusCode, TraceFlags, set_span_in_context

from vibes.ports.observing.spans import Span

CLOSE_SECONDS = 5.0
"""Longest wait for the last spans to be taken when the hub ends."""


class OtlpSpans:
    """Implements ``SpanSink``: spans go into a queue of limited length, which a thread empties."""

    def __init__(self, version: str, service_name: str | None = None, processor: SpanProcessor | None = None) -> None:
        """``service_name``: default: what the environment says. ``processor``: default: batches to the address that it
        names."""
        service = {} if service_name is None else {"service.name": service_name}
        self._ids = _Ids()
        self._provider = TracerProvider(
            resource=Resource.create({**service, "service.version": version}),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(processor or BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("vibes", version)

    def export(self, spans: Sequence[Span]) -> None:
        for span in spans:
            self._export(span)

    def _export(self, span: Span) -> None:
        trace = trace_id(span.generation_id)
        self._ids.trace, self._ids.span = trace, span_id(span.generation_id, span.key)
        told = {**span.attributes, "vibes.generation": span.generation_id}
        context = None
        if span.parent is not None:
            flags = TraceFlags(TraceFlags.SAMPLED if self._sampled(trace) else TraceFlags.DEFAULT)
            parent = SpanContext(trace, span_id(span.generation_id, span.parent), is_remote=False, trace_flags=flags)
            context = set_span_in_context(NonRecordingSpan(parent))
        began = self._tracer.start_span(
            span.name, context=context, attributes=told, start_time=_nanoseconds(span.began_at)
        )
        if span.failed is not None:
            began.set_status(Status(StatusCode.ERROR, span.failed))
        began.end(_nanoseconds(span.ended_at))

    def _sampled(self, trace: int) -> bool:
        """As it is decided for the whole, whichever part of it is sent first."""
        decision = self._provider.sampler.should_sample(None, trace, "generation").decision
        return decision is Decision.RECORD_AND_SAMPLE

    async def close(self) -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()

        def end() -> None:
            self._provider.shutdown()
            with suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(done.set)

        # a thread that nobody waits for at the end of the process: a collector that is away holds it for ten seconds
        threading.Thread(target=end, name="last spans", daemon=True).start()
        with suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_SECONDS):
                await done.wait()


class _Ids(IdGenerator):
    """Gives the next span the ids that were set."""

    trace = span = 1

    def generate_trace_id(self) -> int:
        return self.trace

    def generate_span_id(self) -> int:
        return self.span


def trace_id(generation_id: str) -> int:
    """Not the id itself: two of its bits are the same in all of them, on which sampling by a part of all would fail."""
    return int.from_bytes(hashlib.sha256(generation_id.encode()).digest()[:16]) or 1


def span_id(generation_id: str, key: str) -> int:
    """The same wherever it is asked for, so that a part may be sent before its whole, and by another process."""
    return int.from_bytes(hashlib.sha256(f"{generation_id} {key}".encode()).digest()[:8]) or 1


def _nanoseconds(seconds: float) -> int:
    return round(seconds * 1_000_000_000)
