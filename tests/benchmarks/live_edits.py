"""How soon an edited workflow is in force."""

import asyncio
import tempfile
import time
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.benchmarks.figures import Figure
from tests.unit.workflow_sources import SMALL_BASE, SMALL_TEMPLATE
from tests.waiting import eventually
from vibes.services.library.catalog import WorkflowCatalog

EDITS = 20


async def measure(*, quick: bool) -> tuple[list[Figure], dict[str, Any]]:
    waits: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        manifest = Path(folder) / "manifests" / "mine.yaml"
        template = Path(folder) / "workflows" / "mine.json"
        files = {
            manifest.with_name("base.yaml"): dedent(SMALL_BASE),
            manifest: "mine: {}",
            template: SMALL_TEMPLATE,
        }
        for path, text in files.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        catalog = WorkflowCatalog([Path(folder)])
        await catalog.load()
        following = asyncio.create_task(catalog.follow())
        for steps in range(1, 1 + (EDITS // 4 if quick else EDITS)):
            manifest.write_text(f"mine: {{default_params: {{steps: {steps}}}}}", encoding="utf-8")
            began = time.monotonic()
            await eventually(lambda wanted=steps: _steps(catalog) == wanted)  # type: ignore[misc]  # a default argument binds the loop variable
            waits.append(time.monotonic() - began)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return [Figure("an edited workflow is in force, slowest", max(waits), "s", 2)], {"live_edit_seconds": waits}


def _steps(catalog: WorkflowCatalog) -> object:
    return catalog.library.get("mine").parameters["steps"].default
