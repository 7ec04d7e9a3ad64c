import sqlite3
from contextlib import closing
from typing import Any

from django.core.checks import CheckMessage, Error, register


@register()
def sqlite_searches(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Searching takes FTS5 on every database: it says what a word is (words.py)."""
    with closing(sqlite3.connect(":memory:")) as memory:
        try:
            memory.execute("CREATE VIRTUAL TABLE page USING fts5(word)")
        except sqlite3.OperationalError as error:
            return [
                Error(
                    f"Python's SQLite {sqlite3.sqlite_version} cannot search: {error}.",
                    hint="Use a Python whose SQLite has FTS5; the usual ones have.",
                    id="articles.E001",
                )
            ]
    return []
