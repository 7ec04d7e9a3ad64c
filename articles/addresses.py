"""Old addresses go on leading to their article: rows that triggers write.

An address that another article takes over is that article's from then on.
"""

from footcare.lib.triggers import Trigger

ARTICLE, OLD = "articles_article", "articles_oldslug"

_TAKE_OVER = f"DELETE FROM {OLD} WHERE slug = NEW.slug;"
_KEEP = (
    f"INSERT INTO {OLD} (slug, article_id) VALUES (OLD.slug, NEW.id) "
    "ON CONFLICT (slug) DO UPDATE SET article_id = excluded.article_id;"
)
_CHANGED = "NEW.slug <> OLD.slug"


def _trigger(vendor: str, event: str, clause: str, body: str) -> Trigger:
    name = f"address_{event.split()[1].lower()}"
    return Trigger(vendor, name, event, ARTICLE, clause, body, needs=(OLD,))


TRIGGERS = [
    _trigger("sqlite", "AFTER INSERT", "FOR EACH ROW", _TAKE_OVER),
    _trigger(
        "sqlite", "AFTER UPDATE", f"FOR EACH ROW WHEN {_CHANGED}", _TAKE_OVER + _KEEP
    ),
    _trigger(
        "postgresql", "AFTER INSERT", "FOR EACH ROW", f"{_TAKE_OVER} RETURN NULL;"
    ),
    # The condition is not a WHEN: then the column's type could not be altered.
    _trigger(
        "postgresql", "AFTER UPDATE", "FOR EACH ROW",
        f"IF {_CHANGED} THEN {_TAKE_OVER} {_KEEP} END IF; RETURN NULL;",
    ),
]  # fmt: skip
