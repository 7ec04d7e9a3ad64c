"""One process after another: what must not be done to a database twice at once."""

import fcntl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_LOCK = 0x464F4F55  # any fixed number does


@contextmanager
def alone(
    waiting: Callable[[], object], using: str = DEFAULT_DB_ALIAS
) -> Iterator[None]:
    """Hold the database's one turn; ``waiting`` is called if another process has it.

    The turn ends with the process, however that dies. It keeps no reader and no writer away.
    """
    connection = connections[using]
    take = _on_postgresql if connection.vendor == "postgresql" else _beside_the_file
    with take(connection, waiting):
        yield


@contextmanager
def _on_postgresql(
    connection: BaseDatabaseWrapper, waiting: Callable[[], object]
) -> Iterator[None]:
    """A transaction of its own holds it: a pooler may give each one another session."""
    with closing(connection.copy()) as own, own.cursor() as cursor:
        own.set_autocommit(False)
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            waiting()
            cursor.execute(
                "SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"
            )
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        yield


@contextmanager
def _beside_the_file(
    connection: BaseDatabaseWrapper, waiting: Callable[[], object]
) -> Iterator[None]:
    """Not the database's own file: closing that would end the locks SQLite has on it."""
    name = str(connection.settings_dict["NAME"])
    if ":memory:" in name or name.startswith("file:"):
        yield
        return
    with Path(f"{name}-turn").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield
