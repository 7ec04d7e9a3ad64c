"""How `comments_count` of articles and media items is kept, and checked.

Triggers add the difference in visible comments that each statement made, so no path (form,
admin, bulk update, cascade, shell, raw SQL) can pass them by, and the cost does not grow
with the thread.
"""

from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from articles.models import Article, Media
from comments.models import Comment
from footcare.lib.triggers import Trigger

COMMENT, ARTICLE, MEDIA = "comments_comment", "articles_article", "articles_media"
# Whose count, by which column of the comment, and what else moves with it.
_COUNTED = [
    (ARTICLE, "article_id", ", version = version + 1"),
    (MEDIA, "media_id", ""),
]


def _sqlite_step(sign: str, row: str) -> str:
    return "".join(
        f"UPDATE {table} SET comments_count = comments_count {sign} 1{more} "
        f"WHERE id = {row}.{column} AND {row}.status = 'visible';"
        for table, column, more in _COUNTED
    )


def _sqlite() -> list[Trigger]:
    steps = {
        "INSERT": _sqlite_step("+", "NEW"),
        "DELETE": _sqlite_step("-", "OLD"),
        "UPDATE": _sqlite_step("-", "OLD") + _sqlite_step("+", "NEW"),
    }
    return [
        Trigger(
            "sqlite",
            f"count_{event.lower()}",
            f"AFTER {event}",
            COMMENT,
            "FOR EACH ROW",
            body,
            needs=(ARTICLE, MEDIA),
        )
        for event, body in steps.items()
    ] + [
        Trigger(
            "sqlite",
            f"count_of_new_{table}",
            "AFTER INSERT",
            table,
            "FOR EACH ROW",
            f"UPDATE {table} SET comments_count = ({_visible(column, 'NEW')}) "
            f"WHERE id = NEW.id AND comments_count <> ({_visible(column, 'NEW')});",
            needs=(COMMENT,),
        )
        for table, column, _ in _COUNTED
    ]


def _visible(column: str, row: str) -> str:
    return f"SELECT COUNT(*) FROM {COMMENT} WHERE {column} = {row}.id AND status = 'visible'"


def _postgresql_body(rows: dict[str, int]) -> str:
    """Group the statement's changes, lock what they touch in key order, then add them.

    Row triggers would make one bulk statement quadratic, and without the order two bulk
    statements that cross would deadlock.
    """
    changes = " UNION ALL ".join(
        f"SELECT {{column}} AS id, {sign} AS n FROM {row}_rows WHERE status = 'visible'"
        for row, sign in rows.items()
    )
    locks, steps = [], []
    for table, column, more in _COUNTED:
        change = changes.format(column=column)
        locks.append(
            f"PERFORM 1 FROM {table} WHERE id IN (SELECT id FROM ({change}) AS c) "
            "ORDER BY id FOR NO KEY UPDATE; "
        )
        steps.append(
            f"UPDATE {table} SET comments_count = comments_count + c.n{more} "
            f"FROM (SELECT id, SUM(n)::bigint AS n FROM ({change}) AS d GROUP BY id) AS c "
            f"WHERE {table}.id = c.id; "
        )
    # Media items before articles, as whoever changes a media item locks them.
    return "".join([*reversed(locks), *steps]) + "RETURN NULL;"


def _postgresql() -> list[Trigger]:
    rows = {
        "INSERT": {"new": 1},
        "DELETE": {"old": -1},
        "UPDATE": {"old": -1, "new": 1},
    }
    return (
        [
            Trigger(
                "postgresql",
                f"count_{event.lower()}",
                f"AFTER {event}",
                COMMENT,
                "REFERENCING "
                + " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in changed)
                + " FOR EACH STATEMENT",
                _postgresql_body(changed),
                needs=(ARTICLE, MEDIA),
            )
            for event, changed in rows.items()
        ]
        + [
            Trigger(
                "postgresql",
                f"count_of_new_{table}",
                "BEFORE INSERT",
                table,
                "FOR EACH ROW",
                f"NEW.comments_count := ({_visible(column, 'NEW')}); RETURN NEW;",
                needs=(COMMENT,),
            )
            for table, column, _ in _COUNTED
        ]
        + [
            Trigger(
                "postgresql",
                "count_truncate",
                "AFTER TRUNCATE",
                COMMENT,
                "FOR EACH STATEMENT",
                "".join(
                    f"UPDATE {table} SET comments_count = 0{more} WHERE comments_count <> 0; "
                    for table, _, more in _COUNTED
                )
                + "RETURN NULL;",
                needs=(ARTICLE, MEDIA),
            )
        ]
    )


TRIGGERS = [*_sqlite(), *_postgresql()]


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
