"""Prompts that were used before, read from the first picture of each batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, and_, func, or_, select

from vibes.domain.ids import BatchId, OwnerId
from vibes.domain.prompting.history import PastPrompt
from vibes.storage.sql.database import Database
from vibes.storage.sql.tables import BATCHES, GENERATIONS, SESSIONS
from vibes.storage.sql.text_search import beginning
from vibes.text.folded_text import folded

MOST_BATCHES = 5_000
_TOLD_APART = 1_000
"""Characters by which prompts are searched and told apart."""

_OF = GENERATIONS.c
_PROMPT = beginning(func.coalesce(_OF.written["prompt"].as_string(), _OF.prompt), _TOLD_APART)
_NEGATIVE = beginning(func.coalesce(_OF.written["negative_prompt"].as_string(), _OF.negative_prompt), _TOLD_APART)


@dataclass(slots=True)
class _Found:
    generation_id: str
    batches: list[BatchId]


class SqlPrompts:
    """Implements ``PromptRepository``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def history(self, words: str, owner: OwnerId | None, *, limit: int) -> Sequence[PastPrompt]:
        wanted = folded(words).split()
        looked_at = await self._database.values(_newest(owner), lambda row: _matching(row, wanted))
        found: dict[object, _Found] = {}
        for row in looked_at:
            if row is not None:
                known = found.get((row.told, row.negative))
                if known is not None:
                    known.batches.append(row.batch_id)
                elif len(found) < limit:
                    found[row.told, row.negative] = _Found(row.id, [row.batch_id])
        return await self._whole(list(found.values()))

    async def _whole(self, found: Sequence[_Found]) -> Sequence[PastPrompt]:
        whole = select(GENERATIONS).where(_OF.id.in_([each.generation_id for each in found]))
        rows = {row.id: row for row in await self._database.rows(whole)}
        shown = await self._shown([batch for each in found for batch in each.batches[:3]])
        return [_past(rows[each.generation_id], each, shown) for each in found if each.generation_id in rows]

    async def _shown(self, batches: Collection[BatchId]) -> Mapping[BatchId, Any]:
        """A kept picture of each batch that has one."""
        drawn = (_OF.batch_id.in_(batches), _OF.image_path.is_not(None))
        first = select(_OF.batch_id, func.min(_OF.batch_index).label("place")).where(*drawn).group_by(_OF.batch_id)
        of_each = first.subquery()
        theirs = (_OF.batch_id == of_each.c.batch_id, _OF.batch_index == of_each.c.place)
        rows = await self._database.rows(select(_OF.batch_id, _OF.id).join(of_each, and_(*theirs)))
        return {row.batch_id: row.id for row in rows}


def _newest(owner: OwnerId | None) -> Select[Any]:
    statement = (
        select(_OF.id, _OF.batch_id, _PROMPT.label("told"), _NEGATIVE.label("negative"))
        .join(SESSIONS, SESSIONS.c.id == _OF.session_id)
        .where(_OF.batch_index == 0, _OF.prompt != "", SESSIONS.c.delete_after.is_(None))
        .order_by(_OF.created_at.desc(), _OF.id.desc())
        .limit(MOST_BATCHES)
    )
    if owner is None:
        return statement
    own = or_(BATCHES.c.owner == owner, BATCHES.c.owner.is_(None))
    return statement.join(BATCHES, BATCHES.c.id == _OF.batch_id).where(own)


def _matching(row: Row[Any], wanted: Sequence[str]) -> Row[Any] | None:
    if not wanted:
        return row
    text = folded(row.told)
    return row if all(word in text for word in wanted) else None


def _past(row: Row[Any], found: _Found, shown: Mapping[BatchId, Any]) -> PastPrompt:
    written = row.written or {"prompt": row.prompt, "negative_prompt": row.negative_prompt, "styles": []}
    return PastPrompt(
        prompt=written["prompt"],
        negative_prompt=written["negative_prompt"],
        styles=tuple(written["styles"]),
        model_family=row.model_family,
        used_at=row.created_at,
        uses=len(found.batches),
        session_id=row.session_id,
        shown=next((shown[batch] for batch in found.batches if batch in shown), None),
    )
