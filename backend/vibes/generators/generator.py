"""The base of everything that can draw: its queue, its life and its names. A subclass draws one picture at a time."""

import asyncio
from abc import ABC, abstractmethod
from collections import OrderedDict
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

from vibes.generators.capabilities import GeneratorCapabilities
from vibes.generators.chance import new_request_id
from vibes.generators.config import BaseGeneratorConfig
from vibes.generators.errors import Crashed, GeneratorError, InvalidInput, MaybePaid
from vibes.generators.found import Done, Failed, Found, Running, Unclear, Waiting
from vibes.generators.journal import Journal
from vibes.generators.observing import SafeObserver
from vibes.generators.offers import Asked, ModelOffer, Offers, operations_of, reasons_against
from vibes.generators.paths import folder_within, output_path
from vibes.generators.queue import Request, RequestQueue
from vibes.generators.retries import Retries, with_retries
from vibes.generators.wanted import Wanted

__all__ = ["GeneratorCapabilities", "ImageGenerator"]


REMEMBERED = 200
"""Ended requests whose outcome is still told; the journal remembers more, of generators that keep one."""


class ImageGenerator(ABC):
    """A subclass has `_configure` and `_generate_image_impl`, and declares its `supported_capabilities`. Whatever else
    it overrides calls the method here as well (`start`, `stop`) or replaces it.

    ``config``: its settings; ``output_dir``: where its pictures go, made when it is needed; ``max_concurrent``:
    pictures at the same time, the configured number where it is None; ``state_folder``: where a generator that charges
    keeps its journal, by default within the output folder; all else goes to `_configure`. Does no I/O.
    """

    supported_capabilities: ClassVar[set[GeneratorCapabilities]] = set()
    """The most that it can do, whatever its model and settings."""
    tells_when_it_starts: ClassVar[bool] = False
    """True: it calls its observer's ``started`` itself, when its provider begins. Otherwise that is told when the
    request leaves the queue here."""

    def __init__(
        self,
        config: Any,
        output_dir: str | Path = "generated",
        max_concurrent: int | None = None,
        *,
        state_folder: Path | None = None,
        **kwargs: Any,
    ) -> None:
        if max_concurrent is not None and max_concurrent < 1:
            raise ValueError("max_concurrent must be 1 or more")
        base = config if isinstance(config, BaseGeneratorConfig) else BaseGeneratorConfig(strategy=type(self).__name__)
        self.config = config
        self.name = base.strategy
        self.output_dir = Path(output_dir)
        self.journal = Journal(state_folder or self.output_dir / ".requests")
        self._prefix = base.output_prefix or base.strategy
        self._retries = Retries(more=base.retries, first_pause=base.retry_seconds)
        self._queue = RequestQueue(self._work, max_concurrent or base.max_concurrent, base.strategy)
        self._ended: OrderedDict[str, Found] = OrderedDict()
        self._configure(config, **kwargs)

    @abstractmethod
    def _configure(self, config: Any, **kwargs: Any) -> None:
        """Take over the settings; no I/O."""

    @abstractmethod
    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        """Draw one picture and return its path, which `_get_output_path` gives. Called on the loop of `start`, at most
        `max_concurrent` times at once. ``request_id`` and ``observer`` (with all its methods) are always among
        ``kwargs``. Raises a `GeneratorError` that says what went wrong; `Unavailable` and `RateLimited` have it called
        again."""

    async def start(self) -> None:
        """Begin to carry out requests, on the present event loop. A subclass calls this first."""
        await self._queue.start()

    async def stop(self) -> None:
        """End: what waits fails, what runs is cancelled. A subclass calls this last. It can be started again."""
        await self._queue.stop(f"{self.name} was stopped")

    async def generate_image(self, prompt: str, **kwargs: Any) -> str:
        """The path of the picture, once it is its turn and it is drawn. Works from any thread and any event loop; a
        caller that is cancelled takes its request along, also one that is being drawn.

        All built-in generators understand ``negative_prompt, seed, width, height, steps, guidance_scale, sampler,
        scheduler, model, loras=[{"name", "strength"}], image`` (path or bytes) ``, image_b64, strength, mask,
        depth_map, depth_map_b64, controlnet_strength, request_id, sub_dir, observer``, and what they cannot do of it is
        told by `refuses`. Raises the errors of `vibes.generators.errors`.
        """
        request_id = str(kwargs.get("request_id") or new_request_id())
        observer = SafeObserver(kwargs.get("observer"))
        options = {**kwargs, "request_id": request_id, "observer": observer}
        request = Request(request_id, prompt, options, observer)
        self._queue.submit(request)
        return await asyncio.wrap_future(request.answer)

    async def clear_pending_requests(self, reason: str = "its queue was cleared") -> int:
        """Let all that wait fail with this reason, as `Unavailable`: none of them was begun. What is being drawn goes
        on. Returns how many there were."""
        return self._queue.clear(reason)

    async def restart_queue_processor(self) -> None:
        """Take up what waits anew, after a recovery; begins on the present event loop where it was not started, or
        where its loop has ended. What is being drawn goes on."""
        await self._queue.restart()

    def get_queue_stats(self) -> dict[str, Any]:
        """``started``, ``processor_running``, ``max_concurrent``, ``pending``, ``running`` and, since it was made,
        ``total_requests``, ``successful_requests``, ``failed_requests``, ``cancelled_requests``."""
        return self._queue.stats()

    async def test_connection(self) -> dict[str, Any]:
        """``status``: ``healthy`` or ``unhealthy``, then with an ``error`` and, where it is known, the ``code`` of a
        `GeneratorError`: misconfigured where a person must mend something, unavailable where it passes by itself;
        whatever else is worth knowing. Never raises."""
        if self._queue.stats()["started"]:
            return {"status": "healthy"}
        return {"status": "unhealthy", "error": f"{self.name} is not started", "code": "unavailable"}

    def supports_capability(self, capability: GeneratorCapabilities) -> bool:
        return capability in self.get_supported_capabilities()

    def get_supported_capabilities(self) -> set[GeneratorCapabilities]:
        """What one of its models can do with its settings; a class that overrides `offers` may declare more."""
        return {each for model in self.offers().models for each in model.capabilities}

    def offers(self) -> Offers:
        """What it offers with its settings. Pure. Here: one model of any size that can all that the class declares."""
        name = getattr(self.config, "model_name", None) or self.name
        model = ModelOffer(
            name=str(name),
            operations=operations_of(self.supported_capabilities),
            capabilities=frozenset(self.supported_capabilities),
            price_usd=None if self.charges else 0.0,
        )
        return Offers(models=(model,), concurrency=self.max_concurrent)

    def refuses(self, request: Asked) -> tuple[str, ...]:
        """Why it would not draw this, each the end of a sentence that begins with its name. Pure."""
        return reasons_against(request, self.offers())

    async def cancel_request(self, request_id: str) -> bool:
        """Whether it has ended without a picture by this; False: it could not be stopped, or is not here."""
        return await self._queue.cancel(request_id, "cancelled")

    async def take_back_request(self, request_id: str) -> bool:
        """Whether it waited and will never begin."""
        return self._queue.withdraw(request_id, "taken back")

    async def find_request(self, request_id: str) -> Found:
        """Where it is: by the queue, by what is remembered, by the journal."""
        position = self._queue.position(request_id)
        if position is not None:
            return Waiting(position)
        if self._queue.is_running(request_id):
            return Running()
        return self._ended.get(request_id) or await self.journal.found(request_id)

    @property
    def provider(self) -> str:
        """Who draws, where several generators ask the same one: what it refuses for its content none of them need be
        asked for. Empty: nobody but this generator."""
        return ""

    @property
    def charges(self) -> bool:
        """Whether a picture costs money."""
        return False

    @property
    def max_concurrent(self) -> int:
        return self._queue.max_concurrent

    @property
    def _total_requests(self) -> int:
        return self._queue.counts.total

    @property
    def _successful_requests(self) -> int:
        return self._queue.counts.successful

    def _get_output_path(self, extension: str, *, request_id: str | None = None, sub_dir: str | None = None) -> str:
        """A new file in the output folder, or in a folder within it, named after the request; its folder is there."""
        name = f"{self._prefix}-{request_id or new_request_id()}"
        return str(output_path(self.output_dir, name, extension, sub_dir))

    def _validate_prompt(self, prompt: str) -> None:
        """InvalidInput, which is a ValueError too, where there is nothing to draw."""
        text: object = prompt
        if not isinstance(text, str) or not text.strip():
            raise InvalidInput("a prompt must say something")

    def _validate_wanted(self, wanted: Wanted) -> None:
        """InvalidInput where the prompt says nothing, the folder is none of its own, or with all reasons for which it
        `refuses` what is asked. Call it before anything is paid for."""
        self._validate_prompt(wanted.prompt)
        folder_within(self.output_dir, wanted.sub_dir)
        reasons = self.refuses(wanted.asked())
        if reasons:
            raise InvalidInput(f"{self.name} {', '.join(reasons)}")

    async def _work(self, request: Request) -> str:
        if not self.tells_when_it_starts:
            request.observer.started()
        ask = partial(self._generate_image_impl, request.prompt, **request.options)
        try:
            path = self._path_of(await with_retries(ask, self._retries, self.name))
        except Exception as error:  # whatever it is, it is how the request ended, and its caller is told too
            self._remember(request.id, self._ending(error))
            raise
        self._remember(request.id, Done(path, request.observer.details))
        return path

    def _path_of(self, returned: object) -> str:
        """Also of one that is no text, as code of others may return it."""
        if isinstance(returned, str | PathLike):
            return str(returned)
        error = MaybePaid if self.charges else Crashed
        raise error(f"{self.name} returned no path of a picture, but {type(returned).__name__}")

    def _ending(self, error: Exception) -> Found:
        """An error that is none of ours says nothing of money: who charges may have charged."""
        if isinstance(error, GeneratorError) and not isinstance(error, MaybePaid):
            return Failed(error.code, str(error))
        if isinstance(error, MaybePaid) or self.charges:
            return Unclear(str(error))
        return Failed(GeneratorError.code, str(error))

    def _remember(self, request_id: str, ended: Found) -> None:
        self._ended.pop(request_id, None)
        self._ended[request_id] = ended
        if len(self._ended) > REMEMBERED:
            self._ended.popitem(last=False)
