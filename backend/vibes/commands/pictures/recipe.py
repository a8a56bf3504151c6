"""``vibes recipe``: shows what a picture was made with, and what of it the fleet has."""

import json
from dataclasses import asdict
from http import HTTPStatus
from pathlib import Path

from vibes.client import ClientError, HubAddress, HubRefused
from vibes.client.values.recipes import Recipe
from vibes.commands.common.console import USAGE_ERROR, escape_markup, fail, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.workflows.importing.export_reading import MAX_PICTURE_BYTES

_FOLDS_AT = 20
_TEXTS = ("prompt", "negative_prompt")
_NO_PICTURES = "json_required"
"""What a hub says to a picture that is sent to where it knows nothing."""


def picture_in(path: Path) -> bytes:
    """Exits with a sentence where it cannot be read, or is larger than what a hub takes."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}", code=USAGE_ERROR)
    if len(content) > MAX_PICTURE_BYTES:
        fail(f"{path} is larger than {MAX_PICTURE_BYTES // 1024**2} MiB: is it really a picture?", code=USAGE_ERROR)
    return content


async def run_recipe(address: HubAddress, content: bytes, *, as_json: bool) -> None:
    try:
        async with open_hub(address) as hub:
            recipe = await hub.recipes.read(content)
    except HubRefused as error:
        if error.status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED} or error.code == _NO_PICTURES:
            fail(f"the hub at {address.url} is of an earlier release that reads no recipes: upgrade it, then ask again")
        fail(str(error))
    except ClientError as error:
        fail(str(error))
    if as_json:
        out.print_json(json.dumps(asdict(recipe)))
    else:
        _show(recipe)


def _show(recipe: Recipe) -> None:
    out.print(f"made with [bold]{escape_markup(recipe.made_with)}[/] {escape_markup(recipe.version or '')}".rstrip())
    for name in _TEXTS:
        if name in recipe.settings:
            out.print(
                f"\n[dim]{name.replace('_', ' ')}:[/] {escape_markup(str(recipe.settings[name]))}", highlight=False
            )
    values = {name: value for name, value in recipe.settings.items() if name not in {*_TEXTS, "loras"}}
    if values:
        told = ", ".join(f"{name} {value}" for name, value in values.items())
        out.print(f"\n{escape_markup(told)}", highlight=False)
    if recipe.files:
        out.print()
        has = [each.on_fleet or (f"no; near: {', '.join(each.near)}" if each.near else "no") for each in recipe.files]
        columns = [
            Column(heading="file", cells=[each.kind.replace("_", " ") for each in recipe.files]),
            Column(heading="name", cells=[escape_markup(each.name) for each in recipe.files], folds_at=_FOLDS_AT),
            Column(heading="on the fleet", cells=list(map(escape_markup, has)), folds_at=_FOLDS_AT),
        ]
        out.print(table_of(columns, out.width))
    if recipe.workflow is not None:
        out.print("\nIts graph is in it: vibes workflows import takes the file.", highlight=False)
    for note in recipe.notes:
        out.print(f"note: {escape_markup(note)}", highlight=False)
