"""``vibes generate``: submit, follow, download."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from math import inf
from pathlib import Path

from vibes.client import (
    AsyncHubClient,
    Batch,
    BatchRequest,
    ClientError,
    EventsBlocked,
    Generation,
    GenerationCancelled,
    GenerationCompleted,
    GenerationFailed,
    GenerationQueued,
    GenerationStarted,
    HubAddress,
    Preview,
    SessionEvent,
    Snapshot,
)
from vibes.client.events.silence import QUIET_SECONDS, with_silences
from vibes.commands.common.console import INTERRUPTED, escape_markup, fail, notes, out
from vibes.commands.common.hub_client import open_hub, submitted, with_advice
from vibes.commands.common.lora_option import lora_of
from vibes.commands.common.result_files import renamed, with_true_suffix, write_new
from vibes.commands.pictures.batch_display import BatchDisplay
from vibes.commands.pictures.contact_sheet import contact_sheet
from vibes.domain.generation import MAX_IMAGES, GenerationStatus
from vibes.domain.money import MicroUsd, parse_usd, shown_usd

LIGHTEST_FIRST = ("sd15", "sdxl", "illustrious", "pony", "z-image", "flux", "qwen-image")
SHEET_NAME = "contact-sheet.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOptions:
    """The options as typed."""

    prompt: str
    count: int
    out: Path
    negative: str | None
    family: str | None
    task: str
    width: int | None
    height: int | None
    steps: int | None
    cfg: float | None
    seed: int | None
    loras: tuple[str, ...]
    styles: tuple[str, ...]
    wildcards: bool
    checkpoint: str | None
    workflow: str | None
    gpu: str | None
    max_cost: str | None
    session: str | None
    resume: str | None
    overwrite: bool
    """Whether existing pictures of the same names are replaced."""
    metadata: bool = True
    """Whether they are saved with what they were made with; their names tell the seed then."""

    def request(self) -> BatchRequest:
        """The request; options that were not given are left to the hub."""
        return BatchRequest(
            prompt=self.prompt,
            negative_prompt=self.negative,
            model_family=self.family,
            task_type=self.task,
            count=self.count,
            width=self.width,
            height=self.height,
            steps=self.steps,
            cfg_scale=self.cfg,
            seed=self.seed,
            checkpoint=self.checkpoint,
            workflow=self.workflow,
            preferred_gpu=self.gpu,
            max_cost_usd=self.max_cost,
            session_id=self.session,
            loras=tuple(map(lora_of, self.loras)),
            styles=self.styles,
            wildcards=self.wildcards,
        )


@dataclass(slots=True)
class _Following:
    """What is known of the batch, updated by events and, after a gap, by asking the hub."""

    batch_id: str = field(init=False, default="")
    session_id: str = field(init=False, default="")
    generations: dict[str, Generation] = field(init=False, default_factory=dict)
    saved: dict[str, Path] = field(init=False, default_factory=dict)
    """By generation: where the image that is shown is saved."""
    files: dict[str, Path] = field(init=False, default_factory=dict)
    """By intended name: where the file is."""
    display: BatchDisplay | None = field(init=False, default=None)
    blocked: bool = field(init=False, default=False)
    """True while no WebSocket comes through to the hub."""
    told: bool = field(init=False, default=False)
    """True once the person was told that the hub is asked instead."""

    def accepted(self, batch: Batch) -> None:
        self.batch_id, self.session_id = batch.batch_id, batch.session_id
        self.generations = {each.id: each for each in batch.generations}
        for model in batch.models:
            notes.print(f"{escape_markup(model.file)}: {escape_markup(model.why)}", highlight=False, soft_wrap=True)

    def finished(self) -> bool:
        return all(generation.status.terminal for generation in self.generations.values())

    def away(self, error: ClientError) -> None:
        if isinstance(error, EventsBlocked):
            self.blocked = True
        elif self.display is not None:
            self.display.away()


async def run_generate(options: GenerateOptions, address: HubAddress) -> int:
    """Exit status: 0 when every picture was made, 1 when some were not."""
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"cannot write to {options.out}: {error.strerror}", code=2)
    following = _Following()
    try:
        async with open_hub(address, patience_seconds=inf, on_away=following.away) as hub:
            if options.resume:
                following.accepted(await hub.batches.get(options.resume))
            else:
                request = await of_a_family(hub, options.request())
                await submitted(hub.batches.submit(request), following.accepted)
            await _follow_to_the_end(hub, following, options)
    except ClientError as error:
        _say_how_to_come_back(following, options)
        fail(with_advice(str(error), options.max_cost))
    except asyncio.CancelledError:
        _say_how_to_come_back(following, options)
        return INTERRUPTED
    return _report(following, options)


async def of_a_family(hub: AsyncHubClient, request: BatchRequest) -> BatchRequest:
    """The request, with the lightest family that the fleet can draw if nothing in it determines one."""
    if request.model_family or request.checkpoint or request.workflow:
        return request
    there = {each.family for each in (await hub.discovery.models()).families if each.from_text.file is not None}
    return replace(request, model_family=next((each for each in LIGHTEST_FIRST if each in there), LIGHTEST_FIRST[0]))


def _say_how_to_come_back(following: _Following, options: GenerateOptions) -> None:
    if not following.batch_id:
        return
    notes.print(
        "\nThe hub keeps the batch. Come back with:\n"
        f"  vibes generate --resume {following.batch_id} --out {options.out}",
        highlight=False,
        soft_wrap=True,
    )


async def _follow_to_the_end(hub: AsyncHubClient, following: _Following, options: GenerateOptions) -> None:
    gpus = (await hub.discovery.fleet()).gpus
    with BatchDisplay(following.batch_id, gpus, following.generations) as display:
        following.display = display
        await _save_new(hub, following, options)
        if not following.finished():
            async with aclosing(with_silences(_events(hub, following.session_id))) as events:
                async for event in events:
                    if event is None:
                        await _ask(hub, following)
                    else:
                        _apply(following, event)
                        display.show(event)
                    await _save_new(hub, following, options)
                    if following.finished():
                        break
        await _refresh(hub, following)
        await _save_new(hub, following, options)


async def _events(hub: AsyncHubClient, session_id: str) -> AsyncGenerator[SessionEvent, None]:
    async with aclosing(hub.sessions.events(session_id)) as events:
        async for event in events:
            if not isinstance(event, Preview):
                yield event


def _apply(following: _Following, event: SessionEvent) -> None:
    if isinstance(event, Snapshot):
        for told in event.session.generations:
            if told.id in following.generations:
                following.generations[told.id] = told
        return
    generation = following.generations.get(getattr(event, "generation_id", ""))
    if generation is not None:
        following.generations[generation.id] = _after(generation, event)


def _after(generation: Generation, event: SessionEvent) -> Generation:
    match event:
        case GenerationCompleted(image_url=image_url, node_id=node_id):
            return replace(generation, status=GenerationStatus.COMPLETE, image_url=image_url, gpu_id=node_id)
        case GenerationFailed(message=message):
            return replace(generation, status=GenerationStatus.FAILED, error_message=message)
        case GenerationCancelled():
            return replace(generation, status=GenerationStatus.CANCELLED)
        case GenerationQueued():
            return replace(generation, status=GenerationStatus.QUEUED)
        case GenerationStarted():
            return replace(generation, status=GenerationStatus.GENERATING)
        case _:
            return generation


async def _ask(hub: AsyncHubClient, following: _Following) -> None:
    """Ask the hub after a silence; report it if the hub knows more than its events told."""
    before = {each.id: each.status for each in following.generations.values()}
    await _refresh(hub, following)
    unheard = before != {each.id: each.status for each in following.generations.values()}
    if (following.blocked or unheard) and not following.told:
        following.told = True
        notes.print(
            f"[yellow]Live events do not come through[/]: the hub is asked every {QUIET_SECONDS:.0f} s instead. Does a "
            "proxy on the way let WebSockets pass?",
            highlight=False,
            soft_wrap=True,
        )


async def _refresh(hub: AsyncHubClient, following: _Following) -> None:
    batch = await hub.batches.get(following.batch_id)
    following.generations = {each.id: each for each in batch.generations}
    if following.display is not None:
        following.display.refresh(following.generations)


async def _save_new(hub: AsyncHubClient, following: _Following, options: GenerateOptions) -> None:
    for number, generation in enumerate(following.generations.values(), start=1):
        if generation.status is GenerationStatus.COMPLETE and generation.id not in following.saved:
            stem = f"{number:02}-{generation.seed}" if options.metadata else f"{number:02}"
            [following.saved[generation.id], *_] = await _save(hub, following, options, generation, stem)


async def _save(
    hub: AsyncHubClient, following: _Following, options: GenerateOptions, generation: Generation, stem: str
) -> list[Path]:
    """Save all its images; answers where they are, first the one that is shown."""
    images = generation.images or (await hub.generations.get(generation.id)).images  # no event tells of them
    paths: list[Path] = []
    for index in range(min(max(len(images), 1), MAX_IMAGES)):  # a hub of an earlier release tells of none
        image = await hub.generations.image(generation, index, metadata=options.metadata)
        name = f"{stem}-{index + 1}.png" if index else f"{stem}.png"
        paths.append(_keep(following, options, with_true_suffix(name, image), image))
    return paths


def _keep(following: _Following, options: GenerateOptions, name: str, content: bytes) -> Path:
    try:
        path = write_new(options.out / name, content, overwrite=options.overwrite)
    except OSError as error:
        fail(f"cannot write {options.out / name}: {error.strerror}")
    following.files[name] = path
    return path


def _report(following: _Following, options: GenerateOptions) -> int:
    generations = list(following.generations.values())
    pictures = [following.saved[each.id] for each in generations if each.id in following.saved]
    if pictures:
        sheet = _keep(following, options, SHEET_NAME, contact_sheet(pictures))
        by_node: dict[str, int] = {}
        for each in generations:
            if each.status is GenerationStatus.COMPLETE and each.gpu_id is not None:
                by_node[each.gpu_id] = by_node.get(each.gpu_id, 0) + 1
        shares = ", ".join(f"{node} {count}" for node, count in sorted(by_node.items()))
        made = "1 picture" if len(pictures) == 1 else f"{len(pictures)} pictures"
        cost = _cost(generations)
        out.print(f"{made} in {options.out} ({shares}{cost})", highlight=False, markup=False, soft_wrap=True)
        out.print(f"contact sheet: {sheet}", highlight=False, markup=False, soft_wrap=True)
        if sentence := renamed(following.files):
            out.print(sentence, highlight=False, markup=False, soft_wrap=True)
    for number, each in enumerate(generations, start=1):
        if each.status is not GenerationStatus.COMPLETE:
            reason = f": {escape_markup(each.error_message)}" if each.error_message else ""
            notes.print(f"[red]picture {number} {each.status}[/]{reason}", highlight=False, soft_wrap=True)
    return 0 if len(pictures) == len(generations) else 1


def _cost(generations: Sequence[Generation]) -> str:
    """Nothing where nothing was paid."""
    paid = sum(parse_usd(each.cost_usd) for each in generations if each.cost_usd is not None)
    return f"; {shown_usd(MicroUsd(paid))}" if paid else ""
