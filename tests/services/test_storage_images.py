"""A generation's images: stored with it, read with it, and none of their files forgotten when it goes."""

from collections.abc import Sequence

from tests.factories import NOON, begin_attempt, make_image, remove, store_batch
from vibes.domain.generation import Generation, StoredImage
from vibes.domain.pictures.media_type import MediaType
from vibes.ports.storage import Storage


def three_images(generation: Generation) -> list[StoredImage]:
    kinds = (MediaType.WEBP, MediaType.PNG, MediaType.MP4)
    return [
        make_image(
            image_path=f"{generation.session_id}/{generation.id}_{index}{kind.suffix}",
            thumbnail_path=f"{generation.session_id}/{generation.id}_{index}_thumb.jpg",
            media_type=kind,
            graph_node=str(9 + index),
        )
        for index, kind in enumerate(kinds)
    ]


async def complete(storage: Storage, images: Sequence[StoredImage] | None = None) -> Generation:
    (generation,) = await store_batch(storage)
    attempt = await begin_attempt(storage, generation)
    images = three_images(generation) if images is None else images
    assert await storage.attempts.win(attempt.id, images, generation_time_ms=1, at=NOON)
    found = await storage.generations.get(generation.id)
    assert found is not None
    return found


async def test_all_images_come_back_in_their_order_wherever_the_generation_is_read(storage: Storage) -> None:
    generation = await complete(storage)
    assert list(generation.images) == three_images(generation)
    assert generation.image == generation.images[0]
    assert await storage.generations.of_session(generation.session_id) == [generation]
    assert await storage.generations.of_batch(generation.batch_id) == [generation]


async def test_every_file_is_named_while_its_row_is_there_and_doomed_when_it_goes(storage: Storage) -> None:
    generation, other = await complete(storage), await complete(storage, [make_image()])
    paths = [path for each in generation.images for path in (each.image_path, each.thumbnail_path)]
    assert await storage.generations.file_paths(generation.session_id) == set(paths)
    await remove(storage, [generation])
    assert sorted(await storage.doomed_files.some()) == sorted(paths)
    assert await storage.generations.file_paths(generation.session_id) == frozenset()
    assert await storage.sessions.delete(other.session_id)
    assert len(await storage.doomed_files.some()) == len(paths) + 2
