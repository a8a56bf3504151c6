"""Judges what several hubs and workers share: who leads, who is heard, and the Redis between them. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vibes.domain.doctor.finding import Area, Finding, ok, warn, wrong
from vibes.domain.nodes.worker import WorkerReport, WorkerState
from vibes.domain.replicas.place import Overview
from vibes.text.plain_text import shortened

_LONGEST = 300
_KEEPS_ALL = frozenset({"", "noeviction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerFacts:
    database_is_file: bool = False
    """Then nothing is shared, and Redis is not used."""
    no_library: bool = False
    away: str = ""
    """Why it does not answer; empty where it does."""
    version: str = ""
    evicts: str = ""
    """Its rule for what is dropped when its memory is full; empty where it does not tell."""


def judge_broker(facts: BrokerFacts) -> Iterator[Finding]:
    if facts.database_is_file:
        message = "VIBES_BROKER_URL is of no effect with a SQLite file: leave it out, or use PostgreSQL."
        yield warn(Area.REPLICAS, "broker_unused", message)
    elif facts.no_library:
        message = "VIBES_BROKER_URL needs a library that is not installed: pip install 'vibes-imgen[redis]'."
        yield warn(Area.REPLICAS, "broker_no_library", message)
    elif facts.away:
        away = shortened(facts.away, _LONGEST)
        message = f"Redis does not answer ({away}): look at it; live events are slower meanwhile, nothing is lost."
        yield warn(Area.REPLICAS, "broker_away", message)
    elif facts.evicts not in _KEEPS_ALL:
        message = f"Redis drops what it likes when it is full ({facts.evicts}): set its maxmemory-policy to noeviction."
        yield warn(Area.REPLICAS, "broker_evicts", message)
    else:
        yield ok(Area.REPLICAS, "broker_reached", f"Redis {facts.version} answers.")


def judge_replicas(overview: Overview | None, *, silent_after: float) -> Iterator[Finding]:
    """``overview``: None for the only hub of a database; ``silent_after``: seconds after which one is missed."""
    if overview is None:
        return
    lease = overview.place.lease
    if lease is None or lease.seconds_left < 0:
        message = "no hub leads, and work waits: one takes over within seconds; if none does, look at their logs."
        yield wrong(Area.REPLICAS, "no_leader", message)
    heard = [each for each in overview.replicas if each.seconds_silent <= silent_after]
    for each in overview.replicas:
        if each not in heard:
            message = (
                f"this hub was not heard for {each.seconds_silent:.0f} s: start it again, or leave it to the others."
            )
            yield warn(Area.REPLICAS, "replica_silent", message, each.replica.address)
    versions = Counter(each.replica.version for each in heard)
    if len(versions) > 1:
        told = ", ".join(f"{version} on {count}" for version, count in versions.most_common())
        message = f"hubs of several releases share the database ({told}): bring all to the same one."
        yield warn(Area.REPLICAS, "replica_versions", message)
    leader = f", {lease.address} leads" if lease is not None else ""
    yield ok(Area.REPLICAS, "replicas_heard", f"{len(heard)} hubs share the database{leader}.")


def judge_workers(reports: Sequence[WorkerReport], *, lost_after: float) -> Iterator[Finding]:
    if not reports:
        return
    counts: Counter[str] = Counter()
    for each in reports:
        silent = each.state is not WorkerState.GONE and each.silent_seconds > lost_after
        counts["silent" if silent else str(each.state)] += 1
        if silent:
            message = f"this worker was not heard for {each.silent_seconds:.0f} s: look at its machine and its log."
            yield wrong(Area.WORKERS, "worker_silent", message, each.worker.name)
        elif each.state is WorkerState.STARTING:
            reason = shortened(each.reason or "its ComfyUI does not answer yet", _LONGEST)
            yield warn(Area.WORKERS, "worker_starting", f"it takes nothing: {reason}.", each.worker.name)
    told = ", ".join(f"{count} {state}" for state, count in counts.most_common())
    yield ok(Area.WORKERS, "workers_heard", f"workers: {told}.")
