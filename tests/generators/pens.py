"""A generator for the tests of the base class: it draws when the test says so."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.generator import ImageGenerator


class PenConfig(BaseGeneratorConfig):
    strategy: str = "pen"
    colour: str = "blue"


class Pen(ImageGenerator):
    """Each prompt is a stroke that lasts until `lift`, or ends with the error that is put into ``ends``."""

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = {
        GeneratorCapabilities.IMAGE_TO_IMAGE,
        GeneratorCapabilities.SEEDS,
    }

    def _configure(self, config: PenConfig, **kwargs: Any) -> None:
        self.given = kwargs
        self.drawn: list[str] = []
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.ends: list[Exception] = []

    def lift(self) -> None:
        self.gate.set()

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        self._validate_prompt(prompt)
        self.drawn.append(prompt)
        self.begun.set()
        await self.gate.wait()
        if self.ends:
            raise self.ends.pop(0)
        path = self._get_output_path("png", request_id=kwargs["request_id"], sub_dir=kwargs.get("sub_dir"))
        await asyncio.to_thread(Path(path).write_text, prompt)
        return path
