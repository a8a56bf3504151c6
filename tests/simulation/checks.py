"""What must hold after every story, whatever happened in it. Each check is a function: add another to its list."""

import json
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.checker import check_pictures, rows
from tests.simulation.fleet import OWNED, OWNERS_MINUTES
from tests.simulation.generator import REFUSED, RETRIES
from tests.simulation.ledger import OF_MONEY
from tests.simulation.life import Life
from tests.simulation.pictures import colour_in, colour_of, seeds_in, texts_in
from tests.simulation.virtual_time import BEGIN
from tests.simulation.watcher import ENDS
from vibes.domain.attempt import OPEN_ATTEMPT_STATES

UNDER_WAY = timedelta(seconds=1)
"""Between a look at the clock and the row that is written then."""


async def nothing_is_broken(life: Life) -> Iterable[str]:
    """No activity of the hub is resting after a fault."""
    assert life.hub is not None
    return [f"the hub says of itself: {problem}" for problem in life.hub.health.problems()]


async def tallies_equal_rows(life: Life) -> Iterable[str]:
    found = []
    generations = rows(life.folder, "SELECT batch_id, status FROM generations")
    for batch_id in dict.fromkeys(row["batch_id"] for row in generations):
        batch = await life.call("GET", f"/api/batches/{batch_id}")
        if not batch:
            continue  # its session was deleted
        still_open = sum(row["batch_id"] == batch_id and row["status"] not in ENDS for row in generations)
        if batch["total"] - batch["completed"] != still_open:
            found.append(f"batch {batch_id}: {batch['completed']} of {batch['total']} over, {still_open} rows are open")
    return found


async def events_replayed_equal_what_is_asked_for(life: Life) -> Iterable[str]:
    found = []
    for session_id, watcher in life.watchers.items():
        session = await life.call("GET", f"/api/sessions/{session_id}")
        if not session:
            continue
        asked = {each["id"]: each["status"] for each in session["generations"]}
        told = {each: status for each, status in watcher.statuses.items() if each in asked}
        if asked != told:
            found.append(f"session {session_id}: told {told}, asked {asked}")
        for batch_id, (completed, total) in watcher.tallies.items():
            members = [each for each, batch in watcher.batches.items() if batch == batch_id and each in asked]
            if members and completed != total:
                found.append(f"the last word on batch {batch_id} was {completed} of {total}")
    return found


BEFORE_THE_END: list[Callable[[Life], Awaitable[Iterable[str]]]] = [
    nothing_is_broken,
    tallies_equal_rows,
    events_replayed_equal_what_is_asked_for,
]
"""While the last hub still answers, and all is over."""


def everything_has_ended(life: Life) -> Iterable[str]:
    generations = rows(life.folder, "SELECT * FROM generations")
    attempts = rows(life.folder, "SELECT id, generation_id, state FROM attempts")
    yield from (f"{row['id']} is {row['status']}" for row in generations if row["status"] not in ENDS)
    yield from (f"attempt {row['id']} is {row['state']}" for row in attempts if row["state"] in OPEN_ATTEMPT_STATES)
    yield from (
        f"{row['id']}: {row['error_message']}" for row in generations if "internal error" in str(row["error_message"])
    )
    for row in rows(life.folder, "SELECT id, error_message FROM jobs"):
        if "internal error" in str(row["error_message"]):
            yield f"job {row['id']}: {row['error_message']}"
    won = [each["generation_id"] for each in attempts if each["state"] == "won"]
    for row in generations:
        if won.count(row["id"]) != (row["status"] == "complete"):
            yield f"{row['id']} is {row['status']} with {won.count(row['id'])} won attempts"


def every_file_has_its_row(life: Life) -> Iterable[str]:
    try:
        check_pictures(life.folder, rows(life.folder, "SELECT * FROM generations"))
    except (AssertionError, OSError) as error:
        yield f"pictures: {str(error)[:1000]}"


def every_picture_is_its_own(life: Life) -> Iterable[str]:
    """Drawn from its own seed, prompt and picture, whatever the text in the file says."""
    sent = rows(
        life.folder,
        "SELECT g.id, g.seed, g.image_path, g.prompt, a.graph FROM generations g JOIN attempts a "
        "ON a.generation_id = g.id WHERE g.status = 'complete' AND a.state = 'won'",
    )
    for row in sent:
        graph: dict[str, Any] = json.loads(row["graph"] or "null") or {}
        if not graph:
            continue  # kept for an hour only
        path = life.folder / "data" / "images" / row["image_path"]
        if path.exists() and colour_in(path) != colour_of(graph):
            yield f"{row['id']} has somebody else's picture"
        if not seeds_in(graph) <= {int(row["seed"])}:
            yield f"{row['id']} was drawn with the seeds {seeds_in(graph)} instead of {row['seed']}"
        if seeds_in(graph) and row["prompt"] not in texts_in(graph):
            yield f"{row['id']} was not drawn from its prompt {row['prompt']!r}"


def nothing_was_sent_in_vain(life: Life) -> Iterable[str]:
    """A prompt whose answer was lost is sent once more, not for ever."""
    for machine in life.machines.values():
        for prompt_id, count in machine.received.items():
            if count > 2:
                yield f"{machine.name} was sent {prompt_id} {count} times"


def nothing_was_answered_from_a_cache(life: Life) -> Iterable[str]:
    """Such a file may be gone, and would be so for every other attempt there."""
    for machine in life.machines.values():
        yield from (f"{machine.name} answered {each} with the file of another prompt" for each in machine.recalled)


_WORDS_OF_NODES = (
    *("CUDA", "not in list", "cannot read", "larger than", "nodes died while they ran it", "charge for it"),
    REFUSED,
)
"""What a picture may fail of: the node's own word about the job, three nodes that died of it, or that it may have been
paid for."""


def nothing_failed_by_accident(life: Life) -> Iterable[str]:
    """A dead node, a bad line, a killed hub: none of that is the picture's fault, or the job's."""
    for table in ("generations", "jobs"):
        for row in rows(life.folder, f"SELECT id, error_message FROM {table} WHERE status = 'failed'"):  # noqa: S608 - two names
            if not any(words in str(row["error_message"]) for words in _WORDS_OF_NODES):
                yield f"{table}: {row['id']} failed: {row['error_message']}"


def nothing_was_cancelled_unasked(life: Life) -> Iterable[str]:
    """Except with its job, which one picture may fail, or whoever cancels it."""
    jobs = {row["session_id"]: row for row in rows(life.folder, "SELECT id, session_id, status FROM jobs")}
    for row in rows(life.folder, "SELECT id, batch_id, session_id FROM generations WHERE status = 'cancelled'"):
        job = jobs.get(row["session_id"])
        asked = life.wishes.may_be_cancelled(
            row["id"], row["batch_id"], row["session_id"], *([] if job is None else [job["id"]])
        )
        with_job = job is not None and job["status"] == "failed" and not life.wishes.was_tried_again([row["id"]])
        if not asked and not with_job:
            yield f"{row['id']} was cancelled, and nobody had asked for that"


def the_house_was_not_asked_in_vain(life: Life) -> Iterable[str]:
    """A picture is asked for again only after an error where that is safe."""
    for request_id, count in life.house.drawn.items():
        if count > 1 + RETRIES:
            yield f"the house was asked for {request_id} {count} times"


def drained_nodes_were_left_alone(life: Life) -> Iterable[str]:
    for row in rows(life.folder, "SELECT id, node_id, created_at FROM attempts"):
        created = datetime.fromisoformat(row["created_at"]).replace(tzinfo=UTC)
        for node_id, began, ended in life.handbacks.drains:
            if node_id == row["node_id"] and began < created < ended:
                yield f"{row['node_id']} was drained, and got attempt {row['id']}"


def owners_were_left_alone(life: Life) -> Iterable[str]:
    """In their hours nothing begins, unless somebody lends the machine in them."""
    if not life.has_owners:
        return
    times = [tuple(BEGIN + timedelta(minutes=minute) for minute in each) for each in OWNERS_MINUTES]
    for row in rows(life.folder, f"SELECT id, created_at, state FROM attempts WHERE node_id = '{OWNED}'"):  # noqa: S608 - a constant
        created = datetime.fromisoformat(row["created_at"]).replace(tzinfo=UTC)
        for begin, end in times:
            lent = any(name == OWNED and begin <= at <= created for name, at in life.handbacks.resumed)
            if begin + UNDER_WAY < created < end and not lent and row["state"] != "taken_back":
                yield f"attempt {row['id']} began on {OWNED} at {created:%H:%M:%S}, which was its owner's then"


AFTER_THE_END: list[Callable[[Life], Iterable[str]]] = [
    everything_has_ended,
    every_file_has_its_row,
    every_picture_is_its_own,
    nothing_was_sent_in_vain,
    the_house_was_not_asked_in_vain,
    nothing_was_answered_from_a_cache,
    drained_nodes_were_left_alone,
    owners_were_left_alone,
    nothing_failed_by_accident,
    nothing_was_cancelled_unasked,
]
"""When no hub runs any more."""


async def before_the_end(life: Life) -> None:
    for check in BEFORE_THE_END:
        for problem in await check(life):
            life.complain(problem)


def after_the_end(life: Life) -> list[str]:
    return [problem for check in (*AFTER_THE_END, *OF_MONEY) for problem in check(life)]
