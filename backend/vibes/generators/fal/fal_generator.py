"""What all of fal's generators do: submit once, write that down, follow to the end, also after a restart."""

import asyncio
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, ClassVar

from vibes.generators.errors import Cancelled, GeneratorError, MaybePaid, Moderated
from vibes.generators.fal.answers import Accepted
from vibes.generators.fal.config import FalConfig
from vibes.generators.fal.following import Following
from vibes.generators.fal.queue import FalQueue
from vibes.generators.fal.storage import FalStorage
from vibes.generators.found import Found, Running, Waiting
from vibes.generators.generator import REMEMBERED, ImageGenerator
from vibes.generators.given import media_type_of
from vibes.generators.hosted.http import Connections
from vibes.generators.hosted.once import Follow, Once, Take, is_there
from vibes.generators.hosted.pictures import NoPicture, fetched, written
from vibes.generators.journal import Entry, Stage
from vibes.generators.observing import SafeObserver
from vibes.generators.wanted import Wanted, wanted

_CANCEL_SECONDS = 5.0
"""That are waited for a picture to end after fal was asked to cancel it."""
_FIND_SECONDS = 10.0
"""That are waited for news of a picture that nobody followed."""
_NEWS_SECONDS = 60.0
"""After so long it makes sense to ask again for a picture whose fate fal could not tell."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a model's answer says of its picture."""

    url: str = field(repr=False)
    details: Mapping[str, Any] = field(default_factory=dict)
    flagged: bool = False
    """The safety checker blacked it out."""


@dataclass(eq=False, slots=True)
class _Followed:
    following: Following
    task: asyncio.Task[str]


class FalGenerator(ImageGenerator):
    """A subclass says what it `offers`, which arguments its model takes and what that answers.

    A request that fal has accepted is followed by a task of its own: it goes on when its caller is cancelled (fal is
    asked to cancel it then), and begins again after a restart, so that the journal learns how it ends.
    """

    tells_when_it_starts: ClassVar[bool] = True
    config: FalConfig

    def _configure(self, config: FalConfig, **kwargs: Any) -> None:
        self._fresh, self._kept = (Connections(kept=kept, key=config.key) for kept in (False, True))
        self._once = Once(self.journal, charges=self.charges)
        self._storage = FalStorage(config, self._kept)
        self._at_fal = FalQueue(config, self._endpoint, self._fresh, self._kept)
        self._followed: dict[str, _Followed] = {}
        self._over: dict[str, float] = {}
        """When requests were followed to their end, by the loop's clock."""
        self._stopping = False

    @property
    @abstractmethod
    def _endpoint(self) -> str:
        """Name of the model at fal."""

    @abstractmethod
    async def _arguments(self, request: Wanted) -> dict[str, Any]:
        """What the model is told; pictures are brought to fal for that. Raises a GeneratorError."""

    @abstractmethod
    def _drawn(self, answer: Any) -> Drawn | None:
        """What the model answered; None where no picture is in it."""

    def _ignored(self, request: Wanted) -> tuple[str, ...]:
        """Parameters that were given, and that the model has no input for."""
        return ()

    @property
    def provider(self) -> str:
        return "fal"

    @property
    def charges(self) -> bool:
        return bool(self.config.price_usd != 0)

    async def start(self) -> None:
        """Also follows again what fal had accepted before."""
        self._stopping = False
        await asyncio.gather(self._fresh.open(), self._kept.open())
        await super().start()
        await self.journal.tidy()
        for entry in await self.journal.open_entries():
            if entry.stage is Stage.ACCEPTED:
                self._follow(entry.request_id, entry.receipt, SafeObserver(None))

    async def stop(self) -> None:
        """What fal has accepted goes on there, and is followed again by the next start."""
        self._stopping = True
        await super().stop()
        tasks = [each.task for each in self._followed.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(self._fresh.close(), self._kept.close())

    async def test_connection(self) -> dict[str, Any]:
        """Whether the key is taken; costs nothing."""
        state = await super().test_connection()
        if state["status"] == "healthy":
            try:
                await self._storage.check()
            except GeneratorError as error:
                return {"status": "unhealthy", "error": str(error), "code": error.code}
        return state

    async def _generate_image_impl(self, prompt: str, **kwargs: Any) -> str:
        request = await wanted(prompt, kwargs)
        step = await self._once.step(request.request_id)
        if isinstance(step, Take):
            if not await is_there(step.path):
                raise MaybePaid("it was drawn before, and its picture is no longer there")
            request.observer.result(step.details)
            return step.path
        known = self._followed.get(request.request_id)
        if known is None:
            receipt = step.receipt if isinstance(step, Follow) else await self._submitted(request)
            known = self._follow(request.request_id, receipt, request.observer)
        return await self._awaited(known)

    async def _submitted(self, request: Wanted) -> Mapping[str, Any]:
        """Where the caller goes while the answer is awaited, what fal has accepted is cancelled there."""
        try:
            return await self._submit(request)
        except asyncio.CancelledError:
            entry = await self.journal.entry(request.request_id)
            if not self._stopping and entry is not None and entry.stage is Stage.ACCEPTED:
                await self._follow(entry.request_id, entry.receipt, SafeObserver(None)).following.cancel()
            raise

    async def _submit(self, request: Wanted) -> Mapping[str, Any]:
        self._validate_wanted(request)
        arguments = await self._arguments(request)
        intent = {"endpoint": self._endpoint, "prompt": request.prompt[:200]}

        async def post() -> Mapping[str, Any]:
            accepted = await self._at_fal.submit(arguments)
            receipt = {**asdict(accepted), "sub_dir": request.sub_dir, "ignored": [*self._ignored(request)]}
            await self._once.accepted(request.request_id, receipt)
            return receipt

        return await self._once.send(request.request_id, intent, post)

    def _follow(self, request_id: str, receipt: Mapping[str, Any], observer: SafeObserver) -> _Followed:
        accepted = Accepted(*(str(receipt.get(name, "")) for name in Accepted.__slots__))
        following = Following(self.config, self._at_fal, accepted, observer)
        task = asyncio.get_running_loop().create_task(self._finished(request_id, receipt, following, observer))
        followed = self._followed[request_id] = _Followed(following, task)
        task.add_done_callback(lambda ended: self._no_longer(request_id, ended))
        return followed

    def _no_longer(self, request_id: str, task: asyncio.Task[str]) -> None:
        self._followed.pop(request_id, None)
        if not task.cancelled():
            task.exception()  # it is written down; who waited for it has it, too
            self._over[request_id] = asyncio.get_running_loop().time()
            if len(self._over) > REMEMBERED:
                del self._over[next(iter(self._over))]

    async def _awaited(self, followed: _Followed) -> str:
        try:
            return await asyncio.shield(followed.task)
        except asyncio.CancelledError:
            if not self._stopping and not followed.task.done():
                await followed.following.cancel()
            raise

    async def _finished(
        self, request_id: str, receipt: Mapping[str, Any], following: Following, observer: SafeObserver
    ) -> str:
        """The path of its picture, written down."""
        try:
            drawn = await self._answered(request_id, receipt, following)
            if drawn.flagged:
                observer.result(self._price)
                raise Moderated("fal's safety checker blacked the picture out")
            path, details = await self._kept_picture(request_id, receipt, drawn)
        except GeneratorError as error:
            raise await self._once.failed(request_id, error) from error
        observer.result(details)
        await self._once.done(request_id, path, details)
        return path

    async def _answered(self, request_id: str, receipt: Mapping[str, Any], following: Following) -> Drawn:
        """Where the picture is; by the journal, where fal has said so before: it forgets answers sooner than files."""
        if "picture" in receipt:
            return Drawn(**receipt["picture"])
        drawn = self._drawn(await following.to_its_end())
        if drawn is None:
            raise MaybePaid("fal's answer has no picture")
        if not drawn.url.startswith("data:"):
            told = {"url": drawn.url, "details": dict(drawn.details), "flagged": drawn.flagged}
            await self._once.accepted(request_id, {**receipt, "picture": told})
        return drawn

    async def _kept_picture(
        self, request_id: str, receipt: Mapping[str, Any], drawn: Drawn
    ) -> tuple[str, dict[str, Any]]:
        plain = self.config.queue_url.startswith("http://")
        try:
            picture = await fetched(self._kept, drawn.url, self.config.download, plain=plain)
        except NoPicture as error:
            raise MaybePaid(f"fal drew it, but {error}") from error
        new_path = partial(self._get_output_path, request_id=request_id, sub_dir=receipt.get("sub_dir"))
        path = await written(picture, new_path)
        ignored = {"ignored": receipt["ignored"]} if receipt.get("ignored") else {}
        media = {"media_type": media_type_of(picture)}
        return path, {**media, **self._price, **drawn.details, **ignored}

    @property
    def _price(self) -> dict[str, Any]:
        return {} if self.config.price_usd is None else {"cost_usd": self.config.price_usd}

    async def cancel_request(self, request_id: str) -> bool:
        """In the queue here or at fal it is gone; what runs at fal may come to its end all the same, and then does."""
        followed = self._followed.get(request_id)
        if followed is None:
            return await super().cancel_request(request_id)
        if not await followed.following.cancel():
            return False
        await asyncio.wait({followed.task}, timeout=_CANCEL_SECONDS)
        if not _is_cancelled(followed.task):
            return False
        await super().cancel_request(request_id)  # so that its caller knows too, before this is told
        return True

    async def find_request(self, request_id: str) -> Found:
        """Asks fal where only fal can know."""
        followed = self._followed.get(request_id)
        if followed is not None:
            return followed.following.where
        found = await super().find_request(request_id)
        if isinstance(found, Waiting | Running):
            return found
        entry = await self.journal.entry(request_id)
        return found if entry is None else await self._found(entry)

    async def _found(self, entry: Entry) -> Found:
        open_still = entry.receipt and entry.stage in {Stage.ACCEPTED, Stage.UNCLEAR}
        since = asyncio.get_running_loop().time() - self._over.get(entry.request_id, -_NEWS_SECONDS)
        if not open_still or since < _NEWS_SECONDS:
            return await self._once.found(entry.request_id) or entry.found()
        followed = self._follow(entry.request_id, entry.receipt, SafeObserver(None))
        await asyncio.wait({followed.task}, timeout=_FIND_SECONDS)
        found = await self._once.found(entry.request_id) if followed.task.done() else None
        return found or followed.following.where


def _is_cancelled(task: asyncio.Task[str]) -> bool:
    return task.done() and not task.cancelled() and isinstance(task.exception(), Cancelled)
