"""Every question about generations, as a statement."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Update, and_, func, or_, select, update

from vibes.domain.attempt import OPEN_ATTEMPT_STATES
from vibes.domain.generation import OPEN_STATUSES, GenerationStatus
from vibes.domain.ids import BatchId, BoardId, GenerationId, SessionId
from vibes.ports.criteria import GenerationFilter, Sort
from vibes.storage.sql.board_tables import BOARD_PICTURES, BOARDS
from vibes.storage.sql.rows import as_words
from vibes.storage.sql.tables import (
    ATTEMPTS,
    GENERATION_LORAS,
    GENERATION_VARIED,
    GENERATIONS,
    IMAGE_COLUMNS,
    SESSIONS,
    STYLES,
)
from vibes.storage.sql.text_search import beginning, text_within
from vibes.text.file_names import spellings
from vibes.text.folded_text import folded

_COLUMNS = GENERATIONS.c
_OLDEST_FIRST = (_COLUMNS.created_at, _COLUMNS.batch_index, _COLUMNS.id)
_IS_QUEUED = _COLUMNS.status == GenerationStatus.QUEUED
_NEWEST_FIRST = tuple(column.desc() for column in _OLDEST_FIRST)
_ORDERS: Mapping[Sort, tuple[ColumnElement[Any], ...]] = {
    Sort.NEWEST: _NEWEST_FIRST,
    Sort.OLDEST: _OLDEST_FIRST,
    # databases differ in where they put nulls
    Sort.RATING: (func.coalesce(_COLUMNS.rating, 0).desc(), *_NEWEST_FIRST),
    Sort.MODEL: (func.coalesce(_COLUMNS.checkpoint, ""), *_NEWEST_FIRST),
}


def with_status(statuses: Collection[GenerationStatus]) -> Select[Any]:
    return select(GENERATIONS).where(_COLUMNS.status.in_(statuses)).order_by(*_OLDEST_FIRST)


def queued_ids() -> Select[Any]:
    return select(_COLUMNS.id).where(_IS_QUEUED).order_by(_COLUMNS.place, *_OLDEST_FIRST)


def queued(generation_ids: Collection[GenerationId]) -> Select[Any]:
    return select(GENERATIONS).where(_COLUMNS.id.in_(generation_ids), _IS_QUEUED)


def statuses_in(batch_ids: Collection[BatchId]) -> Select[Any]:
    return select(_COLUMNS.id, _COLUMNS.batch_id, _COLUMNS.status).where(_COLUMNS.batch_id.in_(batch_ids))


def of_batch(batch_id: BatchId) -> Select[Any]:
    return select(GENERATIONS).where(_COLUMNS.batch_id == batch_id).order_by(_COLUMNS.batch_index)


def of_session(session_id: SessionId) -> Select[Any]:
    return select(GENERATIONS).where(_COLUMNS.session_id == session_id).order_by(*_OLDEST_FIRST)


def images_of_session(session_id: SessionId) -> Select[Any]:
    """The images of a session's generations, and nothing else of them."""
    return select(*IMAGE_COLUMNS).where(_COLUMNS.session_id == session_id, _COLUMNS.image_path.is_not(None))


def is_kept_by_hand() -> ColumnElement[bool]:
    """Starred, or on a board: it goes with its session and not otherwise."""
    return or_(_COLUMNS.starred.is_(True), _places().exists())


def _places(board_id: BoardId | None = None) -> Select[Any]:
    """The places of a generation on boards, or on this one."""
    places = BOARD_PICTURES.c
    found = (
        select(places.position)
        .join(BOARDS, BOARDS.c.id == places.board_id)
        .where(places.generation_id == _COLUMNS.id, places.forget_after.is_(None), BOARDS.c.delete_after.is_(None))
        .correlate(GENERATIONS)
    )
    return found if board_id is None else found.where(places.board_id == board_id)


def is_discardable(now: datetime) -> ColumnElement[bool]:
    return and_(
        _COLUMNS.discard_after <= now,
        ~is_kept_by_hand(),
        _COLUMNS.status.not_in(sorted(OPEN_STATUSES)),  # in this form SQLite does not choose the status index
    )


def first_bytes() -> Select[Any]:
    """Of the images that are shown, of all pictures that are not about to be deleted."""
    return select(func.sum(_COLUMNS.image_size_bytes).label("bytes")).where(_COLUMNS.discard_after.is_(None))


def further_bytes() -> Select[Any]:
    """The other images of those."""
    return select(_COLUMNS.further_images).where(_COLUMNS.further_images.is_not(None), _COLUMNS.discard_after.is_(None))


def expendable() -> Select[Any]:
    """By when they were finished: one that waited for weeks before it was drawn is as new as any other; so is one that
    was taken back."""
    finished = func.coalesce(_COLUMNS.restored_at, _COLUMNS.completed_at, _COLUMNS.created_at)
    return (
        select(_COLUMNS.id, finished.label("finished_at"), _COLUMNS.image_size_bytes, _COLUMNS.further_images)
        .where(is_expendable())
        .order_by(finished, *_OLDEST_FIRST)
    )


def is_expendable() -> ColumnElement[bool]:
    """A picture that nobody has marked, and that nothing shows or starts from."""
    waiting = GENERATIONS.alias("waiting")
    started_from = select(waiting.c.id).where(
        waiting.c.source_id == _COLUMNS.id, waiting.c.status.in_(sorted(OPEN_STATUSES))
    )
    shown = select(STYLES.c.id).where(STYLES.c.thumbnail == _COLUMNS.id)
    return and_(
        _COLUMNS.status == GenerationStatus.COMPLETE,
        _COLUMNS.image_path.is_not(None),
        _COLUMNS.discard_after.is_(None),
        _COLUMNS.rating.is_(None),
        ~is_kept_by_hand(),
        ~started_from.correlate(GENERATIONS).exists(),
        ~shown.correlate(GENERATIONS).exists(),
    )


def matching(criteria: GenerationFilter) -> Select[Any]:
    """Newest first is the exact reverse of the order of submission.

    The period includes ``created_from`` and excludes ``created_to``, so that periods can follow one another.
    """
    return (
        select(GENERATIONS)
        .where(*_equalities(criteria), *_other_conditions(criteria))
        .order_by(*_order(criteria))
        .limit(criteria.limit)
        .offset(criteria.offset)
    )


def _order(criteria: GenerationFilter) -> Sequence[ColumnElement[Any]]:
    if criteria.sort is Sort.BOARD and criteria.board_id is not None:
        return (_places(criteria.board_id).scalar_subquery(), *_OLDEST_FIRST)
    order: Sequence[ColumnElement[Any]] = _ORDERS.get(criteria.sort, _NEWEST_FIRST)
    return order


def number_matching(criteria: GenerationFilter) -> Select[Any]:
    number = func.count().label("number")
    return select(number).select_from(GENERATIONS).where(*_equalities(criteria), *_other_conditions(criteria))


def _equalities(criteria: GenerationFilter) -> Iterable[ColumnElement[bool]]:
    wanted = (
        (_COLUMNS.session_id, criteria.session_id),
        (_COLUMNS.batch_id, criteria.batch_id),
        (_COLUMNS.stage, criteria.stage),
        (_COLUMNS.model_family, criteria.model_family),
        (_COLUMNS.gpu_id, criteria.node_id),
        (_COLUMNS.seed, criteria.seed),
    )
    return (column == value for column, value in wanted if value is not None)


def in_kept_session() -> ColumnElement[bool]:
    """Its session was not deleted."""
    return _COLUMNS.session_id.not_in(select(SESSIONS.c.id).where(SESSIONS.c.delete_after.is_not(None)))


def _other_conditions(criteria: GenerationFilter) -> Iterable[ColumnElement[bool]]:
    yield in_kept_session()
    if criteria.statuses is not None:
        yield _one_of(criteria.statuses)
    if criteria.text is not None:
        yield _in_prompt(criteria.text)
    if criteria.words is not None:
        told = select(GENERATION_VARIED.c.generation_id).where(
            text_within(as_words(criteria.words), GENERATION_VARIED.c.words)
        )
        yield or_(_in_prompt(criteria.words), _COLUMNS.id.in_(told))
    yield from _differs(criteria.varied)
    if criteria.lora is not None:
        with_lora = select(GENERATION_LORAS.c.generation_id).where(
            GENERATION_LORAS.c.name.in_(spellings(criteria.lora))
        )
        yield _COLUMNS.id.in_(with_lora)
    yield from _kept_by_hand(criteria)
    if criteria.created_from is not None:
        yield _COLUMNS.created_at >= criteria.created_from
    if criteria.created_to is not None:
        yield _COLUMNS.created_at < criteria.created_to


def _kept_by_hand(criteria: GenerationFilter) -> Iterable[ColumnElement[bool]]:
    """What people did with them."""
    if criteria.board_id is not None:
        yield _places(criteria.board_id).exists()
    if criteria.starred is not None:
        yield _COLUMNS.starred.is_(criteria.starred)
    if criteria.min_rating is not None:
        yield _COLUMNS.rating >= criteria.min_rating
    if criteria.kept is not None:
        yield _COLUMNS.discard_after.is_(None) if criteria.kept else _COLUMNS.discard_after.is_not(None)


def _in_prompt(text: str) -> ColumnElement[bool]:
    return text_within(folded(text), func.coalesce(_COLUMNS.folded_prompt, _COLUMNS.prompt))


def _differs(varied: Mapping[str, str | None]) -> Iterable[ColumnElement[bool]]:
    """A kind of parameter, such as ``wording``, stands for all of its kind."""
    columns = GENERATION_VARIED.c
    for parameter, value in varied.items():
        kind = f"{parameter}:"
        found = select(columns.generation_id).where(
            or_(columns.parameter == parameter, beginning(columns.parameter, len(kind)) == kind)
        )
        yield _COLUMNS.id.in_(found if value is None else found.where(columns.value == folded(value)))


def _one_of(statuses: Collection[GenerationStatus]) -> ColumnElement[bool]:
    """In a form that does not make SQLite sort half the table.

    With IN it would choose the status index, which has no order over several statuses. Where most generations match,
    reading the newest first and stopping at the limit is far cheaper.
    """
    if len(statuses) == 1 or OPEN_STATUSES.issuperset(statuses):
        return _COLUMNS.status.in_(statuses)
    return _COLUMNS.status.not_in([status for status in GenerationStatus if status not in statuses])


def requeue_orphans() -> Update:
    """generating → queued where no attempt is open."""
    opened = select(ATTEMPTS.c.id).where(
        ATTEMPTS.c.generation_id == GENERATIONS.c.id, ATTEMPTS.c.state.in_(sorted(OPEN_ATTEMPT_STATES))
    )
    return (
        update(GENERATIONS)
        .where(GENERATIONS.c.status == GenerationStatus.GENERATING, ~opened.exists())
        .values(status=GenerationStatus.QUEUED, gpu_id=None)
    )
