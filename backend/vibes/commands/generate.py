"""``vibes generate``: submit, follow, download."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vibes.commands.batch_display import BatchDisplay
from vibes.commands.console import escape_markup, fail, notes, out
from vibes.commands.contact_sheet import write_contact_sheet
from vibes.commands.hub_client import HubAddress, HubAway, HubClient, HubRefused, JsonObject, open_hub

RECONNECT_SECONDS = 1.0
INTERRUPTED = 130
PATIENCE_SECONDS = 3.0
END: JsonObject = {}
SHEET_NAME = "contact-sheet.png"
TERMINAL = {"complete", "failed", "cancelled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerateOptions:
    """What the person typed."""

    prompt: str
    count: int
    out: Path
    negative: str | None
    family: str
    task: str
    width: int | None
    height: int | None
    steps: int | None
    cfg: float | None
    seed: int | None
    loras: tuple[str, ...]
    checkpoint: str | None
    workflow: str | None
    gpu: str | None
    session: str | None
    resume: str | None

    def body(self) -> JsonObject:
        """The body of ``POST /api/generate/batch``; what was not said is left to the hub."""
        wanted: dict[str, Any] = {
            "prompt": self.prompt,
            "negative_prompt": self.negative,
            "model_family": self.family,
            "task_type": self.task,
            "count": self.count,
            "width": self.width,
            "height": self.height,
            "steps": self.steps,
            "cfg_scale": self.cfg,
            "seed": self.seed,
            "checkpoint": self.checkpoint,
            "workflow": self.workflow,
            "preferred_gpu": self.gpu,
            "session_id": self.session,
            "loras": [_lora(text) for text in self.loras],
        }
        return {name: value for name, value in wanted.items() if value is not None}


@dataclass(slots=True)
class _Following:
    """What is known of the batch, kept true by events and, after a gap, by the hub's own word."""

    batch_id: str
    session_id: str
    generations: dict[str, JsonObject]
    saved: dict[str, Path] = field(default_factory=dict)

    def finished(self) -> bool:
        return all(generation["status"] in TERMINAL for generation in self.generations.values())


async def run_generate(options: GenerateOptions, address: HubAddress) -> int:
    """Exit status: 0 when every picture was made, 1 when some were not."""
    try:
        options.out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        fail(f"cannot write to {options.out}: {error.strerror}", code=2)
    following: _Following | None = None
    try:
        async with open_hub(address) as hub:
            batch = await _submit(hub, options)
            following = _Following(
                batch["batch_id"], batch["session_id"], {each["id"]: each for each in batch["generations"]}
            )
            await _follow_to_the_end(hub, following, options)
    except (HubAway, HubRefused) as error:
        if following is not None:
            _say_how_to_come_back(following, options)
        fail(str(error))
    except asyncio.CancelledError:
        if following is not None:
            _say_how_to_come_back(following, options)
        return INTERRUPTED
    return _report(following, options.out)


def _say_how_to_come_back(following: _Following, options: GenerateOptions) -> None:
    notes.print(
        "\nThe hub keeps the batch. Come back with:\n"
        f"  vibes generate --resume {following.batch_id} --out {options.out}",
        highlight=False,
        soft_wrap=True,
    )


async def _submit(hub: HubClient, options: GenerateOptions) -> JsonObject:
    if options.resume:
        return await hub.get(f"/api/batches/{options.resume}")
    return await hub.post("/api/generate/batch", options.body())


async def _follow_to_the_end(hub: HubClient, following: _Following, options: GenerateOptions) -> None:
    gpus = (await hub.get("/api/gpus"))["gpus"]
    with BatchDisplay(following.batch_id, gpus, following.generations) as display:
        since: int | None = None
        await _save_new(hub, following, options.out)
        while not following.finished():
            async with aclosing(hub.events(following.session_id, since)) as events:
                async for event in _with_patience(events):
                    if event is None:
                        await _refresh(hub, following, display)
                        continue
                    since = event.get("seq", since)
                    _apply(following, event)
                    display.show(event)
                    await _save_new(hub, following, options.out)
                    if following.finished():
                        break
            if not following.finished():
                await asyncio.sleep(RECONNECT_SECONDS)
                await _refresh(hub, following, display)
        await _refresh(hub, following, display)
        await _save_new(hub, following, options.out)


async def _with_patience(events: AsyncGenerator[JsonObject, None]) -> AsyncGenerator[JsonObject | None, None]:
    """The events, and None whenever nothing was heard for a while: then it is time to ask why."""
    coming = asyncio.ensure_future(anext(events, END))
    try:
        while True:
            done, _ = await asyncio.wait({coming}, timeout=PATIENCE_SECONDS)
            if not done:
                yield None
                continue
            event = coming.result()
            if event is END:
                return
            yield event
            coming = asyncio.ensure_future(anext(events, END))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _apply(following: _Following, event: JsonObject) -> None:
    if event["type"] == "snapshot":
        for generation in event["session"]["generations"]:
            if generation["id"] in following.generations:
                following.generations[generation["id"]] = generation
        return
    generation = following.generations.get(event.get("generation_id", ""))
    if generation is None:
        return
    match event["type"]:
        case "complete":
            generation |= {"status": "complete", "image_url": event["image_url"], "gpu_id": event["node_id"]}
        case "failed":
            generation |= {"status": "failed", "error_message": event["message"]}
        case "cancelled" | "queued" | "generating" as status:
            generation |= {"status": status}


async def _refresh(hub: HubClient, following: _Following, display: BatchDisplay) -> None:
    """The hub may be restarting: keep what is known and try again with the next round."""
    try:
        batch = await hub.get(f"/api/batches/{following.batch_id}")
    except HubAway:
        display.away()
        return
    following.generations = {each["id"]: each for each in batch["generations"]}
    display.refresh(following.generations)


async def _save_new(hub: HubClient, following: _Following, folder: Path) -> None:
    for number, generation in enumerate(following.generations.values(), start=1):
        if generation["status"] != "complete" or generation["id"] in following.saved:
            continue
        path = folder / f"{number:02}-{generation['seed']}.png"
        try:
            path.write_bytes(await hub.download(generation["image_url"]))
        except HubAway:
            return
        except OSError as error:
            fail(f"cannot write {path}: {error.strerror}")
        following.saved[generation["id"]] = path


def _report(following: _Following, folder: Path) -> int:
    generations = list(following.generations.values())
    pictures = [following.saved[each["id"]] for each in generations if each["id"] in following.saved]
    if pictures:
        sheet = folder / SHEET_NAME
        write_contact_sheet(pictures, sheet)
        by_node: dict[str, int] = {}
        for each in generations:
            if each["status"] == "complete":
                by_node[each["gpu_id"]] = by_node.get(each["gpu_id"], 0) + 1
        shares = ", ".join(f"{node} {count}" for node, count in sorted(by_node.items()))
        made = "1 picture" if len(pictures) == 1 else f"{len(pictures)} pictures"
        out.print(f"{made} in {folder} ({shares})", highlight=False, markup=False, soft_wrap=True)
        out.print(f"contact sheet: {sheet}", highlight=False, markup=False, soft_wrap=True)
    for number, each in enumerate(generations, start=1):
        if each["status"] != "complete":
            reason = f": {escape_markup(each['error_message'])}" if each["error_message"] else ""
            notes.print(f"[red]picture {number} {each['status']}[/]{reason}", highlight=False, soft_wrap=True)
    return 0 if len(pictures) == len(generations) else 1


def _lora(text: str) -> JsonObject:
    name, separator, strength = text.rpartition(":")
    if not separator:
        return {"name": text}
    try:
        return {"name": name, "strength_model": float(strength)}
    except ValueError:
        fail(f"--lora {text}: what follows the colon must be a number, like {name}:0.8", code=2)
