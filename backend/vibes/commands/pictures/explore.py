"""``vibes explore``: a grid of pictures without a browser, as one labelled sheet."""

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

from vibes.client import AsyncHubClient, Batch, BatchRequest, ClientError, HubAddress
from vibes.client.values.exploration import VariationsRequest
from vibes.commands.common.console import INTERRUPTED, fail, notes, out
from vibes.commands.common.hub_client import open_hub, submitted, with_advice
from vibes.commands.common.result_files import write_new
from vibes.commands.pictures.generate import of_a_family
from vibes.domain.generation import GenerationStatus

_RANGE = re.compile(r"(-?[\d.]+)\.\.(-?[\d.]+)(?:([:/])(-?[\d.]+))?", re.ASCII)
_SHORT = {"cfg": "cfg_scale", "strength": "denoise_strength"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExploreOptions:
    """The options as typed."""

    prompt: str
    x: str
    y: str | None
    sheet: Path
    family: str | None
    checkpoint: str | None
    seed: int | None
    steps: int | None
    styles: tuple[str, ...]
    wildcards: bool
    max_cost: str | None
    overwrite: bool

    def request(self) -> BatchRequest:
        return BatchRequest(
            prompt=self.prompt,
            model_family=self.family,
            checkpoint=self.checkpoint,
            seed=self.seed,
            steps=self.steps,
            styles=self.styles,
            wildcards=self.wildcards,
            max_cost_usd=self.max_cost,
        )

    def axes(self) -> dict[str, Mapping[str, Any]]:
        """Raises ValueError for one that cannot be read."""
        return {"x": axis_of(self.x), **({"y": axis_of(self.y)} if self.y else {})}


def axis_of(text: str) -> dict[str, Any]:
    """``steps=10,20,30``, ``cfg=5..9``, ``steps=10..30:5`` (in steps of 5), ``cfg=5..9/3`` (3 values),
    ``wording:cat=cat,dog`` and ``lora:NAME=0..1:0.25``; values with a comma in them are separated by ``|``."""
    parameter, separator, values = text.partition("=")
    if not separator or not parameter.strip() or not values.strip():
        raise ValueError(f"{text!r} is no axis: write PARAMETER=VALUES such as steps=10,20,30 or cfg=5..9")
    parameter = _SHORT.get(parameter.strip(), parameter.strip())
    found = _RANGE.fullmatch(values.strip())
    if found is None:
        return {"parameter": parameter, "values": [_value(each) for each in _split(values)]}
    begin, end, how, number = found.groups()
    width = {} if how is None else {"step" if how == ":" else "count": _value(number)}
    return {"parameter": parameter, "range": {"from": _value(begin), "to": _value(end), **width}}


def _split(values: str) -> list[str]:
    return [each.strip() for each in values.split("|" if "|" in values else ",")]


def _value(text: str) -> str | int | float:
    for read in (int, float):
        try:
            value: int | float = read(text)
        except ValueError:
            continue
        return value if abs(value) < inf else text
    return text


async def run_explore(options: ExploreOptions, address: HubAddress) -> int:
    """Exit status: 0 when every picture was made, 1 when some were not."""
    try:
        axes = options.axes()
    except ValueError as error:
        fail(str(error), code=2)
    batch: Batch | None = None

    def accepted(made: Batch) -> None:
        nonlocal batch
        batch = made
        across = " × ".join(str(len(axis.values)) for axis in made.axes)
        eta = "" if made.eta_seconds is None else f", about {made.eta_seconds:.0f} s"
        notes.print(f"{made.total} pictures ({across}){eta}: batch {made.batch_id}", highlight=False, soft_wrap=True)

    try:
        async with open_hub(address, patience_seconds=inf, on_away=None) as hub:
            like = await of_a_family(hub, options.request())
            await submitted(hub.exploration.vary(VariationsRequest(like=like, axes=axes)), accepted)
            return await _finish(hub, batch, options)
    except ClientError as error:
        fail(with_advice(str(error), options.max_cost))
    except asyncio.CancelledError:
        if batch is not None:
            sheet = f"/api/batches/{batch.batch_id}/sheet.png"
            notes.print(f"\nThe hub goes on; its sheet is at {sheet}", highlight=False, soft_wrap=True)
        return INTERRUPTED


async def _finish(hub: AsyncHubClient, batch: Batch | None, options: ExploreOptions) -> int:
    if batch is None:
        return 1
    batch = await hub.batches.wait(batch.batch_id)
    again = json.dumps(dict(await hub.exploration.sheet_request(batch.batch_id)), indent=2)
    try:
        sheet = write_new(options.sheet, await hub.exploration.sheet(batch.batch_id), overwrite=options.overwrite)
        request = write_new(sheet.with_suffix(".json"), again.encode(), overwrite=options.overwrite)
    except OSError as error:
        fail(f"cannot write {options.sheet}: {error.strerror}")
    made = sum(each.status is GenerationStatus.COMPLETE for each in batch.generations)
    out.print(f"{made} of {batch.total} pictures on {sheet}", highlight=False, markup=False, soft_wrap=True)
    out.print(f"what draws them again: {request}", highlight=False, markup=False, soft_wrap=True)
    return 0 if made == batch.total else 1
