"""The triggers that keep `comments_count` of articles and of media items.

`Article.discussed_at` is kept with it: it also moves when a visible comment is edited.

They add the difference in visible comments that each statement made, so no path (form,
admin, bulk update, cascade, shell, raw SQL) can pass them by, and the cost does not grow
with the thread.

Another one takes the HTML of a comment away whose words were changed past the model: then
it is made anew wherever it is shown.
"""

from footcare.lib.triggers import Trigger

COMMENT, ARTICLE, MEDIA = "comments_comment", "articles_article", "articles_media"
# Whose count, by which column of the comment, and what else moves with it.
_COUNTED = [
    (ARTICLE, "article_id", ", version = version + 1, discussed_at = {now}"),
    (MEDIA, "media_id", ""),
]
_SQLITE_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"
_POSTGRESQL_NOW = "floor(extract(epoch FROM clock_timestamp()))::bigint"


def _on_comments(vendor: str, event: str, clause: str, body: str) -> Trigger:
    name, when = f"count_{event.lower()}", f"AFTER {event}"
    return Trigger(vendor, name, when, COMMENT, clause, body, needs=(ARTICLE, MEDIA))


def _on_new(vendor: str, event: str, table: str, body: str) -> Trigger:
    name = f"count_of_new_{table}"
    return Trigger(vendor, name, event, table, "FOR EACH ROW", body, needs=(COMMENT,))


def _visible(column: str) -> str:
    """How many visible comments a new article or media item has: a fixture may load them
    before it."""
    return (
        f"SELECT COUNT(*) FROM {COMMENT} WHERE {column} = NEW.id AND status = 'visible'"
    )


def _sqlite_step(sign: str, row: str) -> str:
    return "".join(
        f"UPDATE {table} SET comments_count = comments_count {sign} 1"
        f"{more.format(now=_SQLITE_NOW)} "
        f"WHERE id = {row}.{column} AND {row}.status = 'visible';"
        for table, column, more in _COUNTED
    )


def _sqlite() -> list[Trigger]:
    less, more = _sqlite_step("-", "OLD"), _sqlite_step("+", "NEW")
    bodies = {"INSERT": more, "DELETE": less, "UPDATE": less + more}
    return [
        _on_comments("sqlite", event, "FOR EACH ROW", body)
        for event, body in bodies.items()
    ] + [
        _on_new(
            "sqlite",
            "AFTER INSERT",
            table,
            f"UPDATE {table} SET comments_count = ({_visible(column)}) "
            f"WHERE id = NEW.id AND comments_count <> ({_visible(column)});",
        )
        for table, column, _ in _COUNTED
    ]


def _postgresql_step(rows: dict[str, int]) -> str:
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
            f"UPDATE {table} SET comments_count = comments_count + c.n"
            f"{more.format(now=_POSTGRESQL_NOW)} "
            f"FROM (SELECT id, SUM(n)::bigint AS n FROM ({change}) AS d GROUP BY id) AS c "
            # An edited comment changes no count; the article moves with it all the same.
            f"WHERE {table}.id = c.id{'' if more else ' AND c.n <> 0'}; "
        )
    # Media items before articles, as whoever changes a media item locks them.
    return "".join([*reversed(locks), *steps]) + "RETURN NULL;"


def _postgresql_truncate() -> str:
    steps = [
        f"UPDATE {table} SET comments_count = 0{more.format(now=_POSTGRESQL_NOW)} "
        "WHERE comments_count <> 0; "
        for table, _, more in _COUNTED
    ]
    return "".join(steps) + "RETURN NULL;"


def _postgresql() -> list[Trigger]:
    changes = {
        "INSERT": {"new": 1},
        "DELETE": {"old": -1},
        "UPDATE": {"old": -1, "new": 1},
    }
    triggers = [
        _on_comments(
            "postgresql", "TRUNCATE", "FOR EACH STATEMENT", _postgresql_truncate()
        )
    ]
    for event, rows in changes.items():
        tables = " ".join(f"{row.upper()} TABLE AS {row}_rows" for row in rows)
        clause = f"REFERENCING {tables} FOR EACH STATEMENT"
        triggers.append(
            _on_comments("postgresql", event, clause, _postgresql_step(rows))
        )
    for table, column, _ in _COUNTED:
        body = f"NEW.comments_count := ({_visible(column)}); RETURN NEW;"
        triggers.append(_on_new("postgresql", "BEFORE INSERT", table, body))
    return triggers


_STALE = "NEW.body <> OLD.body AND NEW.html = OLD.html"
_HTML = [
    Trigger(
        "sqlite", "comment_html", "AFTER UPDATE", COMMENT, f"FOR EACH ROW WHEN {_STALE}",
        f"UPDATE {COMMENT} SET html = '' WHERE id = NEW.id;",
    ),
    Trigger(
        "postgresql", "comment_html", "BEFORE UPDATE", COMMENT, "FOR EACH ROW",
        f"IF {_STALE} THEN NEW.html := ''; END IF; RETURN NEW;",
    ),
]  # fmt: skip

TRIGGERS = [*_sqlite(), *_postgresql(), *_HTML]
