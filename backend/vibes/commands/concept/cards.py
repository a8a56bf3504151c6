"""Takes prompts apart into cards, finds words for them and puts them together."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from vibes.client import (
    AsyncHubClient,
    ClientError,
    ConceptCard,
    ConceptPrompt,
    ConceptSuggestions,
    HubAddress,
    SplitConcept,
)
from vibes.client.http.decoding import decode
from vibes.client.http.errors import NotUnderstood
from vibes.commands.common.console import USAGE_ERROR, escape_markup, fail, notes, out
from vibes.commands.common.hub_client import open_hub
from vibes.commands.common.tables import Column, table_of
from vibes.domain.concept.fields import Field

_FOLDS_AT = 24
_GENERATION = "generation:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    prompt: str
    negative: str
    family: str
    picture: bytes | str | None
    """A file's content, or ``generation:ID``."""
    by_lists: bool


async def run_split(address: HubAddress, brief: Brief, *, as_json: bool) -> None:
    if not brief.prompt.strip() and not brief.negative.strip() and brief.picture is None:
        fail('say what you want to see: vibes concept split "a lighthouse at dusk, oil painting"', code=USAGE_ERROR)
    try:
        async with open_hub(address) as hub:
            found = await hub.concepts.split(
                brief.prompt,
                negative_prompt=brief.negative,
                model_family=brief.family,
                picture=None if brief.picture is None else await _reference(hub, brief.picture),
                by_lists=brief.by_lists,
            )
    except ClientError as error:
        fail(str(error))
    if as_json:
        _json(found)
        return
    shown = [each for each in found.cards if each.text]
    columns = [Column(heading="card", cells=[_name(each.field) for each in shown])]
    if any(each.weight != 1.0 for each in shown):
        columns.append(Column(heading="weight", cells=[f"{each.weight:g}" for each in shown], justify="right"))
    columns.append(Column(heading="words", cells=[escape_markup(each.text) for each in shown], folds_at=_FOLDS_AT))
    out.print(table_of(columns, out.width))
    _note([found.degraded])


async def run_suggest(
    address: HubAddress,
    fields: Sequence[Field],
    cards: Sequence[ConceptCard],
    count: int,
    seed: int | None,
    *,
    as_json: bool,
) -> None:
    try:
        async with open_hub(address) as hub:
            found = await hub.concepts.suggest(fields, cards, count=count, seed=seed)
    except ClientError as error:
        fail(str(error))
    if as_json:
        _json(found)
        return
    for field, texts in found.suggestions.items():
        if len(found.suggestions) > 1:
            out.print(f"[bold]{_name(field)}[/]")
        for text in texts:
            out.print(escape_markup(text), soft_wrap=True, highlight=False)
    _note([f"seed {found.seed}", found.degraded])


async def run_assemble(address: HubAddress, cards: Sequence[ConceptCard], family: str, *, as_json: bool) -> None:
    if not cards:
        fail('name cards: vibes concept assemble --card subject="a fox" --card mood=calm', code=USAGE_ERROR)
    try:
        async with open_hub(address) as hub:
            found = await hub.concepts.assemble(cards, model_family=family)
    except ClientError as error:
        fail(str(error))
    if as_json:
        _json(found)
        return
    out.print(escape_markup(found.prompt), soft_wrap=True, highlight=False)
    if found.negative_prompt:
        out.print(f"[dim]not:[/] {escape_markup(found.negative_prompt)}", soft_wrap=True, highlight=False)
    _note(found.notes)


def given_cards(file: Path | None, texts: Sequence[str]) -> list[ConceptCard]:
    """Those of the file, with other words where such are given. Exits with a sentence where they cannot be read."""
    cards = {each.field: each for each in ([] if file is None else _read(file))}
    for each in texts:
        name, equals, text = each.partition("=")
        field = next((known for known in Field if name.strip().lower().replace("-", "_") == known), None)
        if field is None or not equals:
            fail(f"--card {each!r}: must be FIELD=TEXT, and FIELD one of {', '.join(Field)}", code=USAGE_ERROR)
        cards[field] = replace(cards.get(field, ConceptCard(field=field)), text=text.strip())
    return list(cards.values())


def _read(file: Path) -> Sequence[ConceptCard]:
    """A whole answer of ``split``, or its cards alone."""
    try:
        told: Any = json.loads(sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8"))
        return decode(list[ConceptCard], told["cards"] if isinstance(told, dict) else told)
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}", code=USAGE_ERROR)
    except (ValueError, KeyError, NotUnderstood):
        fail(f"{file} has no cards: it must be what `vibes concept split --json` writes", code=USAGE_ERROR)


def given_picture(picture: str | None) -> bytes | str | None:
    """The file's content, or the generation. Exits with a sentence where there is no such file."""
    if picture is None or picture.startswith(_GENERATION):
        return picture
    try:
        return Path(picture).expanduser().read_bytes()
    except OSError as error:
        fail(f"{picture} cannot be read: {error.strerror}", code=USAGE_ERROR)


async def _reference(hub: AsyncHubClient, picture: bytes | str) -> str:
    if isinstance(picture, str):
        return picture
    artifact = await hub.artifacts.upload(picture)
    _note(artifact.notes)
    return f"artifact:{artifact.artifact_id}"


def _name(field: Field) -> str:
    return field.replace("_", " ")


def _note(lines: Sequence[str | None]) -> None:
    """Beside the result, so that a pipe gets that alone."""
    for line in filter(None, lines):
        notes.print(f"[dim]{escape_markup(line)}[/]", soft_wrap=True, highlight=False)


def _json(found: SplitConcept | ConceptPrompt | ConceptSuggestions) -> None:
    print(json.dumps(asdict(found), ensure_ascii=False, indent=2))  # noqa: T201 - JSON goes to stdout unwrapped
