"""Traces of generations, where they are wanted: else nothing of it is loaded, and nobody listens."""

import logging
from importlib.metadata import version

from vibes.app.base import Base
from vibes.app.execution import ExecutionRoom
from vibes.app.queue import QueueRoom
from vibes.domain.errors import InvalidRequest
from vibes.environment.tracing_settings import TracingSettings
from vibes.ports.observing.spans import SpanSink

logger = logging.getLogger(__name__)


def span_sink(settings: TracingSettings) -> SpanSink | None:
    """None where no traces are wanted, or their library is missing and only a general variable asked for them. Raises
    InvalidRequest where the hub's own did."""
    if not settings.on:
        return None
    try:
        from vibes.tracing.otlp import OtlpSpans
    except ImportError as error:
        missing = f"traces need a library that is not installed: pip install 'vibes-imgen[tracing]' ({error})"
        if settings.demanded:
            raise InvalidRequest(f"VIBES_TRACING=otlp: {missing}") from error
        logger.warning("%s; VIBES_TRACING=off says that none are wanted", missing)
        return None
    return OtlpSpans(version("vibes-imgen"), settings.service_name)


def trace(base: Base, queue: QueueRoom, execution: ExecutionRoom, sink: SpanSink, *, prompts: bool) -> None:
    """From now on ``sink`` is told of every generation."""
    from vibes.services.observation.tracing import Tracing

    tracing = Tracing(sink, base.clock, prompts=prompts)
    base.live.overhear(tracing.overhear)
    queue.announcer.opened.add(tracing.opened)
    execution.dispatcher.planned.add(tracing.planned)
    execution.dispatcher.ended.add(tracing.attempt_ended)
