"""What articles are made of, in two queries: sections with their points, and notes, each with
the sources that it rests on.
"""

from collections.abc import Collection, Iterable
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import BigIntegerField, Q, QuerySet

from articles.models import Note, Section
from footcare.lib.prepared import Prepared

_SOURCE = ("sources", "sources__citation", "sources__url", "sources__checked_on")


def section_rows(articles: Collection[int]) -> list[Any]:
    """Of these articles, in order: one row for each source of each point of each section."""
    return _queries(len(articles))[0](**_named(articles))


def note_rows(articles: Collection[int]) -> list[Any]:
    """Of these articles, in order: one row for each source of each approved note."""
    return _queries(len(articles))[1](**_named(articles))


def _named(articles: Iterable[Any]) -> dict[str, Any]:
    return {f"article_{n}": one for n, one in enumerate(articles)}


@cache
def _queries(articles: int) -> tuple[Prepared, Prepared]:
    """For so many articles."""
    ids = _named(BigIntegerField() for _ in range(articles))
    return Prepared(_sections, **ids), Prepared(_notes, **ids)


def _of_any(articles: Iterable[Any]) -> Q:
    return reduce(or_, (Q(article=article) for article in articles))


def _sections(**articles: Any) -> QuerySet[Any, Any]:
    return (
        Section.objects.filter(_of_any(articles.values()))
        .order_by("position", "pk", "points__position", "points", "points__sources")
        .values_list(
            "article", "pk", "kind", "heading", "anchor", "html", "text",
            "points", "points__text", "points__strength",
            *(f"points__{name}" for name in _SOURCE),
        )
    )  # fmt: skip


def _notes(**articles: Any) -> QuerySet[Any, Any]:
    return (
        Note.objects.filter(_of_any(articles.values()), status=Note.Status.APPROVED)
        .order_by("position", "pk", "sources")
        .values_list(
            "article", "pk", "kind", "level", "heading", "html", "text", "section",
            *_SOURCE,
        )
    )  # fmt: skip
