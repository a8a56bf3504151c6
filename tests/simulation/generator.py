"""A generator of a story: several pictures at once, in the hub's own process, and every trouble that they tell."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from tests.simulation.pictures import colour_of_request, png_of
from vibes.documents.png_texts import with_text
from vibes.domain.nodes.node import NodeConfig
from vibes.generators import errors
from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.generator import ImageGenerator
from vibes.generators.offers import ModelOffer, Offers, operations_of
from vibes.nodes.generator.engine import Engine
from vibes.nodes.generator.files import GeneratorFiles
from vibes.nodes.generator.node import ImageGeneratorNode

SLOTS, STEPS = 3, 2
ANSWER_SECONDS = 10.0
RETRIES = 2
"""Of the generator itself, where that is safe."""
MODELS = {"v1-5-pruned-emaonly.safetensors": "sd15", "sd_xl_base_1.0.safetensors": "sdxl"}
"""Those of the machines, so that the same picture may be drawn here or there."""
REFUSED = "refused for its content"

TROUBLES: dict[str, Callable[[], errors.GeneratorError]] = {
    "unavailable": partial(errors.Unavailable, "nobody is in"),
    "rate_limited": partial(errors.RateLimited, "too much at once", 20.0),
    "out_of_credit": partial(errors.OutOfCredit, "the account is empty"),
    "misconfigured": partial(errors.Misconfigured, "the key is refused"),
    "moderated": partial(errors.Moderated, REFUSED),
    "crashed": partial(errors.Crashed, "it broke down"),
    "out_of_memory": partial(errors.OutOfMemory, "CUDA out of memory"),
}


@dataclass(eq=False)
class House:
    """What outlives the hub: whoever it is that draws."""

    folder: Path
    chance: random.Random
    note: Callable[[str], None]
    troubles: Counter[str] = field(default_factory=Counter)
    """So many of the next pictures end so."""
    drawn: Counter[str] = field(default_factory=Counter)

    def trouble(self) -> errors.GeneratorError | None:
        name = next((each for each, left in self.troubles.items() if left > 0), None)
        if name is None:
            return None
        self.troubles[name] -= 1
        return TROUBLES[name]()

    def node(self, config: NodeConfig) -> ImageGeneratorNode:
        files = GeneratorFiles(self.folder)
        settings = BaseGeneratorConfig(strategy="mock", max_concurrent=SLOTS, retries=RETRIES, retry_seconds=0.5)
        make = partial(SimulatedGenerator, settings, files.pictures, state_folder=files.requests, house=self)
        return ImageGeneratorNode(config, Engine(make, ANSWER_SECONDS), files, frozenset())


class SimulatedGenerator(ImageGenerator):
    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = {
        GeneratorCapabilities.IMAGE_TO_IMAGE,
        GeneratorCapabilities.NEGATIVE_PROMPTS,
        GeneratorCapabilities.SEEDS,
    }
    config: BaseGeneratorConfig

    def _configure(self, config: BaseGeneratorConfig, **kwargs: Any) -> None:
        self._house: House = kwargs["house"]

    def offers(self) -> Offers:
        can = frozenset(self.supported_capabilities)
        models = tuple(
            ModelOffer(name=name, family=family, operations=operations_of(can), capabilities=can)
            for name, family in MODELS.items()
        )
        return Offers(models=models, concurrency=self.max_concurrent)

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        house, request_id = self._house, kwargs["request_id"]
        house.drawn[request_id] += 1
        house.note(f"the house begins {request_id}")
        for step in range(STEPS):
            await asyncio.sleep(house.chance.uniform(0.3, 2.5))
            kwargs["observer"].progress(step + 1, STEPS)
        trouble = house.trouble()
        if trouble is not None:
            house.note(f"the house ends {request_id}: {trouble.code}")
            raise trouble
        path = self._get_output_path("png", request_id=request_id)
        await asyncio.to_thread(Path(path).write_bytes, _picture(prompt, kwargs))
        kwargs["observer"].result({"seed": kwargs["seed"]})
        house.note(f"the house ends {request_id}")
        return path


def _picture(prompt: str, options: dict[str, Any]) -> bytes:
    """By its colour alone it proves what it was drawn from; its text says the seed, as a ComfyUI's does."""
    images = {"image": Path(options["image"]).stem} if "image" in options else {}
    png = png_of(colour_of_request(prompt, options, images))
    return with_text(png, "prompt", json.dumps({"1": {"class_type": "House", "inputs": {"seed": options["seed"]}}}))
