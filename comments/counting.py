"""Whether each `comments_count`, which the database keeps (triggers.py), is right."""

from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from articles.models import Article, Media
from comments.models import Comment


@dataclass(frozen=True)
class Correction:
    """One count that was wrong: of what, what it said, what it says now."""

    of: str
    was: int
    now: int


def recount(using: str = DEFAULT_DB_ALIAS, *, repair: bool = True) -> list[Correction]:
    """Compare every stored count with the visible comments; return those that were wrong.

    With ``repair`` they are set right. Safe beside any number of writers: a row is locked
    before its comments are counted, and whoever changes a comment has to wait for that row.
    """
    found: list[Correction] = []
    for model, column in ((Article, "article"), (Media, "media")):
        actual = Coalesce(Subquery(_counts(column)), 0)
        rows = model._base_manager.using(using).annotate(actual=actual)
        wrong = rows.exclude(comments_count=F("actual")).order_by("pk")
        for pk in list(wrong.values_list("pk", flat=True)):
            found += _correct(rows, pk, repair)
    return found


def _counts(column: str) -> models.QuerySet[Comment]:
    visible = Comment.objects.visible().filter(**{column: OuterRef("pk")}).order_by()
    return visible.values(column).annotate(total=Count("pk")).values("total")


def _correct(rows: models.QuerySet, pk: int, repair: bool) -> list[Correction]:
    with transaction.atomic(using=rows.db):
        # The lock comes first: counted in the same statement, a count on PostgreSQL would
        # be that of the moment before the lock was had.
        stored = rows.model._base_manager.using(rows.db).filter(pk=pk)
        if repair:
            list(stored.select_for_update(no_key=True).values_list("pk"))
        row = rows.filter(pk=pk).first()
        if row is None or row.comments_count == row.actual:
            return []
        if repair:
            stored.update(comments_count=row.actual)
        return [Correction(str(row), row.comments_count, row.actual)]
