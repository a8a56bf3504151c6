"""Whatever is stored comes back as it went in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from types import MappingProxyType

import pytest

from tests.factories import (
    NOON,
    begin_attempt,
    make_attempt,
    make_batch,
    make_batch_of,
    make_generation,
    make_image,
    make_lora,
    make_session,
    make_spec,
    mark_discarded,
    remove,
    store_batch,
)
from vibes.domain.attempt import AttemptState
from vibes.domain.batch import IdempotencyRecord
from vibes.domain.errors import Conflict, InvalidRequest, NotFound
from vibes.domain.generation import GenerationStatus
from vibes.domain.ids import AttemptId, BatchId, GenerationId, NodeId, SessionId, new_generation_id, new_session_id
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.pictures.spec import MAX_SEED, Operation, TaskType
from vibes.domain.pictures.variation import Axis
from vibes.domain.session import ConfigValue, FlowType
from vibes.ports.storage import StageMove, Storage
from vibes.storage.open import open_storage


async def test_a_session_comes_back_with_every_field(storage: Storage) -> None:
    session = make_session(
        flow_type=FlowType.EXPLORER,
        current_stage=2,
        updated_at=NOON + timedelta(microseconds=1),
        config={"text": "naïve \\u0000 日本 🦊", "deep": [1, 2.5, True, None, {"a": []}]},
    )

    await storage.sessions.add(session)

    assert await storage.sessions.get(session.id) == session


async def test_a_generation_comes_back_with_every_field(storage: Storage) -> None:
    (parent,) = await store_batch(storage)
    spec = make_spec(
        operation=Operation.INPAINT,
        task_type=TaskType.FLUX_QUALITY,
        seed=MAX_SEED,
        prompt="quotes \" ' back\\slash, {{braces}}, עברית, 🦊",
        checkpoint=None,
        cfg_scale=7.123456789012345,
        denoise_strength=0.1,
        loras=(make_lora("b.safetensors"), make_lora("a.safetensors", strength_clip=0.0)),
        parameters=MappingProxyType({"sampler": "euler", "tiles": 3, "ratio": 0.3, "tiled": True}),
        source_id=parent.id,
        preferred_node=NodeId("cellar"),
    )
    generation = make_generation(
        session_id=parent.session_id,
        spec=spec,
        index=7,
        stage=2,
        status=GenerationStatus.COMPLETE,
        parent_id=parent.id,
        node_id=NodeId("attic"),
        images=(
            make_image(),
            make_image(image_path="a-session/a-generation_1.webp", media_type=MediaType.WEBP, graph_node="9"),
        ),
        generation_time_ms=1234,
        error_message="a note",
        completed_at=NOON + timedelta(seconds=3),
        starred=True,
        rating=4,
        discard_after=NOON + timedelta(days=1),
        varied={"seed": 2**64 - 1, "cfg_scale": 7.5, "wording:cat": "dog", "tiled": True},
    )

    await storage.generations.add_batch(
        make_batch(id=generation.batch_id, session_id=parent.session_id), [generation], None
    )

    assert await storage.generations.get(generation.id) == generation


async def test_the_status_of_a_generation_can_be_asked_for_alone(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    assert await storage.generations.status(generation.id) is GenerationStatus.QUEUED
    assert await storage.generations.cancel(generation.id, at=NOON)
    assert await storage.generations.status(generation.id) is GenerationStatus.CANCELLED
    assert await storage.generations.status(new_generation_id()) is None


async def test_a_generation_of_a_workflow_without_sizes_keeps_its_gaps(storage: Storage) -> None:
    bare = make_spec(width=None, height=None, steps=None, cfg_scale=None, negative_prompt="", parameters={})

    (generation,) = await store_batch(storage, spec=bare)

    assert await storage.generations.get(generation.id) == generation


@pytest.mark.parametrize("seed", [0, 1, 2**63 - 1, 2**63, 2**64 - 1])
async def test_a_seed_keeps_every_digit(storage: Storage, seed: int) -> None:
    (generation,) = await store_batch(storage, spec=make_spec(seed=seed))

    found = await storage.generations.get(generation.id)

    assert found is not None
    assert found.spec.seed == seed


async def test_a_moment_of_another_time_zone_comes_back_as_the_same_moment_in_utc(storage: Storage) -> None:
    tokyo = datetime(2026, 1, 1, 3, 0, tzinfo=timezone(timedelta(hours=9)))
    session = make_session(created_at=tokyo)

    await storage.sessions.add(session)

    found = await storage.sessions.get(session.id)
    assert found is not None
    assert found.created_at == tokyo
    assert found.created_at.tzinfo is UTC


async def test_a_batch_and_its_key_come_back(storage: Storage) -> None:
    session = make_session()
    await storage.sessions.add(session)
    batch, generations = make_batch_of(3, session_id=session.id, stage=1)
    batch = replace(batch, axes=(Axis("steps", (20, 30)), Axis("cfg_scale", (7.5,))))
    record = IdempotencyRecord(key="order-66 ✓", body_sha256="ab" * 32, batch_id=batch.id)

    await storage.generations.add_batch(batch, generations, record)

    assert await storage.generations.get_batch(batch.id) == batch
    assert await storage.generations.find_idempotent("order-66 ✓") == record
    assert await storage.generations.of_batch(batch.id) == generations


async def test_an_attempt_comes_back_with_every_field(storage: Storage) -> None:
    (generation,) = await store_batch(storage)
    graph = {"10": {"class_type": "B", "inputs": {"seed": MAX_SEED}}, "2": {"class_type": "A", "inputs": {}}}
    attempt = make_attempt(generation_id=generation.id, sent=graph, node_number=12.5, error_message="odd")

    assert await storage.attempts.begin(attempt)

    found = await storage.attempts.get(attempt.id)
    assert found == attempt
    assert found is not None
    assert list(found.sent) == ["10", "2"]


async def test_what_was_never_stored_is_none(storage: Storage) -> None:
    assert await storage.sessions.get(SessionId("nobody")) is None
    assert await storage.generations.get(GenerationId("nothing")) is None
    assert await storage.generations.get_batch(BatchId("nothing")) is None
    assert await storage.generations.find_idempotent("never sent") is None
    assert await storage.attempts.get(AttemptId("never tried")) is None


async def test_everything_is_still_there_after_closing_and_opening_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/vibes.db"
    async with open_storage(url) as storage:
        generations = await store_batch(storage, 3)
        attempt = await begin_attempt(storage, generations[1])
    assert (tmp_path / "vibes.db").stat().st_size > 0
    assert not (tmp_path / "vibes.db-wal").exists()

    async with open_storage(url) as storage:
        assert await storage.attempts.open_attempts() == [attempt]
        statuses = [found.status for found in await storage.generations.of_batch(generations[0].batch_id)]

    assert statuses == [GenerationStatus.QUEUED, GenerationStatus.GENERATING, GenerationStatus.QUEUED]


async def test_a_config_is_replaced_and_nothing_else(storage: Storage) -> None:
    session = make_session()
    await storage.sessions.add(session)
    later = NOON + timedelta(hours=1)

    changed = await storage.sessions.change_config(session.id, lambda _: {"count": 8}, at=later)

    found = await storage.sessions.get(session.id)
    assert found == replace(session, config={"count": 8}, version=2, updated_at=later)
    assert changed == (found, True)
    assert await storage.sessions.change_config(session.id, lambda each: each.config, at=later) == (found, False)
    assert await storage.sessions.change_config(new_session_id(), lambda _: {}, at=later) is None


async def test_a_stage_is_left_once_and_takes_its_marks_along(storage: Storage) -> None:
    picked, dropped = await store_batch(storage, 2)
    later = NOON + timedelta(hours=1)
    forth = StageMove(from_stage=0, to_stage=1, discard=[dropped.id], discard_after=later)

    assert await storage.sessions.move_stage(picked.session_id, forth, at=NOON)
    assert not await storage.sessions.move_stage(picked.session_id, forth, at=NOON), "it is no longer there"

    session = await storage.sessions.get(picked.session_id)
    assert session is not None
    assert session.current_stage == 1
    marks = [each.discard_after for each in await storage.generations.of_session(session.id)]
    assert marks == [None, later]
    back = StageMove(from_stage=1, to_stage=0, restore=[dropped.id])
    assert await storage.sessions.move_stage(session.id, back, at=NOON)
    assert [each.discard_after for each in await storage.generations.of_session(session.id)] == [None, None]


async def test_the_newest_picture_of_a_checkpoint_is_none_of_a_deleted_session(storage: Storage) -> None:
    kept, deleted = (await store_batch(storage))[0], (await store_batch(storage))[0]
    for generation in (kept, deleted):
        attempt = await begin_attempt(storage, generation)
        await storage.attempts.win(attempt.id, [make_image()], generation_time_ms=1, at=NOON)
    await storage.sessions.set_aside(deleted.session_id, NOON + timedelta(days=1))
    newest = await storage.models.newest_picture(str(kept.spec.checkpoint))
    assert newest is not None
    assert newest.id == kept.id
    await storage.sessions.set_aside(kept.session_id, NOON + timedelta(days=1))
    assert await storage.models.newest_picture(str(kept.spec.checkpoint)) is None


async def test_sessions_are_listed_newest_first_with_their_counts(storage: Storage) -> None:
    sessions = [make_session(created_at=NOON + timedelta(minutes=minute)) for minute in range(3)]
    for session in sessions:
        await storage.sessions.add(session)
    generations = await store_batch(storage, 3, session_id=sessions[1].id)
    attempt = await begin_attempt(storage, generations[0])
    await storage.attempts.win(attempt.id, [make_image()], generation_time_ms=1, at=NOON)

    listed = await storage.sessions.list(limit=2, offset=0)
    rest = await storage.sessions.list(limit=2, offset=2)

    assert [summary.session for summary in (*listed, *rest)] == [replace(each, config={}) for each in sessions[::-1]]
    assert [(summary.generations, summary.completed) for summary in listed] == [(0, 0), (3, 1)]


async def test_a_list_tells_titles_and_configs_only_when_asked_and_never_megabytes_of_them(storage: Storage) -> None:
    """Half a megabyte is the largest config that the API takes; a list of 200 of those was 99 MiB."""
    prompts: list[ConfigValue] = [*(f"{index} {'p' * 500_000}" for index in range(12)), 7, {"no": "text"}]
    configs: list[dict[str, ConfigValue]] = [*({"prompt": prompt} for prompt in prompts), {}]
    for minute, config in enumerate(configs):
        await storage.sessions.add(make_session(created_at=NOON + timedelta(minutes=minute), config=config))

    listed = await storage.sessions.list(limit=100, offset=0)
    told = await storage.sessions.list(limit=100, offset=0, with_config=True)
    more = await storage.sessions.list(limit=100, offset=len(told), with_config=True)

    assert [each.title[:3] for each in listed[:5]] == ["", '{"n', "7", "11 ", "10 "]
    assert max(len(each.title) for each in listed) <= 200
    assert not any(each.session.config for each in listed)
    assert [each.session.config for each in (*told, *more)] == configs[::-1]
    assert len(told) == 3 + 8, "and the rest of them is the next page"


async def test_a_batch_without_generations_and_moves_of_nothing_are_harmless(storage: Storage) -> None:
    session = make_session()
    await storage.sessions.add(session)
    batch, _ = make_batch_of(0, session_id=session.id)

    await storage.generations.add_batch(batch, [], None)
    assert await storage.generations.delete_discarded(NOON) == 0
    assert await storage.generations.requeue_orphans() == 0
    await storage.attempts.renew([], NOON)

    assert await storage.generations.of_batch(batch.id) == []
    assert set((await storage.generations.count_by_status()).values()) == {0}


async def test_a_batch_of_a_session_that_is_gone_is_refused_whole(storage: Storage) -> None:
    batch, generations = make_batch_of(2)

    with pytest.raises(NotFound, match="no session"):
        await storage.generations.add_batch(batch, generations, None)

    assert await storage.generations.get_batch(batch.id) is None


async def test_the_second_submission_with_one_key_stores_nothing(storage: Storage) -> None:
    session = make_session()
    await storage.sessions.add(session)
    first, first_generations = make_batch_of(1, session_id=session.id)
    second, second_generations = make_batch_of(1, session_id=session.id)
    await storage.generations.add_batch(
        first, first_generations, IdempotencyRecord(key="k", body_sha256="00", batch_id=first.id)
    )

    with pytest.raises(Conflict) as refusal:
        await storage.generations.add_batch(
            second, second_generations, IdempotencyRecord(key="k", body_sha256="00", batch_id=second.id)
        )

    assert refusal.value.code == "idempotency_key_used"
    assert await storage.generations.get_batch(second.id) is None
    assert await storage.generations.get(second_generations[0].id) is None


@pytest.mark.parametrize("impossible", [{"prompt": "half a surrogate \ud800"}, {"steps": 2**63}])
async def test_values_that_no_database_takes_are_the_callers_mistake(
    storage: Storage, impossible: dict[str, str | int]
) -> None:
    session = make_session()
    await storage.sessions.add(session)
    batch, generations = make_batch_of(1, session_id=session.id, spec=make_spec(**impossible))

    with pytest.raises(InvalidRequest, match="cannot be stored"):
        await storage.generations.add_batch(batch, generations, None)

    assert await storage.generations.get_batch(batch.id) is None


async def test_deleting_a_session_takes_all_that_belongs_to_it(storage: Storage) -> None:
    session, other = make_session(), make_session()
    await storage.sessions.add(session)
    await storage.sessions.add(other)
    batch, generations = make_batch_of(2, session_id=session.id, spec=make_spec(loras=(make_lora(),)))
    record = IdempotencyRecord(key="k", body_sha256="00", batch_id=batch.id)
    await storage.generations.add_batch(batch, generations, record)
    attempt = await begin_attempt(storage, generations[0])
    (foreign_child,) = await store_batch(storage, session_id=other.id, parent_id=generations[1].id)

    assert await storage.sessions.delete(session.id)
    assert not await storage.sessions.delete(session.id)

    assert await storage.generations.get_batch(batch.id) is None
    assert await storage.generations.find_idempotent("k") is None
    assert await storage.generations.of_session(session.id) == []
    assert await storage.attempts.get(attempt.id) is None
    orphan = await storage.generations.get(foreign_child.id)
    assert orphan is not None
    assert orphan.parent_id is None


async def test_deleting_a_parent_keeps_its_children_and_what_they_were_made_from(storage: Storage) -> None:
    (parent,) = await store_batch(storage)
    attempt = await begin_attempt(storage, parent)
    (child,) = await store_batch(
        storage, session_id=parent.session_id, parent_id=parent.id, spec=make_spec(source_id=parent.id)
    )

    await remove(storage, [parent])

    assert await storage.generations.get(parent.id) is None
    assert await storage.attempts.of_generation(parent.id) == []
    assert await storage.attempts.get(attempt.id) is None
    kept = await storage.generations.get(child.id)
    assert kept is not None
    assert (kept.parent_id, kept.spec.source_id) == (None, parent.id)


async def test_any_number_of_generations_is_deleted_at_once(storage: Storage) -> None:
    generations = await store_batch(storage, 1100)

    await remove(storage, generations[:-1])

    assert await storage.generations.of_batch(generations[0].batch_id) == [generations[-1]]


async def test_only_ended_unstarred_generations_past_their_undo_window_are_deleted(storage: Storage) -> None:
    waiting, starred, kept, recent, dropped = await store_batch(storage, 5)
    for generation in (starred, kept, recent, dropped):
        await storage.generations.cancel(generation.id, at=NOON)
    soon = NOON + timedelta(seconds=1)
    await mark_discarded(storage, [waiting, starred, dropped], NOON)
    await mark_discarded(storage, [recent], soon)
    assert await storage.generations.set_starred(starred.id, starred=True)
    assert not await storage.generations.set_starred(new_generation_id(), starred=True)

    now = await storage.generations.delete_discarded(NOON)
    await mark_discarded(storage, [recent], None)
    later = await storage.generations.delete_discarded(soon)

    assert now == 1
    assert later == 0, "it was taken back in time"
    left = {generation.id for generation in await storage.generations.of_batch(kept.batch_id)}
    assert left == {waiting.id, starred.id, kept.id, recent.id}


async def test_leases_of_open_attempts_are_renewed_and_of_closed_ones_are_not(storage: Storage) -> None:
    first, second = await store_batch(storage, 2)
    alive, ended = await begin_attempt(storage, first), await begin_attempt(storage, second)
    await storage.attempts.close(ended.id, AttemptState.LOST, at=NOON)
    later = NOON + timedelta(minutes=1)

    await storage.attempts.renew([alive.id, ended.id], later)

    leases = [found.lease_expires_at for found in await storage.attempts.of_generation(first.id)]
    assert leases == [later]
    closed = await storage.attempts.get(ended.id)
    assert closed is not None
    assert closed.lease_expires_at == ended.lease_expires_at
