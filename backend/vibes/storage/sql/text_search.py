"""What is asked of texts, in the form of each database."""

from typing import Any

from sqlalchemy import Boolean, ColumnElement, func, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Holds(FunctionElement[bool]):
    """Whether a text contains a part. LIKE cannot tell: %, _ and \\ are special in it, it stops at a NUL, limits the
    pattern's length, and ignores case for ASCII alone."""

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
    """Whether the text contains the part exactly."""
    return _Holds(text, part)


def beginning(text: ColumnElement[str], length: int) -> ColumnElement[str]:
    """The first ``length`` characters. PostgreSQL takes no 64-bit number here, as parameters are."""
    return func.substr(text, literal_column("1"), literal_column(str(length)))
