"""Whether one text stands within another, letter by letter, as each database says it."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Holds(FunctionElement[bool]):
    """Of a text and a part. LIKE is no way to ask: to it %, _ and \\ are more than letters, it ends at a NUL, has a
    longest pattern, and knows case in ASCII alone."""

    name = "holds"
    type = Boolean()
    inherit_cache = True


@compiles(_Holds)
def _in_sqlite(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(instr({compiler.process(element.clauses, **options)}) > 0)"


@compiles(_Holds, "postgresql")
def _in_postgresql(element: _Holds, compiler: SQLCompiler, **options: Any) -> str:
    return f"(strpos({compiler.process(element.clauses, **options)}) > 0)"


def text_within(part: str, text: ColumnElement[str]) -> ColumnElement[bool]:
    return _Holds(text, part)
