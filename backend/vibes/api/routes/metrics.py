"""``/metrics``: what is observed of the hub, under names by the rules of Prometheus.

Base units, ``_total`` for what only grows, and labels of short lists alone: nodes, states, outcomes, classes; never a
prompt, a session or a picture. A name that changes is told in the changelog, since boards and alerts read them.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, TypeVar

from starlette.responses import Response

from vibes.api.http import given
from vibes.api.http.authentication import Authentication
from vibes.api.http.routers import api_router
from vibes.domain.generation import GenerationStatus
from vibes.domain.money import PER_USD
from vibes.domain.nodes.node import NodeState
from vibes.domain.nodes.status import NodeStatus
from vibes.domain.priority import Priority
from vibes.ports.observing.measures import Histogram

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

router = api_router(tag="health")

Labels = TypeVar("Labels", bound=tuple[str, ...])

ENDED = (GenerationStatus.COMPLETE, GenerationStatus.FAILED, GenerationStatus.CANCELLED)


@router.get("/metrics", response_class=Response)
async def metrics(
    observation: given.Observation,
    generations: given.Generations,
    fleet: given.Fleet,
    costs: given.Costs,
    authentication: given.Authentication,
) -> Response:
    """Prometheus text format."""
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest

    counts, unclear = await generations.count_by_status(), await costs.count_maybe_paid()
    nodes = fleet.nodes()
    observation.figures.keep({node.id for node in nodes})
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    registry.register(
        _Told(
            [
                *_hub(),
                *_queue(observation, counts),
                *_plans(observation),
                *_attempts(observation),
                *_nodes(observation, nodes),
                *_money(observation, unclear),
                *_requests(observation, authentication),
                *_machine(observation),
            ]
        )
    )
    # in a thread: of a large fleet it takes a tenth of a second
    return Response(await asyncio.to_thread(generate_latest, registry), media_type=CONTENT_TYPE_LATEST)


class _Told:
    """What a registry of prometheus_client asks for its metrics."""

    def __init__(self, metrics: Sequence["Metric"]) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable["Metric"]:
        return self._metrics


def _gauge(name: str, text: str, labels: Sequence[str], values: Mapping[Labels, float]) -> "Metric":
    from prometheus_client.metrics_core import GaugeMetricFamily

    family = GaugeMetricFamily(name, text, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family


def _counter(name: str, text: str, labels: Sequence[str], values: Mapping[Labels, float]) -> "Metric":
    """Its name ends in ``_total``, which is added."""
    from prometheus_client.metrics_core import CounterMetricFamily

    family = CounterMetricFamily(name, text, labels=labels)
    for label, value in values.items():
        family.add_metric(label, value)
    return family


def _histogram(name: str, text: str, labels: Sequence[str], values: Mapping[Labels, Histogram]) -> "Metric":
    from prometheus_client.metrics_core import HistogramMetricFamily

    family = HistogramMetricFamily(name, text, labels=labels)
    for label, value in values.items():
        bounds = [*map(repr, map(float, value.bounds)), "+Inf"]
        family.add_metric(label, list(zip(bounds, value.cumulative, strict=True)), value.total)
    return family


def _hub() -> Iterator["Metric"]:
    yield _gauge("vibes_build_info", "The hub's version.", ["version"], {(version("vibes-imgen"),): 1})


def _queue(observation: given.Observation, counts: Mapping[GenerationStatus, int]) -> Iterator["Metric"]:
    figures, waiting = observation.figures, observation.waiting
    stored = {(status,): counts.get(status, 0) for status in GenerationStatus}
    yield _gauge("vibes_generations", "Generations in the database, by status.", ["status"], stored)
    depths = {(priority,): waiting.get(priority, 0) for priority in Priority}
    yield _gauge("vibes_queue_generations", "Generations that wait for a node, by class.", ["priority"], depths)
    oldest = observation.oldest_wait_seconds
    yield _gauge("vibes_queue_oldest_wait_seconds", "Since the oldest of them was asked for.", [], {(): oldest})
    withheld = observation.withheld
    yield _gauge(
        "vibes_queue_set_aside_generations", "Of them, those that no plan can be made with.", [], {(): withheld}
    )
    paused = observation.paused
    yield _gauge("vibes_queue_paused", "1 while a person has paused the queue.", [], {(): paused})
    ended = {(status,): figures.ended[status] for status in ENDED}
    yield _counter("vibes_generations_ended", "Generations that ended, by status.", ["status"], ended)
    submissions = {(): figures.submission_seconds}
    yield _histogram("vibes_submission_seconds", "From a request's arrival until its batch is stored.", [], submissions)
    error = {(): figures.eta_error}
    text = "Error of the first ETA of complete generations, as a part of the time that they took."
    yield _histogram("vibes_generation_eta_error_ratio", text, [], error)
    ratio = {(): figures.ratio_to_bound}
    text = "Seconds of complete batches, as a multiple of what no schedule could beat on an otherwise idle fleet."
    yield _histogram("vibes_batch_bound_ratio", text, [], ratio)


def _plans(observation: given.Observation) -> Iterator["Metric"]:
    figures = observation.figures
    yield _histogram("vibes_plan_seconds", "Of making a plan.", [], {(): figures.plan_seconds})
    decisions = {(word,): figures.decisions[word] for word in ("assign", "prefetch", "take_back", "second_attempt")}
    yield _counter("vibes_plan_decisions", "What plans decided.", ["decision"], decisions)


def _attempts(observation: given.Observation) -> Iterator["Metric"]:
    figures = observation.figures
    text = "Attempts that ended, by node and outcome."
    yield _counter("vibes_attempts", text, ["node", "outcome"], {**figures.attempts})
    drawing = {(node_id,): seconds for node_id, seconds in figures.drawing_seconds.items()}
    yield _histogram("vibes_attempt_drawing_seconds", "From a run's start on its node to its end.", ["node"], drawing)
    delivery = {(step,): seconds for step, seconds in figures.delivery_seconds.items()}
    text = "From the node's word that it has drawn: until the image is here, is stored, and watchers are told."
    yield _histogram("vibes_delivery_seconds", text, ["step"], delivery)


def _nodes(observation: given.Observation, nodes: Sequence[NodeStatus]) -> Iterator["Metric"]:
    up = {(node.id, node.config.tier): float(node.state.takes_work) for node in nodes}
    yield _gauge("vibes_node_up", "1 when the node takes work.", ["node", "tier"], up)
    states = {(node.id, state): float(node.state is state) for node in nodes for state in NodeState}
    yield _gauge("vibes_node_state", "1 for the state that the node is in.", ["node", "state"], states)
    active = {(node.id,): float(observation.attempts_on(node.id)) for node in nodes}
    yield _gauge("vibes_node_active_attempts", "Attempts on the node.", ["node"], active)
    spared = {(node.id,): float(node.spared) for node in nodes}
    yield _gauge("vibes_node_breaker_open", "1 while it is spared after errors.", ["node"], spared)
    seen = {(node.id,): node.seen_at.timestamp() for node in nodes if node.seen_at is not None}
    yield _gauge("vibes_node_last_seen_timestamp_seconds", "When it last answered a check.", ["node"], seen)
    foreign = {(node.id,): float(node.foreign_queue_length) for node in nodes}
    yield _gauge("vibes_node_foreign_prompts", "Prompts on the node that are not the hub's.", ["node"], foreign)
    vitals = {node.id: node.vitals for node in nodes if node.vitals is not None}
    response = {(node_id,): told.response_ms / 1000 for node_id, told in vitals.items()}
    yield _gauge("vibes_node_response_seconds", "Last answer to a health check.", ["node"], response)
    free = {(node_id,): float(told.vram_free_bytes) for node_id, told in vitals.items()}
    yield _gauge("vibes_node_vram_free_bytes", "Free memory of its card.", ["node"], free)


def _money(observation: given.Observation, unclear: int) -> Iterator["Metric"]:
    text = "Attempts that may have been paid for in vain, which a person must settle."
    yield _gauge("vibes_maybe_paid_attempts", text, [], {(): unclear})
    money = observation.money
    spent = {(node_id,): spent / PER_USD for node_id, (spent, _) in money.items()}
    yield _counter("vibes_node_spent_usd", "Spent on the node, and what may have been charged.", ["node"], spent)
    committed = {(node_id,): committed / PER_USD for node_id, (_, committed) in money.items()}
    yield _gauge("vibes_node_committed_usd", "Set aside for attempts under way.", ["node"], committed)


def _requests(observation: given.Observation, authentication: Authentication) -> Iterator["Metric"]:
    refused = {(code,): count for code, count in authentication.refused.items()}
    text = "Requests refused before anything was done for them, by the code of the answer."
    yield _counter("vibes_requests_refused", text, ["code"], refused)
    wrong = {(): authentication.wrong_keys.total}
    yield _counter("vibes_wrong_keys", "Requests with a wrong API key since the hub started.", [], wrong)
    listeners = {(kind,): count for kind, count in observation.listeners.items()}
    yield _gauge("vibes_event_listeners", "Who listens to live events now.", ["kind"], listeners)


def _machine(observation: given.Observation) -> Iterator["Metric"]:
    lag = {(): observation.figures.loop_lag_seconds}
    yield _histogram("vibes_event_loop_lag_seconds", "How late the event loop is, once a second.", [], lag)
    text = "Of each write, until it is on the disk."
    yield _histogram("vibes_database_write_seconds", text, [], {(): observation.write_seconds})
    waiting = {(): observation.writes_waiting}
    yield _gauge("vibes_database_writes_waiting", "Writes that wait for those before them.", [], waiting)
    text = "Of a generation's images, until they would survive a power cut."
    yield _histogram("vibes_media_write_seconds", text, [], {(): observation.media_write_seconds})
    free = observation.media_free_bytes
    values = {} if free is None else {(): free}
    yield _gauge("vibes_media_free_bytes", "Left where the hub keeps its data.", [], values)
