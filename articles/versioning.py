"""`Article.version` moves with every change of what the article's page shows.

Kept by triggers, so no way of writing (admin, shell, bulk update, raw SQL) can be forgotten.
"""

from footcare.lib.triggers import Trigger

ARTICLE = "articles_article"
SECTION = "articles_section"

# Table -> the articles that a changed row belongs to; {row} is one row on SQLite,
# the set of changed rows on PostgreSQL.
_PARTS = {
    "articles_section": "SELECT {row}.article_id {rows}",
    "articles_media": "SELECT {row}.article_id {rows}",
    "articles_note": "SELECT {row}.article_id {rows}",
    "articles_article_topics": "SELECT {row}.article_id {rows}",
    "articles_point": (
        "SELECT article_id FROM articles_section WHERE id IN (SELECT {row}.section_id {rows})"
    ),
}
_ROWS = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}


def _sqlite() -> list[Trigger]:
    article = Trigger(
        "sqlite",
        "article_version",
        "AFTER UPDATE",
        ARTICLE,
        "FOR EACH ROW WHEN NEW.version = OLD.version",
        f"UPDATE {ARTICLE} SET version = version + 1 WHERE id = NEW.id;",
    )
    parts = [
        Trigger(
            "sqlite",
            f"{table}_{event.lower()}",
            f"AFTER {event}",
            table,
            "FOR EACH ROW",
            "".join(
                f"UPDATE {ARTICLE} SET version = version + 1 "
                f"WHERE id IN ({article_ids.format(row=row, rows='')});"
                for row in rows
            ),
            needs=(ARTICLE, SECTION),
        )
        for table, article_ids in _PARTS.items()
        for event, rows in _ROWS.items()
    ]
    return [article, *parts]


def _postgresql() -> list[Trigger]:
    article = Trigger(
        "postgresql",
        "article_version",
        "BEFORE UPDATE",
        ARTICLE,
        "FOR EACH ROW",
        "IF NEW.version = OLD.version THEN NEW.version := OLD.version + 1; END IF; RETURN NEW;",
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
            _postgresql_body(article_ids, rows),
            needs=(ARTICLE, SECTION),
        )
        for table, article_ids in _PARTS.items()
        for event, rows in _ROWS.items()
    ]
    return [article, *parts]


def _postgresql_body(article_ids: str, rows: list[str]) -> str:
    ids = " UNION ".join(
        article_ids.format(row="changed", rows=f"FROM {row.lower()}_rows AS changed")
        for row in rows
    )
    # Locked in key order first: two statements over the same articles must not cross.
    return (
        f"PERFORM 1 FROM {ARTICLE} WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE; "
        f"UPDATE {ARTICLE} SET version = version + 1 WHERE id IN ({ids}); RETURN NULL;"
    )


TRIGGERS = [*_sqlite(), *_postgresql()]
