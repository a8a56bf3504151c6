"""Generations are found by everything a search may ask, in a stable order, through indexes."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Select, create_engine, select
from sqlalchemy.dialects import sqlite

from tests.factories import NOON, begin_attempt, make_image, make_lora, make_session, make_spec, remove, store_batch
from vibes.domain.generation import OPEN_STATUSES, TERMINAL_STATUSES, Generation, GenerationStatus
from vibes.domain.ids import BatchId, GenerationId, NodeId, SessionId
from vibes.domain.pictures.spec import MAX_SEED
from vibes.ports.criteria import GenerationFilter, Sort
from vibes.ports.storage import Storage
from vibes.storage.open import open_storage
from vibes.storage.repositories import attempts, generation_queries, sessions
from vibes.storage.sql.tables import GENERATIONS
from vibes.storage.upgrading.migrate import migrate
from vibes.storage.upgrading.schema import MIGRATIONS


async def found(storage: Storage, **criteria: Any) -> list[GenerationId]:
    return [generation.id for generation in await storage.generations.search(GenerationFilter(**criteria))]


async def stored(storage: Storage, **overrides: Any) -> Generation:
    (generation,) = await store_batch(storage, 1, **overrides)
    return generation


async def test_a_search_for_nothing_in_particular_shows_the_newest_first(storage: Storage) -> None:
    older = await store_batch(storage, 2, created_at=NOON)
    newer = await store_batch(storage, 2, created_at=NOON + timedelta(microseconds=1))

    assert await found(storage) == [generation.id for generation in (*newer[::-1], *older[::-1])]


async def test_pages_follow_one_another_without_gap_or_repetition(storage: Storage) -> None:
    generations = [*await store_batch(storage, 4), *await store_batch(storage, 4)]

    pages = [await found(storage, limit=3, offset=offset) for offset in (0, 3, 6)]

    assert [len(page) for page in pages] == [3, 3, 2]
    assert {one for page in pages for one in page} == {generation.id for generation in generations}


async def test_each_plain_field_restricts(storage: Storage) -> None:
    wanted = await stored(storage, stage=2, spec=make_spec(model_family="flux", seed=MAX_SEED))
    other = await stored(storage)

    assert await found(storage, session_id=wanted.session_id) == [wanted.id]
    assert await found(storage, batch_id=wanted.batch_id) == [wanted.id]
    assert await found(storage, stage=2) == [wanted.id]
    assert await found(storage, stage=0) == [other.id]
    assert await found(storage, model_family="flux") == [wanted.id]
    assert await found(storage, seed=MAX_SEED) == [wanted.id]
    assert await found(storage, seed=MAX_SEED - 1) == []
    assert await found(storage, model_family="flux", stage=0) == []


async def test_statuses_and_the_node_restrict(storage: Storage) -> None:
    queued, cancelled, complete = await store_batch(storage, 3)
    await storage.generations.cancel(cancelled.id, at=NOON)
    attempt = await begin_attempt(storage, complete, node_id=NodeId("cellar"))
    await storage.attempts.win(attempt.id, [make_image()], generation_time_ms=1, at=NOON)

    assert await found(storage, statuses={GenerationStatus.CANCELLED}) == [cancelled.id]
    assert await found(storage, statuses=OPEN_STATUSES) == [queued.id]
    assert await found(storage, statuses=[]) == []
    assert await found(storage, statuses=TERMINAL_STATUSES) == [complete.id, cancelled.id]
    assert await found(storage, statuses=set(GenerationStatus)) == [complete.id, cancelled.id, queued.id]
    assert await found(storage, node_id="cellar") == [complete.id]
    assert await found(storage, node_id="attic") == []


async def test_pictures_are_sorted_by_the_name_of_their_model(storage: Storage) -> None:
    zebra, ape = [
        await stored(storage, spec=make_spec(checkpoint=name)) for name in ("zebra.safetensors", "ape.safetensors")
    ]

    assert await found(storage, sort=Sort.MODEL) == [ape.id, zebra.id]


async def test_names_are_sorted_by_their_code_points_whatever_the_database_was_made_for(storage: Storage) -> None:
    names = ["Zebra", "ape", "_under", "Äpfel", "a-b", "ab", "日本", "10", "9"]
    for name in names:
        await stored(storage, spec=make_spec(checkpoint=name))

    found = await storage.generations.search(GenerationFilter(sort=Sort.MODEL))

    assert [each.spec.checkpoint for each in found] == sorted(names)


async def test_stars_restrict_both_ways(storage: Storage) -> None:
    starred, plain = await store_batch(storage, 2)
    await storage.generations.set_starred(starred.id, starred=True)

    assert await found(storage, starred=True) == [starred.id]
    assert await found(storage, starred=False) == [plain.id]


async def test_a_period_includes_its_start_and_leaves_out_its_end(storage: Storage) -> None:
    moments = [NOON + timedelta(microseconds=step) for step in range(3)]
    first, second, third = [await stored(storage, created_at=moment) for moment in moments]

    assert await found(storage, created_from=moments[1]) == [third.id, second.id]
    assert await found(storage, created_to=moments[1]) == [first.id]
    assert await found(storage, created_from=moments[1], created_to=moments[2]) == [second.id]


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("LIGHTHOUSE", "a lighthouse in fog"),
        ("in f", "a Lighthouse IN FOG"),
        ("100%", "at 100% humidity"),
        ("snake_case", "some snake_case text"),
        ("a/b", "either a/b or c"),
        ("back\\slash", "a back\\slash"),
        ("日本", "夜の日本"),
        ("sea harbour", "Sea HARBOUR"),
        ("море у ёлки", "Море У ЁЛКИ"),
        ("äpfel", "ÄPFEL"),
        ("ÉTOILE", "une e\u0301toile"),
        ("e\u0301toile", "UNE ÉTOILE"),
        ("STRASSE", "eine Straße"),
        ("straße", "EINE STRASSE, EINE STRAẞE"),
        ("istanbul", "İSTANBUL"),
        ("İstanbul", "istanbul"),
        ("ὀδυσσεύς", "ὈΔΥΣΣΕΎΣ"),
        ("fish", "ﬁsh and ﬂowers"),
        ("neko", "ＮＥＫＯ in full width"),
        ("ガラス", "ｶﾞﾗｽ"),
        ("% of _ and \\%", "10% OF _ AND \\% OF THAT"),
        ("x" * 60_000, "X" * 60_000),
    ],
)
async def test_text_is_found_anywhere_in_the_prompt_without_regard_to_case(
    storage: Storage, text: str, prompt: str
) -> None:
    wanted = await stored(storage, spec=make_spec(prompt=prompt))
    await stored(storage, spec=make_spec(prompt="at 1000 snakeXcase, aXb, backslash", negative_prompt=prompt))

    assert await found(storage, text=text) == [wanted.id]


@pytest.mark.parametrize(("text", "prompt"), [("елки", "ёлки"), ("e", "é"), ("o", "ö"), ("%", "none"), ("a_b", "axb")])
async def test_other_letters_are_not_taken_for_the_same(storage: Storage, text: str, prompt: str) -> None:
    await stored(storage, spec=make_spec(prompt=prompt, negative_prompt=text))
    assert await found(storage, text=text) == []


def take_back_to_before(migration: str, database: Path) -> None:
    """The file as a release had it that did not know this migration."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    [revision] = [each for each in ScriptDirectory(MIGRATIONS).walk_revisions() if migration in each.path]
    engine = create_engine(f"sqlite:///{database}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, str(revision.down_revision))
    engine.dispose()


async def test_prompts_of_an_older_database_are_found_without_regard_to_case_too(tmp_path: Path) -> None:
    database = tmp_path / "older.db"
    async with open_storage(f"sqlite:///{database}") as storage:
        for prompt in ("ÄPFEL", "plain", "Sea"):
            await stored(storage, spec=make_spec(prompt=prompt))
        await store_batch(storage, 1500, spec=make_spec(prompt="Étude"))
    take_back_to_before("folded_prompts", database)

    async with open_storage(f"sqlite:///{database}") as storage:
        count = storage.generations.count
        assert await count(GenerationFilter(text="äpfel")) == 1
        assert await count(GenerationFilter(text="sea")) == 1
        assert await count(GenerationFilter(text="étude")) == 1500
        assert await count(GenerationFilter(text="plain")) == 1


async def test_a_lora_is_found_by_its_exact_name_wherever_it_stands_in_the_chain(storage: Storage) -> None:
    grain, rain = make_lora("grain.safetensors"), make_lora("rain.safetensors")
    both = await stored(storage, spec=make_spec(loras=(rain, grain, rain)))
    one = await stored(storage, spec=make_spec(loras=(grain,)))
    await stored(storage)

    assert set(await found(storage, lora="grain.safetensors")) == {both.id, one.id}
    assert await found(storage, lora="rain.safetensors") == [both.id]
    assert await found(storage, lora="ain.safetensors") == []
    assert await found(storage, lora="rain_safetensors") == []
    await remove(storage, [both])
    assert await found(storage, lora="rain.safetensors") == []


async def test_pictures_are_found_by_what_they_were_varied_by(storage: Storage) -> None:
    thirty, more, dog = [
        await stored(storage, varied=varied, spec=make_spec(prompt=prompt), created_at=NOON + timedelta(seconds=age))
        for age, (varied, prompt) in enumerate(
            (
                ({"steps": 30, "cfg_scale": 7.0}, "a boat"),
                ({"steps": 300, "tiled": True}, "a boat"),
                ({"wording:cat": "a Dog, ÄPFEL"}, "a dog"),
            )
        )
    ]
    plain = await stored(storage, spec=make_spec(prompt="walks 30 steps"))

    assert await found(storage, varied={"steps": None}) == [more.id, thirty.id]
    assert await found(storage, varied={"steps": "30"}) == [thirty.id]
    assert await found(storage, varied={"steps": "30", "cfg_scale": "7"}) == [thirty.id]
    assert await found(storage, varied={"tiled": "true"}) == [more.id]
    assert await found(storage, varied={"wording": None}) == [dog.id]
    assert await found(storage, varied={"wording:cat": "a dog, äpfel"}) == [dog.id]
    assert await found(storage, varied={"step": None}) == []
    assert await found(storage, words="Steps: 30") == [more.id, thirty.id]
    assert await found(storage, words="steps=300") == [more.id]
    assert await found(storage, words="30 steps") == [plain.id]
    assert await found(storage, words="a boat", varied={"steps": "30"}) == [thirty.id]
    await remove(storage, [thirty])
    assert await found(storage, words="cfg_scale 7") == []


async def test_the_queue_is_oldest_first_and_by_index(storage: Storage) -> None:
    later = await store_batch(storage, 2, created_at=NOON + timedelta(seconds=1))
    earlier = await store_batch(storage, 2, created_at=NOON)
    await storage.generations.cancel(later[0].id, at=NOON)

    queue = await storage.generations.with_status([GenerationStatus.QUEUED])
    both = await storage.generations.with_status({GenerationStatus.QUEUED, GenerationStatus.CANCELLED})

    assert list(queue) == [*earlier, later[1]]
    assert [generation.id for generation in both] == [generation.id for generation in (*earlier, *later)]
    assert await storage.generations.with_status([]) == []


async def test_a_session_tells_its_generations_in_the_order_they_were_asked_for(storage: Storage) -> None:
    session = make_session()
    await storage.sessions.add(session)
    second = await store_batch(storage, 2, session_id=session.id, created_at=NOON + timedelta(seconds=1), stage=1)
    first = await store_batch(storage, 2, session_id=session.id)
    await store_batch(storage)

    assert list(await storage.generations.of_session(session.id)) == [*first, *second]


async def test_every_status_is_counted(storage: Storage) -> None:
    generations = await store_batch(storage, 3)
    await storage.generations.cancel(generations[0].id, at=NOON)

    counts = await storage.generations.count_by_status()

    assert counts == {
        GenerationStatus.QUEUED: 2,
        GenerationStatus.GENERATING: 0,
        GenerationStatus.COMPLETE: 0,
        GenerationStatus.FAILED: 0,
        GenerationStatus.CANCELLED: 1,
    }


ANY = GenerationFilter()
INDEXED: dict[str, Select[Any]] = {
    "ix_generations_queue": generation_queries.with_status([GenerationStatus.QUEUED]),
    "ix_generations_batch": generation_queries.of_batch(BatchId("any")),
    "ix_generations_session": generation_queries.of_session(SessionId("any")),
    "ix_generations_created_at": generation_queries.matching(ANY),
    "ix_generations_gpu_id": generation_queries.matching(replace(ANY, node_id=NodeId("any"))),
    "ix_generations_model_family": generation_queries.matching(replace(ANY, model_family="any")),
    "ix_generations_starred": generation_queries.matching(replace(ANY, starred=True)),
    "ix_generations_discard_after": select(GENERATIONS).where(generation_queries.is_discardable(NOON)),
    "ix_generation_loras_name": generation_queries.matching(replace(ANY, lora="any")),
    "ix_sessions_created_at": sessions.newest_sessions(limit=1, offset=0),
    "ix_attempts_open": attempts.open_attempts(),
    "ix_attempts_generation_id": attempts.of_generation(GenerationId("any")),
}


def query_plan(database: Path, query: Select[Any]) -> list[str]:
    compiled = query.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    values = [None] * len(compiled.params)
    with closing(sqlite3.connect(database)) as connection:
        return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {compiled}", values)]


@pytest.mark.parametrize("index", INDEXED)
def test_a_query_goes_through_its_index(tmp_path: Path, index: str) -> None:
    migrate(tmp_path / "vibes.db")

    plan = query_plan(tmp_path / "vibes.db", INDEXED[index])

    assert any(f"INDEX {index}" in step for step in plan), plan


@pytest.mark.parametrize(
    "index",
    [
        "ix_generations_queue",
        "ix_generations_batch",
        "ix_generations_session",
        "ix_generations_created_at",
        "ix_generations_starred",
        "ix_sessions_created_at",
    ],
)
def test_a_list_comes_out_of_its_index_in_order(tmp_path: Path, index: str) -> None:
    migrate(tmp_path / "vibes.db")

    plan = query_plan(tmp_path / "vibes.db", INDEXED[index])

    assert "USE TEMP B-TREE FOR ORDER BY" not in plan


def test_deaths_are_counted_from_the_open_generations_and_not_from_all_attempts(tmp_path: Path) -> None:
    migrate(tmp_path / "vibes.db")

    plan = query_plan(tmp_path / "vibes.db", attempts.deaths())

    assert not any(step.startswith("SCAN") for step in plan), plan
    assert any("SEARCH attempts USING INDEX ix_attempts_generation_id" in step for step in plan), plan


def test_a_page_over_several_statuses_does_not_sort_the_whole_table(tmp_path: Path) -> None:
    migrate(tmp_path / "vibes.db")

    plan = query_plan(tmp_path / "vibes.db", generation_queries.matching(replace(ANY, statuses=TERMINAL_STATUSES)))

    assert plan[0] == "SCAN generations USING INDEX ix_generations_created_at"


def test_the_session_list_counts_without_touching_the_generations(tmp_path: Path) -> None:
    migrate(tmp_path / "vibes.db")

    plan = query_plan(tmp_path / "vibes.db", INDEXED["ix_sessions_created_at"])

    counting = [step for step in plan if "generations" in step]
    assert counting == ["SEARCH generations USING COVERING INDEX ix_generations_session (session_id=?)"] * 2
