"""Pictures are decoded in threads of their own, within a budget of memory, and nobody waits behind uploads."""

import asyncio
import threading
from contextlib import suppress

import pytest
from PIL import Image

from tests.pictures import header, png_of, ramp, saved
from tests.waiting import deadline, eventually
from vibes.documents.image_header import memory_needed
from vibes.services.media.decoding_pool import MEMORY_BYTES, DecodingPool, Lane

LARGEST = png_of(header(8000, 8000), b"")
SMALL = saved(ramp("RGB"))


class Hall:
    """Work that goes on until it is let go, and knows who was there at the same time."""

    def __init__(self) -> None:
        self.there: list[bytes] = []
        self.most = 0
        self.came: list[bytes] = []
        self.threads: set[str] = set()
        self._open = threading.Event()
        self._lock = threading.Lock()

    def stay(self, content: bytes) -> int:
        with self._lock:
            self.there.append(content)
            self.came.append(content)
            self.most = max(self.most, len(self.there))
            self.threads.add(threading.current_thread().name)
        self._open.wait(30)
        with self._lock:
            self.there.remove(content)
        return len(content)

    def open(self) -> None:
        self._open.set()


async def test_six_of_the_largest_pictures_are_decoded_one_after_the_other() -> None:
    hall, pool = Hall(), DecodingPool()
    assert memory_needed(LARGEST) == MEMORY_BYTES
    async with deadline():
        coming = [asyncio.create_task(pool.run(Lane.PEOPLE, LARGEST, hall.stay)) for _ in range(6)]
        await eventually(lambda: hall.there)
        hall.open()
        assert await asyncio.gather(*coming) == [len(LARGEST)] * 6
    assert hall.most == 1
    assert all(name.startswith("pictures-of-people") for name in hall.threads)
    pool.close()


async def test_small_pictures_are_decoded_side_by_side() -> None:
    hall, pool = Hall(), DecodingPool()
    async with deadline():
        coming = [asyncio.create_task(pool.run(Lane.NODES, SMALL, hall.stay)) for _ in range(2)]
        await eventually(lambda: hall.most == 2)
        hall.open()
        await asyncio.gather(*coming)
    pool.close()


async def test_what_nodes_made_waits_for_no_upload() -> None:
    uploads, made, pool = Hall(), Hall(), DecodingPool()
    async with deadline():
        coming = [asyncio.create_task(pool.run(Lane.PEOPLE, LARGEST, uploads.stay)) for _ in range(20)]
        await eventually(lambda: uploads.there)
        made.open()
        assert await pool.run(Lane.NODES, LARGEST, made.stay) == len(LARGEST)
        assert uploads.there, "they are at it all the while"
        uploads.open()
        await asyncio.gather(*coming)
    pool.close()


async def test_memory_is_kept_until_the_thread_is_done_although_nobody_waits_for_it_any_more() -> None:
    hall, pool = Hall(), DecodingPool()
    async with deadline():
        given_up = asyncio.create_task(pool.run(Lane.NODES, LARGEST, hall.stay))
        await eventually(lambda: hall.there)
        impatient = asyncio.create_task(pool.run(Lane.NODES, LARGEST + b"1", hall.stay))
        patient = asyncio.create_task(pool.run(Lane.NODES, LARGEST + b"22", hall.stay))
        await asyncio.sleep(0)
        for one in (given_up, impatient):
            one.cancel()
            with suppress(asyncio.CancelledError):
                await one
        assert hall.there == [LARGEST], "the thread cannot be stopped"
        hall.open()
        assert await patient == len(LARGEST) + 2
    assert hall.came == [LARGEST, LARGEST + b"22"]
    assert hall.most == 1
    pool.close()


async def test_work_that_breaks_gives_its_memory_back() -> None:
    def broken(_: bytes) -> None:
        raise ValueError("no picture")

    pool = DecodingPool()
    async with deadline():
        for _ in range(3):
            with pytest.raises(ValueError, match="no picture"):
                await pool.run(Lane.PEOPLE, LARGEST, broken)
        assert await pool.run(Lane.PEOPLE, LARGEST, len) == len(LARGEST)
    pool.close()


def frame(width: int, height: int, *, marker: int = 0xC2) -> bytes:
    size = height.to_bytes(2) + width.to_bytes(2)
    return b"\xff" + bytes([marker]) + b"\0\x0b\x08" + size + b"\x01\x01\x11\0"


SCAN = b"\xff\xda\0\x08\x01\x01\0\0\0\0" + b"\x12\xff\0\x34\xff\xd0\x56"

TRANSPARENT = Image.new("RGBA", (64, 64), (1, 2, 3, 100))

HEADERS = {
    "PNG": (png_of(header(300, 200), b""), 300 * 200 * 12),
    "JPEG": (saved(ramp("RGB"), "JPEG"), 64 * 64 * 12),
    "progressive JPEG": (saved(ramp("RGB"), "JPEG", progressive=True), 64 * 64 * 18),
    "WebP": (saved(ramp("RGB"), "WEBP"), 64 * 64 * 20),
    "WebP without loss": (saved(ramp("RGB"), "WEBP", lossless=True), 64 * 64 * 20),
    "WebP with alpha": (saved(TRANSPARENT, "WEBP"), 64 * 64 * 20),
    "text": (b"hello", 0),
    "nothing": (b"", 0),
    "cut": (b"\x89PNG\r\n\x1a\n\0", 0),
    "too large": (png_of(header(100_000, 100_000), b""), 0),
}


@pytest.mark.parametrize(("content", "needed"), HEADERS.values(), ids=list(HEADERS))
def test_a_header_tells_how_much_memory_the_picture_takes(content: bytes, needed: int) -> None:
    assert memory_needed(content) == needed
