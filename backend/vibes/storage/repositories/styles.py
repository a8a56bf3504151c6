"""Styles and characters in the database."""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from vibes.domain.errors import Conflict
from vibes.domain.ids import OwnerId, StyleId
from vibes.domain.pictures.spec import LoraSpec
from vibes.domain.prompting.style import Style, StyleKind
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import STYLES
from vibes.text.folded_text import folded

_KEPT = STYLES.c.delete_after.is_(None)


class SqlStyles:
    """Implements ``StyleRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, owner: OwnerId | None) -> Sequence[Style]:
        statement = select(STYLES).where(_KEPT).order_by(STYLES.c.folded_name, STYLES.c.id)
        if owner is not None:
            statement = statement.where(or_(STYLES.c.owner == owner, STYLES.c.owner.is_(None)))
        return [_style_of(row) for row in await self._database.rows(statement)]

    async def get(self, style_id: StyleId) -> Style | None:
        row = await self._database.row(select(STYLES).where(STYLES.c.id == style_id, _KEPT))
        return None if row is None else _style_of(row)

    async def add(self, style: Style, *, most: int) -> None:
        await self._database.write(lambda connection: _add(connection, style, most))

    async def change(self, style_id: StyleId, change: Callable[[Style], Style]) -> Style | None:
        return await self._database.write(lambda connection: _change(connection, style_id, change))

    async def set_aside(self, style_id: StyleId, *, at: datetime, delete_after: datetime) -> bool:
        return await self._database.write(lambda connection: _set_aside(connection, style_id, at, delete_after))

    async def restore(self, style_id: StyleId, *, at: datetime) -> bool:
        return await self._database.write(lambda connection: _restore(connection, style_id, at))


def _add(connection: Connection, style: Style, most: int) -> None:
    number = connection.execute(select(func.count()).select_from(STYLES).where(_KEPT)).scalar_one()
    if number >= most:
        raise Conflict(f"there are {number:,} styles already, and no more are kept", code="too_many_styles")
    _check_name(connection, style)
    connection.execute(insert(STYLES).values(_columns(style)))


def _change(connection: Connection, style_id: StyleId, change: Callable[[Style], Style]) -> Style | None:
    row = connection.execute(select(STYLES).where(STYLES.c.id == style_id, _KEPT)).first()
    if row is None:
        return None
    after = change(_style_of(row))
    _check_name(connection, after)
    connection.execute(update(STYLES).where(STYLES.c.id == style_id).values(_columns(after)))
    return after


def _set_aside(connection: Connection, style_id: StyleId, at: datetime, delete_after: datetime) -> bool:
    connection.execute(delete(STYLES).where(STYLES.c.delete_after <= at))
    statement = update(STYLES).where(STYLES.c.id == style_id, _KEPT).values(delete_after=delete_after)
    return connection.execute(statement).rowcount == 1


def _restore(connection: Connection, style_id: StyleId, at: datetime) -> bool:
    row = connection.execute(select(STYLES).where(STYLES.c.id == style_id, STYLES.c.delete_after > at)).first()
    if row is None:
        return False
    _check_name(connection, _style_of(row))
    connection.execute(update(STYLES).where(STYLES.c.id == style_id).values(delete_after=None))
    return True


def _check_name(connection: Connection, style: Style) -> None:
    same = (STYLES.c.folded_name == folded(style.name), STYLES.c.owner.is_not_distinct_from(style.owner))
    taken = select(STYLES.c.name).where(*same, STYLES.c.id != style.id, _KEPT)
    if (row := connection.execute(taken).first()) is not None:
        raise Conflict(f"there is a style {row.name!r} already", code="name_taken")


def _columns(style: Style) -> dict[str, Any]:
    return {**asdict(style), "folded_name": folded(style.name), "loras": [asdict(lora) for lora in style.loras]}


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
