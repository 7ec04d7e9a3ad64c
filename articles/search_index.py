"""The words that searches look in: one row an article, taken from it by triggers.

So whatever writes an article (admin, shell, bulk update, raw SQL) writes its words in the
same transaction. All articles are there, also those that are not published: a search asks
for the published ones, so nothing need be done when the time of one comes.
"""

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from footcare.lib.triggers import Trigger

ARTICLE, SECTION, POINT = "articles_article", "articles_section", "articles_point"
SEARCH, WORD = "articles_search", "articles_searchword"
# Characters of one article that can be found; what follows them cannot.
SUMMARY_LIMIT, HEADINGS_LIMIT, WORDS_LIMIT = 1_000, 10_000, 100_000

_JOIN = {
    "sqlite": "group_concat({}, char(10))",
    "postgresql": "string_agg({}, chr(10))",
}


def _source(vendor: str, ids: str) -> str:
    """The rows that the articles ``ids`` (a list or a query) should have."""
    headings, lines = _JOIN[vendor].format("heading"), _JOIN[vendor].format("line")
    return f"""
    SELECT id, title, substr(summary, 1, {SUMMARY_LIMIT}) AS summary,
        substr(coalesce((
            SELECT {headings} FROM (
                SELECT heading FROM {SECTION}
                WHERE article_id = {ARTICLE}.id AND heading <> '' ORDER BY position, id
            ) AS h
        ), ''), 1, {HEADINGS_LIMIT}) AS headings,
        substr(coalesce((
            SELECT {lines} FROM (
                SELECT position AS a, id AS b, 0 AS c, 0 AS d, heading AS line
                FROM {SECTION} WHERE article_id = {ARTICLE}.id AND heading <> ''
                UNION ALL SELECT position, id, 1, 0, text
                FROM {SECTION} WHERE article_id = {ARTICLE}.id AND text <> ''
                UNION ALL SELECT s.position, s.id, 2 + p.position, p.id, p.text
                FROM {SECTION} s JOIN {POINT} p ON p.section_id = s.id
                WHERE s.article_id = {ARTICLE}.id
                ORDER BY a, b, c, d
            ) AS l
        ), ''), 1, {WORDS_LIMIT}) AS words
    FROM {ARTICLE} WHERE id IN ({ids})"""


def _fill(vendor: str, ids: str) -> str:
    return (
        f"INSERT INTO {SEARCH} (article_id, title, summary, headings, words) "
        f"{_source(vendor, ids)} ON CONFLICT (article_id) DO UPDATE SET "
        "title = excluded.title, summary = excluded.summary, "
        "headings = excluded.headings, words = excluded.words "
        f"WHERE {_differ(SEARCH, 'excluded')};"
    )


def _differ(one: str, other: str) -> str:
    columns = ["title", "summary", "headings", "words"]
    mine, yours = (
        ", ".join(f"{row}.{name}" for name in columns) for row in (one, other)
    )
    return f"({mine}) <> ({yours})"


_SECTIONS = f"SELECT article_id FROM {SECTION} WHERE id IN ({{}})"
_CHANGED = "NEW.title <> OLD.title OR NEW.summary <> OLD.summary"


def _trigger(vendor: str, table: str, event: str, clause: str, body: str) -> Trigger:
    name = f"search_{table.removeprefix('articles_')}_{event.replace(' ', '_').lower()}"
    needs = (SECTION, POINT, SEARCH) + ((WORD,) if vendor == "sqlite" else ())
    return Trigger(vendor, name, event, table, clause, body, needs=needs)


def _sqlite() -> list[Trigger]:
    gone = f"DELETE FROM {SEARCH} WHERE article_id = OLD.id;"
    bodies = [
        (ARTICLE, "AFTER INSERT", "", _fill("sqlite", "NEW.id")),
        (
            ARTICLE,
            "AFTER UPDATE",
            f"FOR EACH ROW WHEN {_CHANGED}",
            _fill("sqlite", "NEW.id"),
        ),
        (ARTICLE, "AFTER DELETE", "", gone),
        (SEARCH, "AFTER INSERT", "", _index("NEW")),
        (SEARCH, "BEFORE UPDATE", "", _index("OLD", "delete")),
        (SEARCH, "AFTER UPDATE", "", _index("NEW")),
        (SEARCH, "BEFORE DELETE", "", _index("OLD", "delete")),
    ]
    for event, rows in _ROWS.items():
        articles = ", ".join(f"{row}.article_id" for row in rows)
        sections = _SECTIONS.format(", ".join(f"{row}.section_id" for row in rows))
        bodies += [
            (SECTION, f"AFTER {event}", "", _fill("sqlite", articles)),
            (POINT, f"AFTER {event}", "", _fill("sqlite", sections)),
        ]
    return [
        _trigger("sqlite", table, event, clause or "FOR EACH ROW", body)
        for table, event, clause, body in bodies
    ]


_ROWS = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}


def _index(row: str, command: str = "") -> str:
    """Put a row's four parts into the full-text index, or take them out of it."""
    into, what = (f"{WORD}, ", f"'{command}', ") if command else ("", "")
    return (
        f"INSERT INTO {WORD} ({into}rowid, words) "
        f"SELECT {what}id, words FROM articles_searchparts "
        f"WHERE article_id = {row}.article_id;"
    )


def _postgresql() -> list[Trigger]:
    fill = _fill("postgresql", "NEW.id")
    gone = f"DELETE FROM {SEARCH} WHERE article_id = OLD.id; RETURN NULL;"
    everything = _fill("postgresql", f"SELECT id FROM {ARTICLE}") + " RETURN NULL;"
    # Not as a WHEN of the trigger: PostgreSQL would not alter the type of what it names.
    changed = f"IF {_CHANGED} THEN {fill} END IF; RETURN NULL;"
    bodies = [
        (ARTICLE, "AFTER INSERT", "FOR EACH ROW", fill + " RETURN NULL;"),
        (ARTICLE, "AFTER UPDATE", "FOR EACH ROW", changed),
        (ARTICLE, "AFTER DELETE", "FOR EACH ROW", gone),
        (ARTICLE, "AFTER TRUNCATE", "FOR EACH STATEMENT", f"DELETE FROM {SEARCH}; RETURN NULL;"),
        # Who truncates the sections truncates the points, which refer to them.
        (POINT, "AFTER TRUNCATE", "FOR EACH STATEMENT", everything),
    ]  # fmt: skip
    for event, rows in _ROWS.items():
        tables = " ".join(f"{row} TABLE AS {row.lower()}_rows" for row in rows)
        clause = f"REFERENCING {tables} FOR EACH STATEMENT"
        for table, column, ids in (
            (SECTION, "article_id", "{}"),
            (POINT, "section_id", _SECTIONS),
        ):
            changed = " UNION ".join(
                f"SELECT {column} FROM {row.lower()}_rows" for row in rows
            )
            body = _postgresql_body(ids.format(changed))
            bodies.append((table, f"AFTER {event}", clause, body))
    return [_trigger("postgresql", *body) for body in bodies]


def _postgresql_body(ids: str) -> str:
    # The lock comes first: in one statement, the words would be those of the moment before
    # the lock was had.
    return (
        f"PERFORM 1 FROM {ARTICLE} WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE; "
        f"{_fill('postgresql', ids)} RETURN NULL;"
    )


TRIGGERS = [*_sqlite(), *_postgresql()]


def rebuild(
    using: str = DEFAULT_DB_ALIAS, *, repair: bool = True, thorough: bool = False
) -> list[str]:
    """Compare what is searched with the articles; return what was wrong, in words.

    With ``repair`` it is set right. ``thorough`` also compares the full-text index with the
    table that it is made from, which takes some milliseconds an article.
    """
    connection = connections[using]
    wrong = _wrong_rows(connection, thorough)
    said = [f"{title}: its words were not those of the article." for _, title in wrong]
    for start in range(0, len(wrong) if repair else 0, 100):
        _refill(connection, [pk for pk, _ in wrong[start : start + 100]])
    if thorough and connection.vendor == "sqlite" and not _index_is_sound(connection):
        said.append("The full-text index did not hold the words of the articles.")
        if repair:
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {WORD} ({WORD}) VALUES ('rebuild')")
    return said


def _wrong_rows(
    connection: BaseDatabaseWrapper, thorough: bool
) -> list[tuple[int, str]]:
    expected = _source(connection.vendor, f"SELECT id FROM {ARTICLE}")
    is_wrong = _differ("s", "a")
    if thorough and connection.vendor == "postgresql":
        is_wrong += f" OR s.vector <> {SEARCH}_vector(a.id, a.title, a.summary, a.headings, a.words)"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT a.id, a.title FROM ({expected}) AS a "
            f"LEFT JOIN {SEARCH} s ON s.article_id = a.id "
            f"WHERE s.article_id IS NULL OR {is_wrong} "
            f"UNION ALL SELECT article_id, title FROM {SEARCH} "
            f"WHERE article_id NOT IN (SELECT id FROM {ARTICLE}) ORDER BY 1"
        )
        return list(cursor.fetchall())


def _refill(connection: BaseDatabaseWrapper, ids: list[int]) -> None:
    numbers = ", ".join(map(str, ids))
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"SELECT id FROM {ARTICLE} WHERE id IN ({numbers}) ORDER BY id "
                "FOR NO KEY UPDATE"
            )
        cursor.execute(f"DELETE FROM {SEARCH} WHERE article_id IN ({numbers})")
        cursor.execute(_fill(connection.vendor, numbers))


def _index_is_sound(connection: BaseDatabaseWrapper) -> bool:
    check = f"INSERT INTO {WORD} ({WORD}, rank) VALUES ('integrity-check', 1)"
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(check)
    except DatabaseError:
        return False
    return True
