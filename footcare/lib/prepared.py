"""Queries that the ORM puts into words once a process.

To write a query takes the ORM up to thirty times as long as it takes the database to answer
it. So a query that every page asks is written once, with parameters in it, and only they
change from page to page.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db import connections
from django.db.models import Field, QuerySet
from django.db.models.expressions import Expression
from django.db.models.sql.compiler import SQLCompiler

# The queryset, its compiler, the statement, and its values with the places of parameters.
Written = tuple[QuerySet[Any, Any], SQLCompiler, str, list[Any]]


@dataclass(frozen=True)
class _Place:
    """Where a parameter's value goes, among the values of a statement."""

    name: str


class Parameter(Expression):
    """Stands in a query for a value of ``output_field`` that is given later."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return "%s", [_Place(self.name)]


class Prepared:
    """The query that ``build`` makes of one :class:`Parameter` for each of ``fields``.

    All that may differ from one call to the next has to be a parameter: also the present
    moment. Raises ValueError at the first call where ``build`` makes two different queries.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], **fields: "Field[Any, Any]"
    ) -> None:
        self.build, self.fields = build, fields
        self._written: Written | None = None

    def __call__(self, **values: Any) -> list[Any]:
        """What the queryset gives with these values in the places of the parameters."""
        queryset, compiler, sql, places = self._written or self._write()
        connection = connections[queryset.db]
        given = {
            name: field.get_db_prep_value(values[name], connection)
            for name, field in self.fields.items()
        }
        filled = [given[p.name] if isinstance(p, _Place) else p for p in places]
        this = copy(compiler)
        this.connection = connection
        this.as_sql = lambda *_, **__: (sql, filled)  # type: ignore[method-assign]
        asked = queryset.all()
        asked.query.get_compiler = lambda *_, **__: this  # type: ignore[method-assign]
        return list(asked)

    def _write(self) -> Written:
        first, written = self._compiled(), self._compiled()
        if first[2:] != written[2:]:
            raise ValueError("A prepared query must be the same each time it is made.")
        self._written = written
        return written

    def _compiled(self) -> Written:
        parameters = {
            name: Parameter(name, field) for name, field in self.fields.items()
        }
        queryset = self.build(**parameters)
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        return queryset, compiler, sql, list(params)
