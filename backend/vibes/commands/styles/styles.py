"""``vibes styles``: what is saved, saving, deleting and bringing back."""

from collections.abc import Sequence

from rich.table import Table

from vibes.client import AsyncHubClient, ClientError, HubAddress, Style, StyleDraft
from vibes.commands.common.console import escape_markup, fail, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.text.folded_text import folded
from vibes.text.near_names import near_name_hint


async def run_list(address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            styles = await hub.prompts.styles()
    except ClientError as error:
        fail(str(error))
    if not styles:
        out.print('none yet: vibes styles save "Film noir" "film noir still of {prompt}"', soft_wrap=True)
        return
    out.print(_table(styles, out.width))


async def run_show(name: str, address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            style = await _named(hub, name)
    except ClientError as error:
        fail(str(error))
    for heading, value in _facts(style):
        out.print(f"[dim]{heading}[/] {escape_markup(value)}", highlight=False, soft_wrap=True)


async def run_save(draft: StyleDraft, address: HubAddress, *, overwrite: bool) -> None:
    try:
        async with open_hub(address) as hub:
            before = _of_name(await hub.prompts.styles(), draft.name) if overwrite else None
            style = await hub.prompts.save_style(draft, style_id=before.id if before else None)
    except ClientError as error:
        fail(str(error))
    out.print(f"saved: {escape_markup(style.name)}", highlight=False)


async def run_delete(name: str, address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            style = await _named(hub, name)
            await hub.prompts.delete_style(style.id)
    except ClientError as error:
        fail(str(error))
    out.print(f"deleted; vibes styles restore {style.id} brings it back", highlight=False, soft_wrap=True)


async def run_restore(style_id: str, address: HubAddress) -> None:
    try:
        async with open_hub(address) as hub:
            style = await hub.prompts.restore_style(style_id)
    except ClientError as error:
        fail(str(error))
    out.print(f"back: {escape_markup(style.name)}", highlight=False)


async def _named(hub: AsyncHubClient, name: str) -> Style:
    styles = await hub.prompts.styles()
    found = _of_name(styles, name)
    if found is None:
        fail(f"there is no style {name!r}{near_name_hint(name, [each.name for each in styles])}")
    return found


def _of_name(styles: Sequence[Style], name: str) -> Style | None:
    return next((each for each in styles if folded(each.name) == folded(name)), None)


def _facts(style: Style) -> list[tuple[str, str]]:
    loras = ", ".join(f"{each.name}:{each.strength_model:g}" for each in style.loras)
    facts = [
        ("name", style.name),
        ("kind", str(style.kind)),
        ("words", style.text),
        ("not", style.negative_prompt),
        ("LoRAs", loras),
        ("checkpoint", style.checkpoint or ""),
        ("shown by", style.thumbnail_id or ""),
    ]
    return [(heading, value) for heading, value in facts if value]


def _table(styles: Sequence[Style], width: int) -> Table:
    columns = [
        Column(heading="name", cells=[escape_markup(each.name) for each in styles], folds_at=12),
        Column(heading="kind", cells=[str(each.kind) for each in styles]),
        Column(heading="words", cells=[escape_markup(each.text) for each in styles], folds_at=20),
        Column(heading="LoRAs", cells=[str(len(each.loras) or "") for each in styles], worth=1, justify="right"),
    ]
    return table_of(columns, width)
