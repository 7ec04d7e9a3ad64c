"""Which edition of the site a page shows: numbers that move in the transaction of a change.

``words`` moves with all that readers may see besides comments and their counts; ``lists``
moves with these, too. So a list is what it was as long as ``lists`` is, and what stands under
an article's address as long as ``words`` and the article's own version are.

Kept by triggers in one table, which no model stands for: a fixture does not hold it, and
`flush` does not set it back.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.utils import timezone

from articles.fields import DatabaseKeptField
from articles.models import Article
from footcare.lib.triggers import Trigger

ARTICLE, EDITION = "articles_article", "articles_edition"
# Besides the articles, whose parts move their row (versioning.py).
_OTHERS = ("articles_page", "articles_sitesettings", "articles_topic")
_BOTH = "words = words + 1, lists = lists + 1"
_LISTS = "lists = lists + 1"
_EVENTS = ("INSERT", "UPDATE", "DELETE")
# What the triggers of comments move; whatever else changes are words.
_COUNTS = [
    field.column
    for field in Article._meta.concrete_fields
    if isinstance(field, DatabaseKeptField)
]


def _trigger(vendor: str, event: str, table: str, clause: str, body: str) -> Trigger:
    name = f"edition_{table}_{event.lower()}"
    return Trigger(vendor, name, f"AFTER {event}", table, clause, body, (EDITION,))


def _sqlite() -> list[Trigger]:
    words = " OR ".join(
        f'NEW."{field.column}" IS NOT OLD."{field.column}"'
        for field in Article._meta.concrete_fields
        if field.column not in _COUNTS
    )
    move = (
        f"UPDATE {EDITION} SET lists = lists + 1, words = words + CASE WHEN {{}} "
        "THEN 1 ELSE 0 END;"
    )
    return [
        _trigger("sqlite", event, table, "FOR EACH ROW", move.format(condition))
        for table in (ARTICLE, *_OTHERS)
        for event in _EVENTS
        for condition in [words if (table, event) == (ARTICLE, "UPDATE") else "true"]
    ]


def _postgresql() -> list[Trigger]:
    counts = "".join(f" - '{column}'" for column in _COUNTS)
    words = (
        "EXISTS (SELECT 1 FROM new_rows n JOIN old_rows o ON o.id = n.id "
        f"WHERE to_jsonb(n){counts} <> to_jsonb(o){counts})"
    )
    triggers = []
    for table in (ARTICLE, *_OTHERS):
        body = f"{_move(_BOTH)} RETURN NULL;"
        triggers += [
            _trigger("postgresql", event, table, "FOR EACH STATEMENT", body)
            for event in (*_EVENTS, "TRUNCATE")
            if (table, event) != (ARTICLE, "UPDATE")
        ]
    clause = (
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT"
    )
    body = (
        f"IF {words} THEN {_move(_BOTH)} "
        f"ELSIF EXISTS (SELECT 1 FROM new_rows) THEN {_move(_LISTS)} END IF; RETURN NULL;"
    )
    return [*triggers, _trigger("postgresql", "UPDATE", ARTICLE, clause, body)]


def _move(step: str) -> str:
    """Move the first number that nobody else is moving: one number would make every writer
    of the site wait for every other, and two that have locked articles deadlock. What counts
    is the sum, which each transaction raises as it ends.
    """
    return (
        f"UPDATE {EDITION} SET {step} WHERE id = "
        f"(SELECT id FROM {EDITION} ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED); "
        f"IF NOT FOUND THEN INSERT INTO {EDITION} (words, lists) VALUES (1, 1); END IF;"
    )


TRIGGERS = [*_sqlite(), *_postgresql()]


def move(using: str) -> None:
    """Begin a new edition of everything; asked for when the triggers were away."""
    with connections[using].cursor() as cursor:
        cursor.execute(f"INSERT INTO {EDITION} (words, lists) VALUES (1, 1)")


class Edition(NamedTuple):
    """Equal for two moments between which nothing has changed that a page shows."""

    words: int
    changes: int  # of the lists, or of the article
    since: tuple[datetime | None, date]


_WORDS = "CAST(SUM(words) AS bigint)"
_OF_LISTS = f"SELECT {_WORDS}, CAST(SUM(lists) AS bigint) FROM {EDITION}"
_OF_ARTICLE = {
    vendor: f"SELECT {_WORDS}, (SELECT version FROM {ARTICLE} WHERE slug = {parameter}) "
    f"FROM {EDITION}"
    for vendor, parameter in (("sqlite", "?"), ("postgresql", "%s"))
}


def current(slug: str = "") -> Edition | None:
    """The edition of the article at ``slug``, else of all that are no single article's.

    None: no article has this address. To be asked before a page is made: what it shows is
    then of this edition or newer. Raises django.db.Error if the database is away.
    """
    of = connections[DEFAULT_DB_ALIAS]
    of.ensure_connection()
    # The driver's own call: Django's cursor takes six times as long, and this is all that a
    # kept page costs.
    with of.wrap_database_errors:
        if slug:
            found = of.connection.execute(_OF_ARTICLE[of.vendor], (slug,))
        else:
            found = of.connection.execute(_OF_LISTS)
        words, changes = found.fetchone()
    return None if changes is None else Edition(words, changes, _clock.since(words))


class _Clock:
    """What time alone changes: a scheduled article appears, a day ends.

    Asked of the database only when the words have changed or the time has come; also when
    the clock was set back.
    """

    def __init__(self) -> None:
        now = timezone.now()
        self.known: tuple[int, datetime, datetime, tuple[datetime | None, date]]
        self.known = (-1, now, now, (None, now.date()))

    def since(self, words: int) -> tuple[datetime | None, date]:
        """When the newest article appeared, and today."""
        known, begun, ends, since = self.known
        now = timezone.now()
        if not (known == words and begun <= now < ends):
            ends, since = self._ask(now)
            self.known = (words, now, ends, since)
        return since

    def _ask(self, now: datetime) -> tuple[datetime, tuple[datetime | None, date]]:
        newest = Article.objects.published(until=now).newest_first()
        appeared = newest.values_list("published_at", flat=True).first()
        due = Article.objects.scheduled(now).order_by("published_at")
        appears = due.values_list("published_at", flat=True).first()
        local = timezone.localtime(now)
        midnight = timezone.make_aware(
            datetime.combine(local.date() + timedelta(days=1), datetime.min.time())
        )
        return min(appears or midnight, midnight), (appeared, local.date())


_clock = _Clock()
