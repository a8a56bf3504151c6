"""What must hold after every story: nothing lost, nothing twice, nothing of others touched."""

import hashlib
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from tests.backing import rows_on_server
from tests.faults.audience import TERMINAL
from tests.waiting import eventually
from vibes.domain.attempt import OPEN_ATTEMPT_STATES

if TYPE_CHECKING:
    from tests.faults.world import Machine, World


async def check(world: "World") -> None:
    """Everything that was accepted has ended, and what the hub says of it is what lies on its disk."""
    for batch_id in world.batches:
        await world.finished(batch_id)
    await eventually(lambda: not _open_attempts(world.folder), what="no attempt is open: its node is told first")
    generations = rows(world.folder, "SELECT * FROM generations")
    attempts = rows(world.folder, "SELECT id, generation_id, state, node_id FROM attempts")
    assert {row["status"] for row in generations} <= TERMINAL
    if not served_database(world.folder):
        assert rows(world.folder, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    check_pictures(world.folder, generations)
    for row in generations:
        won = [each for each in attempts if each["generation_id"] == row["id"] and each["state"] == "won"]
        assert len(won) == (row["status"] == "complete"), "one attempt brought it, and none where none did"
    for machine in world.machines.values():
        await check_machine(world, machine, {row["id"] for row in attempts})
    await check_news(world, [row for row in generations if row["session_id"] == world.session])
    check_logs(world.folder)


def _open_attempts(folder: Path) -> list[dict[str, Any]]:
    attempts = rows(folder, "SELECT id, state FROM attempts")
    return [row for row in attempts if row["state"] in OPEN_ATTEMPT_STATES]


def check_pictures(folder: Path, generations: list[dict[str, Any]]) -> None:
    """Each image is one file, whole, and no file belongs to nothing."""
    images = folder / "data" / "images"
    complete = [row for row in generations if row["status"] == "complete"]
    further = [each for row in complete for each in _json(row["further_images"]) or ()]
    expected = {each[kind] for each in (*complete, *further) for kind in ("image_path", "thumbnail_path")}
    assert len(expected) == 2 * (len(complete) + len(further))
    for path, sha256 in [(row["image_path"], row["image_sha256"]) for row in complete] + [
        (each["image_path"], each["sha256"]) for each in further
    ]:
        assert hashlib.sha256((images / path).read_bytes()).hexdigest() == sha256
    for row in complete:
        drawn_from = seed_in(images / row["image_path"])
        assert drawn_from in {None, int(row["seed"])}, "it is this generation's own picture"
    found = {path.relative_to(images).as_posix() for path in images.rglob("*") if path.is_file()}
    assert found == expected, "no orphan, no half-written file"


def seed_in(path: Path) -> int | None:
    """What the node was asked to draw, as it wrote it into the picture; None where nothing was left to chance."""
    with Image.open(path) as picture:
        picture.load()
        graph = json.loads(picture.info["prompt"])
    seeds = {box["inputs"]["seed"] for box in graph.values() if "seed" in box["inputs"]}
    assert len(seeds) <= 1
    return int(seeds.pop()) if seeds else None


async def check_machine(world: "World", machine: "Machine", ours: set[str]) -> None:
    """Nothing was sent more often than doubt allows, or drawn twice, and what others asked for was drawn."""
    await machine.remember()
    sent = {prompt_id: count for prompt_id, count in machine.received.items() if prompt_id not in world.foreign}
    assert set(sent) <= ours, "nothing was sent that was not written down first"
    assert max(sent.values(), default=0) <= world.posts_each
    drawn = Counter(machine.executed)
    assert max(drawn.values(), default=0) <= 1, "no prompt was drawn twice"
    theirs = [prompt_id for prompt_id, machine_id in world.foreign.items() if machine_id == machine.id]
    assert all(drawn[prompt_id] == 1 for prompt_id in theirs), "nobody else's prompt was touched"


async def check_news(world: "World", generations: list[dict[str, Any]]) -> None:
    """Whoever watched the session was told of each end, once, and of none that did not come."""
    if not world.audiences:
        return
    ends = {row["id"]: row["status"] for row in generations}

    def told() -> set[str]:
        heard = {generation_id for person in world.audiences for generation_id, _ in person.ends}
        return heard | world.audiences[-1].shown

    await eventually(lambda: told() >= set(ends), what="every end was told")
    total = sum((person.ends for person in world.audiences), Counter[tuple[str, str]]())
    assert max(total.values(), default=0) <= 1, "none was told twice"
    assert set(total) <= set(ends.items()), "no end was told that was none"


def check_logs(folder: Path) -> None:
    """A fault of the hub's own is a fault, even if everything was mended afterwards."""
    for log in (*folder.glob("serve-*.log"), *folder.glob("hub-*.log")):
        said = log.read_text(errors="replace")
        assert "Traceback" not in said, said[said.index("Traceback") - 300 :][:3000]


SERVED = "database-url"
"""The file of a story's folder that names the server where its rows are, if they are on one."""


def served_database(folder: Path) -> str | None:
    file = folder / SERVED
    return file.read_text(encoding="utf-8") if file.exists() else None


def rows(folder: Path, query: str) -> list[dict[str, Any]]:
    """Read beside the running hub."""
    url = served_database(folder)
    if url is not None:
        return rows_on_server(url, query)
    with closing(sqlite3.connect(f"file:{folder / 'data' / 'vibes.db'}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(query)]


def _json(value: Any) -> Any:
    """As text in SQLite."""
    return json.loads(value) if isinstance(value, str) else value
