"""The lists of topics: rows that triggers write, so that each list has its own index.

Without them a topic's newest articles are found either by walking through all articles or
by sorting all of the topic's: both grow with the site.
"""

from django.db import connections, transaction

from footcare.lib.triggers import Trigger

ARTICLE, ENTRY = "articles_article", "articles_topicentry"
TOPICS = "articles_article_topics"


def _add(rows: str, which: str) -> str:
    """Enter the published articles among ``rows`` (of the table of topics, called t)."""
    return (
        f"INSERT INTO {ENTRY} (id, topic_id, article_id, published_at) "
        "SELECT t.topic_id || '-' || a.id, t.topic_id, a.id, a.published_at "
        f"FROM {rows} t JOIN {ARTICLE} a ON a.id = t.article_id "
        f"WHERE a.status = 'published' AND {which} "
        "ON CONFLICT (id) DO UPDATE SET published_at = excluded.published_at;"
    )


# One article's entries, after its status or its date has changed.
_ANEW = (
    f"DELETE FROM {ENTRY} WHERE article_id = NEW.id; {_add(TOPICS, 'a.id = NEW.id')}"
)


def _trigger(vendor: str, event: str, table: str, clause: str, body: str) -> Trigger:
    subject = "article" if table == ARTICLE else "topics"
    name = f"entry_{subject}_{event.lower()}"
    needs = (ARTICLE, TOPICS, ENTRY)
    return Trigger(vendor, name, f"AFTER {event}", table, clause, body, needs=needs)


def _sqlite() -> list[Trigger]:
    remove = f"DELETE FROM {ENTRY} WHERE id = OLD.topic_id || '-' || OLD.article_id;"
    add = _add(TOPICS, "t.id = NEW.id")
    bodies = {"INSERT": add, "DELETE": remove, "UPDATE": remove + add}
    changed = "NEW.status <> OLD.status OR NEW.published_at IS NOT OLD.published_at"
    return [
        _trigger("sqlite", "UPDATE", ARTICLE, f"FOR EACH ROW WHEN {changed}", _ANEW),
        *(
            _trigger("sqlite", event, TOPICS, "FOR EACH ROW", body)
            for event, body in bodies.items()
        ),
    ]


def _postgresql() -> list[Trigger]:
    remove = (
        f"DELETE FROM {ENTRY} USING old_rows o "
        f"WHERE {ENTRY}.id = o.topic_id || '-' || o.article_id; "
    )
    # Locked first, in key order: else an article that is published at this moment would
    # miss the topic, and the topic the article.
    add = (
        f"PERFORM 1 FROM {ARTICLE} WHERE id IN (SELECT article_id FROM new_rows) "
        f"ORDER BY id FOR NO KEY UPDATE; {_add('new_rows', 'true')} "
    )
    bodies = {
        "INSERT": ("NEW TABLE AS new_rows", add),
        "DELETE": ("OLD TABLE AS old_rows", remove),
        "UPDATE": ("OLD TABLE AS old_rows NEW TABLE AS new_rows", remove + add),
    }
    changed = (
        "NEW.status <> OLD.status OR NEW.published_at IS DISTINCT FROM OLD.published_at"
    )
    return [
        _trigger(
            "postgresql", "UPDATE", ARTICLE,
            "FOR EACH ROW", f"IF {changed} THEN {_ANEW} END IF; RETURN NULL;",
        ),
        *(
            _trigger(
                "postgresql", event, TOPICS,
                f"REFERENCING {rows} FOR EACH STATEMENT", f"{body} RETURN NULL;",
            )
            for event, (rows, body) in bodies.items()
        ),
    ]  # fmt: skip


TRIGGERS = [*_sqlite(), *_postgresql()]


def rebuild(using: str) -> None:
    """Write the lists of all topics anew; asked for when the triggers were away."""
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {ENTRY}")
        cursor.execute(_add(TOPICS, "true").rstrip(";"))
