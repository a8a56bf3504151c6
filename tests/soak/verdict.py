"""What must hold after a soak: every accepted picture has ended, is whole and its own, and nothing else is left."""

import re
from collections import Counter
from typing import Any

from tests.faults.audience import TERMINAL
from tests.faults.checker import check_pictures, rows
from tests.faults.world import World
from vibes.domain.attempt import OPEN_ATTEMPT_STATES

_OF_OURS = re.compile(r"Traceback|Unclosed|never awaited|Task exception|Task was destroyed|internal error")


async def problems(world: World, batches: set[str]) -> list[str]:
    """One sentence each; none after a good soak."""
    generations = rows(world.folder, "SELECT * FROM generations")
    attempts = rows(world.folder, "SELECT id, generation_id, state FROM attempts")
    found = [f"{row['id']} is {row['status']}" for row in generations if row["status"] not in TERMINAL]
    found += [f"attempt {row['id']} is {row['state']}" for row in attempts if row["state"] in OPEN_ATTEMPT_STATES]
    won = Counter(row["generation_id"] for row in attempts if row["state"] == "won")
    found += [
        f"{row['id']} is {row['status']} with {won[row['id']]} won attempts"
        for row in generations
        if won[row["id"]] != (row["status"] == "complete")
    ]
    found += [f"{row['id']}: {row['error_message']}" for row in generations if "internal" in str(row["error_message"])]
    if rows(world.folder, "PRAGMA integrity_check") != [{"integrity_check": "ok"}]:
        found.append("the database is damaged")
    try:
        check_pictures(world.folder, generations)
    except (AssertionError, OSError) as error:
        found.append(f"pictures: {str(error)[:2000]}")
    found += await wrong_tallies(world, batches, generations)
    for log in sorted(world.folder.glob("serve-*.log")):
        said = log.read_text(errors="replace")
        found += [f"{log.name}: …{said[match.start() : match.start() + 1500]}" for match in _OF_OURS.finditer(said)]
    return found


async def wrong_tallies(world: World, batches: set[str], generations: list[dict[str, Any]]) -> list[str]:
    """Batches whose sums are not those of their rows; what was thrown away has ended too."""
    still_open = Counter(row["batch_id"] for row in generations if row["status"] not in TERMINAL)
    found = []
    for batch_id in sorted(batches):
        batch = await world.batch(batch_id)
        if "completed" in batch and batch["total"] - batch["completed"] != still_open[batch_id]:
            told = f"{batch['completed']} of {batch['total']} are over"
            found.append(f"batch {batch_id}: {told}, of its rows {still_open[batch_id]} are open")
    return found
