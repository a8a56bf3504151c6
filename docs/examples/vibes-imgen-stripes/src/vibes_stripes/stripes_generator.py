"""What draws: a prompt and a seed decide the colours of the stripes."""

import asyncio
import hashlib
import struct
import zlib
from pathlib import Path
from typing import Any, ClassVar

from vibes.generators.chance import new_seed
from vibes.generators.generator import GeneratorCapabilities, ImageGenerator
from vibes.generators.offers import ModelOffer, Offers, SizeRule
from vibes.generators.wanted import Wanted, wanted
from vibes_stripes.stripes_config import StripesConfig

STRIPE = 8
"""Pixels: a stripe's width, so widths are multiples of it."""


class StripesGenerator(ImageGenerator):
    """Draws the same stripes for the same prompt, seed and size."""

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = {GeneratorCapabilities.SEEDS}

    config: StripesConfig

    def _configure(self, config: StripesConfig, **kwargs: Any) -> None:
        """Nothing to prepare: ``self.config`` is there already."""

    def offers(self) -> Offers:
        """What the hub plans with, and what it tells people who ask for something else."""
        model = ModelOffer(
            name="stripes",
            capabilities=frozenset(self.supported_capabilities),
            sizes=SizeRule(multiple_of=STRIPE, most_side=2048),
            price_usd=0.0,
        )
        return Offers(models=(model,), concurrency=self.max_concurrent)

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        asked = await wanted(prompt, kwargs)
        self._validate_wanted(asked)
        seed = new_seed() if asked.seed is None else asked.seed
        for step in range(self.config.colours):
            await asyncio.sleep(self.config.seconds / self.config.colours)
            asked.observer.progress(step + 1, self.config.colours)
        asked.observer.result({"seed": seed, "media_type": "image/png", "reproducible": True})
        path = Path(self._get_output_path("png", request_id=asked.request_id, sub_dir=asked.sub_dir))
        await asyncio.to_thread(self._draw, asked, seed, path)  # what blocks belongs into a thread
        return str(path)

    def _draw(self, asked: Wanted, seed: int, path: Path) -> None:
        width, height = asked.width or 512, asked.height or 512
        hashed = hashlib.shake_256(f"{asked.prompt}\0{seed}".encode()).digest(3 * self.config.colours)
        colours = [hashed[start : start + 3] for start in range(0, len(hashed), 3)]
        row = b"".join(colours[x // STRIPE % len(colours)] for x in range(width))
        path.write_bytes(png(width, height, [row] * height))


def png(width: int, height: int, rows: list[bytes]) -> bytes:
    """Rows of red, green and blue bytes as a file."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
