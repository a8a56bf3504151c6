"""Styles and characters in the database."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from vibes.domain.ids import OwnerId, StyleId
from vibes.domain.pictures.spec import LoraSpec
from vibes.domain.prompting.style import Style, StyleKind
from vibes.storage.repositories.named_records import NamedRecords, NamedTable
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import STYLES


class SqlStyles(NamedRecords[StyleId, Style]):
    """Implements ``StyleRepository``."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, NamedTable(STYLES, "style", _style_of, _columns))

    async def all(self, owner: OwnerId | None) -> Sequence[Style]:
        return await self.find(owner)


def _columns(style: Style) -> dict[str, Any]:
    return {**asdict(style), "loras": [asdict(lora) for lora in style.loras]}


def _style_of(row: Row[Any]) -> Style:
    return Style(
        id=row.id,
        name=row.name,
        kind=StyleKind(row.kind),
        text=row.text,
        negative_prompt=row.negative_prompt,
        loras=tuple(LoraSpec(**lora) for lora in row.loras),
        checkpoint=row.checkpoint,
        thumbnail=row.thumbnail,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
        owner=row.owner,
    )
