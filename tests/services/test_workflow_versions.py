"""Workflows as they were at submission: stored once, found by their hash, and not missed in an older database."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.factories import NOON, make_spec, store_batch
from tests.unit.workflow_sources import ROOT, shipped_library
from vibes.domain.errors import NotFound
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import WorkflowVersionId
from vibes.ports.storage import Storage
from vibes.services.library.catalog import WorkflowCatalog
from vibes.services.library.versions import MAX_REMEMBERED, WorkflowVersions
from vibes.storage.open import open_storage
from vibes.storage.upgrading.migrate import migrate
from vibes.storage.upgrading.schema import MIGRATIONS
from vibes.workflows.definition.workflow_record import version_of, workflow_of

WORKFLOW = shipped_library().get("sdxl_txt2img")
VERSION = version_of(WORKFLOW)


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path}/vibes.db") as opened:
        yield opened


@pytest.fixture
async def catalog() -> WorkflowCatalog:
    catalog = WorkflowCatalog([ROOT / "templates"])
    await catalog.load()
    return catalog


async def test_a_version_comes_back_word_for_word_and_may_be_kept_twice(storage: Storage) -> None:
    await storage.workflow_versions.keep(VERSION)
    await storage.workflow_versions.keep(VERSION)

    assert await storage.workflow_versions.get(VERSION.id) == VERSION
    assert await storage.workflow_versions.get(WorkflowVersionId("0" * 64)) is None


async def test_a_generation_comes_back_with_the_version_it_was_asked_of(storage: Storage) -> None:
    (generation,) = await store_batch(storage, spec=make_spec(workflow_version=VERSION.id))

    assert await storage.generations.get(generation.id) == generation


async def test_the_workflow_is_that_of_the_submission_for_this_process_and_for_the_next(
    storage: Storage, catalog: WorkflowCatalog
) -> None:
    older = replace(WORKFLOW, max_loras=7, supports_lora=True)
    version = version_of(older)
    spec = make_spec(workflow=WORKFLOW.name, workflow_version=version.id)
    first, next_process = WorkflowVersions(storage, catalog), WorkflowVersions(storage, catalog)

    await first.keep(version)

    assert (await first.of(spec)).max_loras == 7
    assert await next_process.of(spec) == workflow_of(version)
    assert await first.of(spec) is await first.of(spec), "a batch shares one copy"


async def test_a_spec_from_before_versions_were_kept_gets_the_librarys_workflow(
    storage: Storage, catalog: WorkflowCatalog
) -> None:
    workflows = WorkflowVersions(storage, catalog)

    assert await workflows.of(make_spec(workflow="sdxl_txt2img")) is catalog.library.get("sdxl_txt2img")
    with pytest.raises(NotFound, match="there is no workflow 'gone'"):
        await workflows.of(make_spec(workflow="gone"))


async def test_a_version_that_somebody_removed_from_the_database_is_told(
    storage: Storage, catalog: WorkflowCatalog
) -> None:
    spec = make_spec(workflow="sdxl_txt2img", workflow_version=VERSION.id)
    with pytest.raises(NotFound, match="sdxl_txt2img as it was at submission is gone"):
        await WorkflowVersions(storage, catalog).of(spec)


async def test_only_the_last_used_versions_stay_in_memory(storage: Storage, catalog: WorkflowCatalog) -> None:
    workflows = WorkflowVersions(storage, catalog)
    versions = [version_of(replace(WORKFLOW, max_loras=number)) for number in range(MAX_REMEMBERED + 5)]
    first = make_spec(workflow_version=versions[0].id)
    for version in versions:
        await workflows.keep(version)
        await workflows.of(first)

    assert len(workflows._remembered) == MAX_REMEMBERED
    assert versions[0].id in workflows._remembered
    assert (await workflows.of(make_spec(workflow_version=versions[1].id))).max_loras == 1


def first_release(folder: Path) -> Path:
    """The migrations as they were before versions were kept."""
    migrations = folder / "migrations"
    shutil.copytree(MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__", "000[2-9]_*", "00[1-9]?_*"))
    return migrations


def backups(folder: Path) -> list[Path]:
    return list(folder.glob("vibes.db.before-*.bak"))


async def test_a_database_of_the_first_release_is_upgraded_and_keeps_its_queue(tmp_path: Path) -> None:
    database = tmp_path / "vibes.db"
    migrate(database, migrations=first_release(tmp_path))
    moment = NOON.replace(tzinfo=None).isoformat(sep=" ")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("INSERT INTO sessions VALUES ('s', 'draft_grid', 0, '{}', ?, ?)", (moment, moment))
        connection.execute("INSERT INTO batches VALUES ('b', 's', 0, 1, ?)", (moment,))
        connection.execute(
            "INSERT INTO generations (id, session_id, batch_id, batch_index, stage, status, workflow, operation, "
            "model_family, task_type, prompt, negative_prompt, parameters, loras, seed, created_at) VALUES "
            "('g', 's', 'b', 0, 0, 'queued', 'sdxl_txt2img', 'txt2img', 'sdxl', 'draft', 'a cat', '', '{}', '[]', "
            "'7', ?)",
            (moment,),
        )

    async with open_storage(f"sqlite:///{database}") as storage:
        [generation] = await storage.generations.with_status([GenerationStatus.QUEUED])
        await storage.workflow_versions.keep(VERSION)
        (newer,) = await store_batch(storage, spec=make_spec(workflow_version=VERSION.id))
        assert await storage.generations.get(newer.id) == newer

    assert (generation.spec.workflow, generation.spec.workflow_version) == ("sdxl_txt2img", None)
    assert generation.created_at == NOON
    assert len(backups(tmp_path)) == 1
