"""`Article.version` moves with every change of what the article's page shows.

`Article.updated_at` moves along, but not for a comment: it is the date of the words.

Kept by triggers, so no way of writing (admin, shell, bulk update, raw SQL) can be forgotten.
"""

from footcare.lib.triggers import Trigger

ARTICLE = "articles_article"

# Table -> the articles that a changed row belongs to; {row} is one row on SQLite,
# the set of changed rows on PostgreSQL.
_OF_POINTS = (
    "SELECT article_id FROM articles_section WHERE id IN "
    "(SELECT section_id FROM articles_point WHERE id IN ({points}))"
)
_OF_NOTES = "SELECT article_id FROM articles_note WHERE id IN ({notes})"
_PARTS = {
    "articles_section": "SELECT {row}.article_id {rows}",
    "articles_media": "SELECT {row}.article_id {rows}",
    "articles_note": "SELECT {row}.article_id {rows}",
    "articles_article_topics": "SELECT {row}.article_id {rows}",
    "articles_point": (
        "SELECT article_id FROM articles_section WHERE id IN (SELECT {row}.section_id {rows})"
    ),
    "articles_article_pinned": "SELECT {row}.from_article_id {rows}",
    "articles_point_sources": _OF_POINTS.replace(
        "{points}", "SELECT {row}.point_id {rows}"
    ),
    "articles_note_sources": _OF_NOTES.replace(
        "{notes}", "SELECT {row}.note_id {rows}"
    ),
}
# What many articles show: here only a change of the row itself matters, since it comes and
# goes with the rows above.
_SHARED = {
    "articles_topic": (
        "SELECT article_id FROM articles_article_topics WHERE topic_id IN (SELECT {row}.id {rows})"
    ),
    "articles_author": (
        f"SELECT id FROM {ARTICLE} WHERE author_id IN (SELECT {{row}}.id {{rows}}) "
        "OR reviewer_id IN (SELECT {row}.id {rows})"
    ),
    "articles_source": " UNION ".join(
        [
            _OF_POINTS.replace(
                "{points}",
                "SELECT point_id FROM articles_point_sources "
                "WHERE source_id IN (SELECT {row}.id {rows})",
            ),
            _OF_NOTES.replace(
                "{notes}",
                "SELECT note_id FROM articles_note_sources "
                "WHERE source_id IN (SELECT {row}.id {rows})",
            ),
        ]
    ),
}
_ROWS = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}
# (table, the articles, event, the rows to look at)
_RULES = [
    *(
        (t, ids, event, rows)
        for t, ids in _PARTS.items()
        for event, rows in _ROWS.items()
    ),
    *((table, ids, "UPDATE", ["NEW"]) for table, ids in _SHARED.items()),
]
_NEEDS = (ARTICLE, *_PARTS, *_SHARED)
# As each database writes down a moment.
_NOW = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "postgresql": "clock_timestamp()",
}
# A media item of which only the count has changed.
_COUNTED = {
    "sqlite": "NEW.comments_count <> OLD.comments_count",
    "postgresql": "id NOT IN (SELECT n.article_id FROM new_rows n JOIN old_rows o "
    "ON o.id = n.id WHERE n.comments_count = o.comments_count)",
}
# Whoever saves the article has written the date already; a count is not among the words.
_DATED = "NEW.updated_at <> OLD.updated_at OR NEW.comments_count <> OLD.comments_count"


def _move(vendor: str, table: str, event: str) -> str:
    date = _NOW[vendor]
    if (table, event) == ("articles_media", "UPDATE"):
        date = f"CASE WHEN {_COUNTED[vendor]} THEN updated_at ELSE {date} END"
    return f"UPDATE {ARTICLE} SET version = version + 1, updated_at = {date}"


def _sqlite() -> list[Trigger]:
    article = Trigger(
        "sqlite",
        "article_version",
        "AFTER UPDATE",
        ARTICLE,
        "FOR EACH ROW WHEN NEW.version = OLD.version",
        f"UPDATE {ARTICLE} SET version = version + 1, updated_at = CASE WHEN {_DATED} "
        f"THEN NEW.updated_at ELSE {_NOW['sqlite']} END WHERE id = NEW.id;",
    )
    parts = [
        Trigger(
            "sqlite",
            f"{table}_{event.lower()}",
            f"AFTER {event}",
            table,
            "FOR EACH ROW",
            "".join(
                f"{_move('sqlite', table, event)} "
                f"WHERE id IN ({article_ids.format(row=row, rows='')});"
                for row in rows
            ),
            needs=_NEEDS,
        )
        for table, article_ids, event, rows in _RULES
    ]
    return [article, *parts]


def _postgresql() -> list[Trigger]:
    article = Trigger(
        "postgresql",
        "article_version",
        "BEFORE UPDATE",
        ARTICLE,
        "FOR EACH ROW",
        "IF NEW.version = OLD.version THEN NEW.version := OLD.version + 1; "
        f"IF NOT ({_DATED}) THEN NEW.updated_at := {_NOW['postgresql']}; END IF; "
        "END IF; RETURN NEW;",
    )
    parts = [
        Trigger(
            "postgresql",
            f"{table}_{event.lower()}",
            f"AFTER {event}",
            table,
            "REFERENCING "
            + " ".join(f"{row} TABLE AS {row.lower()}_rows" for row in rows)
            + " FOR EACH STATEMENT",
            _postgresql_body(article_ids, rows, _move("postgresql", table, event)),
            needs=_NEEDS,
        )
        for table, article_ids, event, rows in _RULES
    ]
    return [article, *parts]


def _postgresql_body(article_ids: str, rows: list[str], move: str) -> str:
    ids = " UNION ".join(
        article_ids.format(row="changed", rows=f"FROM {row.lower()}_rows AS changed")
        for row in rows
    )
    # Locked in key order first: two statements over the same articles must not cross.
    return (
        f"PERFORM 1 FROM {ARTICLE} WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE; "
        f"{move} WHERE id IN ({ids}); RETURN NULL;"
    )


TRIGGERS = [*_sqlite(), *_postgresql()]
