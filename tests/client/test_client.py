"""The Python client against a real hub on a real socket."""

import asyncio
import io
from contextlib import aclosing
from pathlib import Path

import httpx
import pytest
from PIL import Image
from pydantic import SecretStr

from tests.client.conftest import Served
from tests.fakes import FakeFleet, png
from tests.hub import open_hub, served, settings_for
from tests.waiting import HANG_SECONDS, deadline, eventually
from vibes.client import (
    AsyncHubClient,
    BatchRequest,
    CannotBeSent,
    ClientError,
    Conflicting,
    Generation,
    GenerationCompleted,
    HubAway,
    HubClient,
    HubRefused,
    InvalidRequest,
    JobChanged,
    KeyRefused,
    Lora,
    NotFound,
    NotUnderstood,
    Snapshot,
    Task,
    TaskChanged,
    WrongAddress,
)
from vibes.client.http.decoding import decode
from vibes.client.values.workflow_jobs import Picture
from vibes.documents.png_chunks import pixels_alone
from vibes.documents.png_texts import all_texts
from vibes.domain.batch import BatchStatus
from vibes.domain.generation import GenerationStatus
from vibes.domain.job import JobStatus
from vibes.domain.pictures.media_type import MediaType
from vibes.domain.session import FlowType

DRAW = Task("t1", "sd15.text2img", {"prompt": "a cat", "count": 2, "seed": 7})
ENLARGE = Task("t2", "upscale.esrgan", {"image": "@t1.images[1]"})
CATS = BatchRequest(prompt="a cat", count=3, model_family="sd15", seed=5, loras=(Lora("sd15-ink-sketch.safetensors"),))


async def test_a_batch_is_asked_for_waited_for_and_its_pictures_fetched(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        batch = await hub.batches.wait((await hub.batches.submit(CATS)).batch_id)
        assert (batch.status, batch.total, batch.over) == (BatchStatus.COMPLETE, 3, True)
        assert [each.seed for each in batch.generations] == [5, 6, 7]
        first = batch.generations[0]
        assert first.loras == (Lora("sd15-ink-sketch.safetensors", 1.0, 1.0),)
        image = await hub.generations.image(first)
        assert image == await hub.generations.image(first.id)
        with Image.open(io.BytesIO(image)) as picture:
            assert picture.format == "PNG"
        bare = await hub.generations.image(first, metadata=False)
        assert (dict(all_texts(image)).keys() >= {"parameters", "prompt"}, dict(all_texts(bare))) == (True, {})
        assert pixels_alone(bare) == pixels_alone(image)
        with Image.open(io.BytesIO(await hub.generations.thumbnail(first))) as small:
            assert small.format == "JPEG"
        starred = await hub.generations.star(first.id)
        found = await hub.generations.search(batch_id=batch.batch_id, starred=True)
        assert ([each.id for each in found.generations], found.total) == ([starred.id], 1)
        assert (await hub.generations.search(status=["failed", "cancelled"])).total == 0
        with pytest.raises(Conflicting):
            await hub.generations.retry(first.id)


async def test_a_session_goes_from_stage_to_stage(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        session = await hub.sessions.create({"prompt": "a cat"}, flow_type="draft_grid")
        batch = await hub.batches.submit(BatchRequest(prompt="x", model_family="sd15", session_id=session.id))
        kept = (await hub.batches.wait(batch.batch_id)).generations[0].id
        advanced = await hub.sessions.advance(session.id, selected=[kept])
        assert (advanced.current_stage, [each.id for each in advanced.generations]) == (1, [kept])
        changed = await hub.sessions.change(session.id, config={"prompt": "two cats"})
        assert (changed.config, changed.current_stage) == ({"prompt": "two cats"}, 1)
        [listed] = (await hub.sessions.list()).sessions
        assert (listed.id, listed.flow_type, listed.completed_count) == (session.id, FlowType.DRAFT_GRID, 1)
        await hub.sessions.delete(session.id)
        with pytest.raises(NotFound) as nothing:
            await hub.sessions.get(session.id)
        assert nothing.value.code == "unknown_session"
        assert (await hub.sessions.restore(session.id)).id == session.id
        assert (await hub.sessions.get(session.id)).generations
        with pytest.raises(NotFound):
            await hub.sessions.restore(session.id)


async def test_what_happens_in_a_session_is_heard_and_resumed_by_its_number(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        session = await hub.sessions.create()
        request = BatchRequest(prompt="x", count=2, model_family="sd15", session_id=session.id)
        async with aclosing(hub.sessions.events(session.id)) as events:
            first = await anext(events)
            assert isinstance(first, Snapshot)
            assert {gpu.id for gpu in first.gpus} == {"fast", "slow"}
            await hub.batches.submit(request)
            heard = []
            async for event in events:
                heard.append(event)
                if isinstance(event, GenerationCompleted) and event.completed == 2:
                    break
        async with aclosing(hub.sessions.events(session.id, since=first.seq)) as again:
            assert [await anext(again) for _ in heard] == heard
        await hub.sessions.delete(session.id)
        with pytest.raises(NotFound):
            await anext(hub.sessions.events(session.id))


async def test_who_listens_to_a_session_that_is_deleted_is_told(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        session = await hub.sessions.create()
        async with aclosing(hub.sessions.events(session.id)) as events:
            await anext(events)
            await hub.sessions.delete(session.id)
            with pytest.raises(NotFound):
                async for _ in events:
                    pass


async def test_a_job_is_handed_in_followed_and_its_result_fetched(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        accepted = await hub.jobs.submit([DRAW, ENLARGE], returns={"large": "@t2.images[0]", "all": ["@t1.images"]})
        events = [event async for event in hub.jobs.events(accepted.job_id)]
        job = await hub.jobs.wait(accepted.job_id)
        assert isinstance(events[-1], JobChanged)
        assert (events[-1].status, events[-1].result) == (JobStatus.COMPLETE, job.result)
        done = {event.task_id: event.images for event in events if isinstance(event, TaskChanged) and event.images}
        assert done == {task.id: task.images for task in job.tasks}
        assert [task.depends_on for task in job.tasks] == [(), ("t1",)]
        assert job.pictures == (*job.tasks[1].images, *job.tasks[0].images)
        assert (await hub.generations.image(job.pictures[0]))[:4] == b"\x89PNG"
        rest = [event async for event in hub.jobs.events(accepted.job_id, after=events[2].id)]
        assert [each.id for each in rest] == [each.id for each in events[3:] if each.id in {one.id for one in rest}]
        assert [event async for event in hub.jobs.events(accepted.job_id, after=events[-1].id)] == []
        page = await hub.jobs.list(statuses=[JobStatus.COMPLETE])
        assert ([each.job_id for each in page.jobs], page.total) == ([accepted.job_id], 1)
        assert (await hub.jobs.list(statuses=["failed"])).total == 0


async def test_a_key_that_is_sent_again_is_one_job_and_a_mistake_has_its_place(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        twice = [(await hub.jobs.submit([DRAW], idempotency_key="mine")).job_id for _ in range(2)]
        assert len(set(twice)) == 1
        with pytest.raises(InvalidRequest) as refused:
            await hub.jobs.submit([DRAW, Task("t2", "upscale.esrgan", {"image": "@t1.pictures"})])
        assert refused.value.code == "invalid_job"
        assert [each.pointer for each in refused.value.problems] == ["/payload/tasks/1/inputs/image"]
        with pytest.raises(CannotBeSent):
            await hub.jobs.submit([Task("t1", "sd15.text2img", {"prompt": float("nan")})])
        assert (await hub.jobs.list()).total == 1


async def test_what_is_under_way_is_cancelled(tmp_path: Path) -> None:
    fleet = FakeFleet(instant=False)
    settings = settings_for(tmp_path)
    async with (
        open_hub(settings, fleet) as opened,
        served(opened, settings) as address,
        AsyncHubClient(f"http://{address}") as hub,
        deadline(),
    ):
        job_id = (await hub.jobs.submit([DRAW])).job_id
        batch = await hub.batches.submit(CATS)
        with pytest.raises(TimeoutError):
            await hub.jobs.wait(job_id, timeout_seconds=0.01)
        await eventually(lambda: fleet["fast"].running)
        assert (await hub.jobs.cancel(job_id)).status is JobStatus.CANCELLED
        cancelled = await hub.generations.cancel(batch.generations[0].id)
        assert cancelled.status is GenerationStatus.CANCELLED
        waiting = asyncio.create_task(hub.batches.wait(batch.batch_id))
        assert (await hub.batches.cancel(batch.batch_id)).over
        assert (await waiting).status is BatchStatus.CANCELLED


async def test_an_upload_is_used_by_a_job_and_can_be_looked_at(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        artifact = await hub.artifacts.upload(png(size=(60, 40)))
        assert (artifact.width, artifact.height) == (60, 40)
        with Image.open(io.BytesIO(await hub.artifacts.get(artifact.artifact_id))) as stored:
            assert stored.size == (60, 40)
        accepted = await hub.jobs.submit([Task("up", "upscale.esrgan", {"image": artifact.reference})])
        assert (await hub.jobs.wait(accepted.job_id)).status is JobStatus.COMPLETE
        with pytest.raises(InvalidRequest) as refused:
            await hub.artifacts.upload(b"no picture")
        assert refused.value.code == "invalid_picture"


async def test_what_the_hub_can_do_and_has_is_told(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        types = {each.type: each for each in await hub.discovery.task_types()}
        assert types["sd15.inpaint"].inputs_schema["required"] == ["image", "mask", "prompt"]
        assert set((await hub.discovery.job_schema())["$defs"]) == set(types)
        catalog = await hub.discovery.catalog()
        assert [each.name for each in catalog.families] == ["sd15", "sdxl"]
        assert [gpu.id for gpu in (await hub.discovery.fleet()).gpus] == ["fast", "slow"]


async def test_the_queue_is_paused_moved_in_and_let_go_on(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        assert (await hub.queue.pause()).paused
        batch = await hub.batches.submit(CATS)
        other = await hub.batches.submit(CATS)
        moved = await hub.queue.move("front", batch_id=other.batch_id)
        assert (moved.waiting[0].batch_id, moved.queued) == (other.batch_id, 6)
        first = await hub.queue.move("front", generation_ids=[batch.generations[2].id])
        assert first.waiting[0].generation_id == batch.generations[2].id
        assert not (await hub.queue.resume()).paused


async def test_without_an_event_loop_it_is_the_same(served_hub: Served) -> None:
    def story() -> tuple[list[str], int, JobStatus]:
        with HubClient(served_hub.url) as hub:
            artifact = hub.artifacts.upload(png())
            tasks = [DRAW, Task("t2", "upscale.esrgan", {"image": artifact.reference})]
            job_id = hub.jobs.submit(tasks).job_id
            heard = [event.id for event in hub.jobs.events(job_id)]
            session = hub.sessions.create()
            batch = hub.batches.submit(BatchRequest(prompt="x", model_family="sd15", session_id=session.id))
            batch = hub.batches.wait(batch.batch_id, timeout_seconds=HANG_SECONDS)
            first = next(iter(hub.sessions.events(session.id)))
            assert isinstance(first, Snapshot)
            with pytest.raises(NotFound):
                hub.jobs.get("nothing")
            with pytest.raises(HubRefused, match="prompt"):
                hub.jobs.submit([Task("t1", "sd15.text2img")])
            return heard, len(hub.generations.image(batch.generations[0])), hub.jobs.get(job_id).status

    async with deadline():
        heard, size, status = await asyncio.to_thread(story)
    assert heard == list(dict.fromkeys(heard))
    assert (size > 0, status) == (True, JobStatus.COMPLETE)


async def test_the_key_opens_the_hub_and_another_one_does_not(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, api_key=SecretStr("correct horse battery staple"))
    async with open_hub(settings, FakeFleet()) as opened, served(opened, settings) as address, deadline():
        async with AsyncHubClient(f"http://{address}", api_key="correct horse battery staple") as hub:
            session = await hub.sessions.create()
            async with aclosing(hub.sessions.events(session.id)) as events:
                assert isinstance(await anext(events), Snapshot)
        for key in (None, "another key altogether"):
            async with AsyncHubClient(f"http://{address}", api_key=key) as hub:
                with pytest.raises(KeyRefused):
                    await hub.discovery.fleet()
                with pytest.raises(KeyRefused):
                    await anext(hub.sessions.events(session.id))
                with pytest.raises(KeyRefused):
                    await anext(hub.jobs.events("any"))


@pytest.mark.parametrize(
    ("url", "key"),
    [("localhost:8001", None), ("ftp://x", None), ("http://", None), ("http://[", None), ("http://x", "ключ")],
)
def test_what_can_be_no_address_is_told_at_once(url: str, key: str | None) -> None:
    with pytest.raises(WrongAddress):
        HubClient(url, api_key=key)


async def test_who_never_answered_is_not_waited_for() -> None:
    async with AsyncHubClient("http://127.0.0.1:9", patience_seconds=600) as hub, deadline():
        with pytest.raises(HubAway, match=r"http://127\.0\.0\.1:9"):
            await hub.discovery.fleet()
        with pytest.raises(HubAway):
            await anext(hub.jobs.events("any"))
        with pytest.raises(HubAway):
            await anext(hub.sessions.events("any"))


async def test_somebody_elses_server_is_told_to_be_none() -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nConnection: close\r\n\r\n<p>no")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, AsyncHubClient(f"http://127.0.0.1:{port}") as hub, deadline():
        with pytest.raises(NotUnderstood, match="is it really"):
            await hub.discovery.fleet()
        with pytest.raises(NotUnderstood):
            await anext(hub.jobs.events("any"))
        with pytest.raises(NotUnderstood):
            await anext(hub.sessions.events("any"))


def test_an_answer_of_another_version_is_passed_over_or_told() -> None:
    picture = {"generation_id": "g", "image_url": "/i", "thumbnail_url": "/t", "width": 1, "height": 1, "seed": 1}
    newer = decode(Picture, {**picture, "node_id": None, "mood": "sunny"})
    assert newer.generation_id == "g"

    with pytest.raises(ClientError, match="node_id"):
        decode(Picture, picture)


async def test_a_batch_with_a_file_of_a_newer_type_is_understood(served_hub: Served) -> None:
    async with AsyncHubClient(served_hub.url) as hub, deadline():
        batch = await hub.batches.wait((await hub.batches.submit(CATS)).batch_id)
    async with httpx.AsyncClient(base_url=served_hub.url) as http:
        answer = (await http.get(f"/api/generations/{batch.generations[0].id}")).json()
    answer["media_type"] = answer["images"][0]["media_type"] = "image/avif"
    newer = decode(Generation, answer)
    assert (newer.media_type, newer.images[0].media_type) == ("image/avif", "image/avif")
    assert decode(Generation, {**answer, "media_type": "image/webp"}).media_type is MediaType.WEBP
