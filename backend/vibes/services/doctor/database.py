"""Judges the database: there, whole, of this release, and nobody else's. Pure."""

from collections.abc import Iterator

from vibes.domain.doctor.finding import Area, Finding, ok, warn, wrong
from vibes.ports.database_facts import DatabaseFacts
from vibes.services.doctor.machine import GB, MB, size
from vibes.text.plain_text import shortened

SKEW_SECONDS = 2.0
"""A server in the same network is asked within milliseconds."""
SQLITE = "SQLite"
"""`DatabaseFacts.dialect` of a file."""
_LARGE_LOG = 256 * MB
_LARGE = 20 * GB
_LONGEST = 300


def judge_database(facts: DatabaseFacts, *, own_pid: int | None) -> Iterator[Finding]:
    """``own_pid``: of the hub that looks; None where no hub runs, or another process looks."""
    broken = _not_usable(facts)
    if broken is not None:
        yield broken
        return
    yield from _held(facts, own_pid)
    if not facts.exists:
        yield ok(Area.DATABASE, "database_new", f"{facts.place} is made when the hub first starts.")
        return
    yield from _oddities(facts)
    mode = f", journal {facts.journal_mode}" if facts.journal_mode else ""
    checked = "whole" if facts.checked else "too large to be checked wholly in time"
    schema = facts.schema or "none yet"
    yield ok(
        Area.DATABASE,
        "database_well",
        f"{facts.dialect} {facts.version}: {size(facts.size_bytes)}, schema {schema}{mode}, {checked}.",
    )


def _not_usable(facts: DatabaseFacts) -> Finding | None:
    subject = facts.place
    if facts.problem:
        message = (
            f"the database cannot be read ({shortened(facts.problem, _LONGEST)}): look at its server, or at the file."
        )
        return wrong(Area.DATABASE, "database_unreadable", message, subject)
    if facts.foreign:
        message = "this database holds another program's tables: name another one in VIBES_DATABASE_URL."
        return wrong(Area.DATABASE, "database_foreign", message, subject)
    if facts.damage:
        message = f"the database is damaged ({'; '.join(facts.damage)}): stop the hub and put back a backup."
        return wrong(Area.DATABASE, "database_damaged", message, subject)
    if facts.schema is not None and facts.known_schemas and facts.schema not in facts.known_schemas:
        message = f"a newer release has written it (schema {facts.schema}): install that one, or put back its backup."
        return wrong(Area.DATABASE, "database_newer", message, subject)
    return None


def _held(facts: DatabaseFacts, own_pid: int | None) -> Iterator[Finding]:
    if facts.held_by is not None and facts.held_by != own_pid:
        message = (
            f"another hub (process {facts.held_by}) has it open: use that one, stop it, or choose another data folder."
        )
        yield warn(Area.DATABASE, "database_in_use", message, facts.place)


def _oddities(facts: DatabaseFacts) -> Iterator[Finding]:
    if facts.schema is not None and facts.known_schemas and facts.schema != facts.known_schemas[-1]:
        message = (
            f"its schema is {facts.schema}: the next start upgrades it to {facts.known_schemas[-1]}, after a backup."
        )
        yield ok(Area.DATABASE, "database_older", message)
    if facts.dialect == SQLITE and facts.schema is not None and facts.journal_mode not in {"", "wal"}:
        message = (
            f"its journal is {facts.journal_mode} and not wal: another program has changed it; the hub sets it back."
        )
        yield warn(Area.DATABASE, "database_journal", message, facts.place)
    if facts.log_bytes > _LARGE_LOG:
        message = f"its log has {size(facts.log_bytes)}: some program keeps it open; end all others that read it."
        yield warn(Area.DATABASE, "database_log", message, facts.place)
    if facts.dialect == SQLITE and facts.size_bytes > _LARGE:
        message = f"{size(facts.size_bytes)} are much for one file: delete old sessions, or move to PostgreSQL."
        yield warn(Area.DATABASE, "database_large", message, facts.place)
    if facts.now is not None and facts.asked_at is not None:
        yield from _clock(facts, (facts.now - facts.asked_at).total_seconds())


def _clock(facts: DatabaseFacts, seconds: float) -> Iterator[Finding]:
    if abs(seconds) > SKEW_SECONDS:
        side = "ahead of" if seconds > 0 else "behind"
        message = f"the database's clock is {abs(seconds):.0f} s {side} the hub's: let both follow a time server (NTP)."
        yield warn(Area.CLOCKS, "database_clock", message, facts.place)
