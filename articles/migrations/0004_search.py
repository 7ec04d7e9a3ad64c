"""The table of words that searches look in, and its full-text index.

It holds what triggers take from the articles (articles/search_index.py). Django knows no
model of it, so it is in no fixture.
"""

import sqlite3
from contextlib import closing

from django.db import migrations

TABLE = """
CREATE TABLE articles_search (
    article_id bigint NOT NULL PRIMARY KEY,
    title text NOT NULL,
    summary text NOT NULL,
    headings text NOT NULL,
    words text NOT NULL
)"""
TOKENIZER = "unicode61 remove_diacritics 2 categories 'L* N* M* Co'"

# An article stands in the index four times, as title, with the summary, with the headings
# and as a whole. Rows are read from the highest number down: so titles come first, and
# among equals the article that was added last.
SQLITE = [
    TABLE,
    """
    CREATE VIEW articles_searchparts (id, article_id, words) AS
    SELECT (3 << 40) + article_id, article_id, title FROM articles_search
    UNION ALL SELECT (2 << 40) + article_id, article_id, title || ' ' || summary FROM articles_search
    UNION ALL SELECT (1 << 40) + article_id, article_id,
        title || ' ' || summary || ' ' || headings FROM articles_search
    UNION ALL SELECT article_id, article_id,
        title || ' ' || summary || ' ' || headings || ' ' || words FROM articles_search
    """,
    "CREATE VIRTUAL TABLE articles_searchword USING fts5("
    "words, content='articles_searchparts', content_rowid='id', detail=none, "
    f"prefix='3 4 5', tokenize=\"{TOKENIZER}\")",
    "CREATE VIRTUAL TABLE articles_searchvocabulary USING fts5vocab("
    "articles_searchword, instance)",
]
SQLITE_BACK = [
    "DROP TABLE articles_searchvocabulary",
    "DROP TABLE articles_searchword",
    "DROP VIEW articles_searchparts",
    "DROP TABLE articles_search",
]

# Here the part (3 for the title to 0) and the article's block of 4,096 are written before
# each word: "3:24:massage". So a search goes through parts and blocks in order and stops
# when it has enough, however many articles hold the word.
POSTGRESQL = [
    TABLE,
    """
    CREATE FUNCTION articles_search_vector(
        article_id bigint, title text, summary text, headings text, words text
    ) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
        SELECT coalesce(
            array_to_tsvector(array_agg(part || ':' || article_id / 4096 || ':' || folded)),
            ''::tsvector
        )
        FROM (
            SELECT DISTINCT part, word FROM (VALUES
                (3, title),
                (2, title || ' ' || summary),
                (1, title || ' ' || summary || ' ' || headings),
                (0, title || ' ' || summary || ' ' || headings || ' ' || words)
            ) AS parts (part, content),
            string_to_table(
                regexp_replace(lower(content COLLATE "C"), '{separators}', ' ', 'g'), ' '
            ) AS word
        ) AS split,
        LATERAL (SELECT left(
            CASE WHEN word ~ '{foldable}' THEN translate(word, '{from}', '{to}') ELSE word END,
            100
        ) AS folded) AS fold
        WHERE folded <> ''
    $$
    """,
    "ALTER TABLE articles_search ADD COLUMN vector tsvector NOT NULL GENERATED ALWAYS AS "
    "(articles_search_vector(article_id, title, summary, headings, words)) STORED",
    # Narrow rows: the texts lie beside the table.
    "ALTER TABLE articles_search SET (toast_tuple_target = 128)",
    # No statistics of words: they would say nothing, since each block has its own.
    "ALTER TABLE articles_search ALTER COLUMN vector SET STATISTICS 0",
    "CREATE INDEX articles_search_vector ON articles_search USING gin (vector) "
    "WITH (fastupdate = off)",
]
POSTGRESQL_BACK = [
    "DROP TABLE articles_search",
    "DROP FUNCTION articles_search_vector",
]


def characters() -> dict[str, str]:
    """What FTS5 makes of each character, for PostgreSQL to do the same."""
    codes = [*range(1, 0xD800), *range(0xE000, 0x20000)]
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute(
            f"CREATE VIRTUAL TABLE one USING fts5(x, content='', tokenize=\"{TOKENIZER}\")"
        )
        memory.execute("CREATE VIRTUAL TABLE word USING fts5vocab(one, instance)")
        memory.executemany(
            "INSERT INTO one (rowid, x) VALUES (?, ?)",
            ((code, chr(code)) for code in codes),
        )
        words = {
            code: word or ""
            for code, word in memory.execute("SELECT doc, term FROM word")
        }
    # What is folded to nothing stands last: translate() drops what has no counterpart.
    folds = sorted(
        (
            (code, word)
            for code, word in words.items()
            if code > 127 and word != chr(code)
        ),
        key=lambda fold: not fold[1],
    )
    return {
        "separators": _one_of([code for code in codes if code not in words]) + "+",
        "foldable": _one_of(sorted(code for code, _ in folds)),
        "from": "".join(chr(code) for code, _ in folds),
        "to": "".join(word for _, word in folds),
    }


def _one_of(codes: list[int]) -> str:
    """A regular expression for one of these characters, in ascending order."""
    ranges: list[list[int]] = []
    for code in codes:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "[" + "".join(f"\\U{a:08x}-\\U{b:08x}" for a, b in ranges) + "]"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        statements = SQLITE
    else:
        table = characters()
        statements = [
            statement.format(**table) if "{separators}" in statement else statement
            for statement in POSTGRESQL
        ]
    for statement in statements:
        schema_editor.execute(statement, params=None)


def drop(apps, schema_editor):
    is_sqlite = schema_editor.connection.vendor == "sqlite"
    for statement in SQLITE_BACK if is_sqlite else POSTGRESQL_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("articles", "0003_dates")]

    operations = [migrations.RunPython(create, drop)]
