"""PostgreSQL as lenient and as orderly as SQLite is, so that one set of tables and queries means the same in both."""

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.base import PGDDLCompiler, PGTypeCompiler
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg, _PGBigInteger
from sqlalchemy.schema import Column, CreateIndex

DRIVER = "postgresql+vibes"


class _Types(PGTypeCompiler):
    """Texts of any length and integers of 64 bits, as SQLite keeps them."""

    def visit_INTEGER(self, type_: Any, **options: Any) -> str:  # noqa: N802 - SQLAlchemy's name
        return "BIGINT"

    def visit_VARCHAR(self, type_: Any, **options: Any) -> str:  # noqa: N802 - SQLAlchemy's name
        return "TEXT"


class _Definitions(PGDDLCompiler):
    """Texts are compared by their code points, whatever the database's own locale, as SQLite does. With that the order
    of an index also outlives an upgrade of the system's locales. Conditions of partial indexes are SQLite's."""

    def get_column_specification(self, column: Column[Any], **options: Any) -> str:
        definition: str = super().get_column_specification(column, **options)  # type: ignore[no-untyped-call]  # so it is
        kind = self.dialect.type_compiler_instance.process(column.type)
        return definition.replace(" TEXT", ' TEXT COLLATE "C"', 1) if kind == "TEXT" else definition

    def visit_create_index(
        self,
        create: CreateIndex,
        include_schema: bool = False,
        include_table_schema: bool = True,
        **options: Any,
    ) -> str:
        text: str = super().visit_create_index(create, **options)  # type: ignore[no-untyped-call]  # so it is
        condition = create.element.dialect_options["sqlite"]["where"]
        if condition is None or create.element.dialect_options["postgresql"]["where"] is not None:
            return text
        where = self.sql_compiler.process(condition, include_table=False, literal_binds=True)
        return f"{text} WHERE {where}"


class VibesDialect(PGDialect_psycopg):
    """psycopg 3; what it is handed for an integer has 64 bits, too."""

    supports_statement_cache = True
    ddl_compiler = _Definitions
    type_compiler_cls = _Types
    colspecs = {**PGDialect_psycopg.colspecs, Integer: _PGBigInteger}  # noqa: RUF012 - as SQLAlchemy declares it


registry.register(DRIVER.replace("+", "."), __name__, VibesDialect.__name__)
