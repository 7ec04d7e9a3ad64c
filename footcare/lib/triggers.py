"""Derived columns that the database itself keeps: triggers, and how they are kept in place.

An app declares its triggers at start. They stand outside the migrations, since SQLite
rebuilds a table to alter it: a trigger that names the table makes that fail with a
misleading foreign-key error, and one on the table itself is lost. So on SQLite they are
taken away when there is something to migrate and put back afterwards, or at the next start
if the migration broke off. On PostgreSQL they stay.

A trigger's name ends in a digest of its text, so an upgrade replaces what has changed and
touches nothing else.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate, pre_migrate
from django.db.utils import OperationalError

logger = logging.getLogger(__name__)

_PREFIX = "footcare_"
_LOCK = 0x464F4F54  # one restorer at a time on PostgreSQL; any fixed number does


@dataclass(frozen=True)
class Trigger:
    """One trigger for one kind of database.

    ``body`` is a list of SQL statements, each ended by a semicolon; on PostgreSQL it is the
    inside of a plpgsql function. ``clause`` stands after the table's name. ``needs`` are
    further tables without which the trigger must not stand.
    """

    vendor: str
    name: str
    event: str
    table: str
    clause: str
    body: str
    needs: tuple[str, ...] = ()

    @property
    def full_name(self) -> str:
        text = "|".join(self._statements("name"))
        digest = hashlib.sha256(text.encode()).hexdigest()[:8]
        return f"{_PREFIX}{self.name}_{digest}"

    def statements(self) -> list[str]:
        return self._statements(self.full_name)

    def _statements(self, name: str) -> list[str]:
        head = f"{self.event} ON {self.table} {self.clause}"
        if self.vendor == "sqlite":
            return [f"CREATE TRIGGER {name} {head} BEGIN {self.body} END"]
        return [
            # Where the tables are found is written down: pg_restore runs with no path.
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path FROM CURRENT AS $$ BEGIN {self.body} END $$",
            # One that somebody has switched off still bears the name.
            f"DROP TRIGGER IF EXISTS {name} ON {self.table}",
            f"CREATE TRIGGER {name} {head} EXECUTE FUNCTION {name}()",
        ]


_declared: dict[Trigger, Callable[[str], object] | None] = {}


def declare(
    triggers: Iterable[Trigger], *, repair: Callable[[str], object] | None = None
) -> None:
    """Add an app's triggers; ``repair(using)`` runs when any of them had to be put (back)."""
    _declared.update(dict.fromkeys(triggers, repair))


def keep_through_migrations(app_config: AppConfig) -> None:
    """Watch ``migrate``; called once, by the app that owns the lowest tables."""
    pre_migrate.connect(_before_migrate, sender=app_config)
    post_migrate.connect(_after_migrate, sender=app_config)


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Names of declared triggers that should stand in this database and do not."""
    connection = connections[using]
    return sorted(set(_expected(connection)) - _existing(connection))


def restore(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Put missing triggers back, drop outdated ones, repair what they keep.

    Returns the names of those put back. A database that cannot be reached is reported in
    the log and left for the next start.
    """
    try:
        return _restore(connections[using])
    except OperationalError:
        logger.exception("The triggers of database %r could not be looked at.", using)
        return []


def _restore(connection: BaseDatabaseWrapper) -> list[str]:
    if set(_expected(connection)) == _existing(connection):
        return []
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # Looked at again: another process may have been here since.
        expected, existing = _expected(connection), _existing(connection)
        _drop(connection, existing - set(expected))
        put_back = sorted(set(expected) - existing)
        for name in put_back:
            for statement in expected[name].statements():
                cursor.execute(statement)
        for repair in {_declared[expected[name]] for name in put_back}:
            if repair:
                repair(connection.alias)
    return put_back


def _expected(connection: BaseDatabaseWrapper) -> dict[str, Trigger]:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    return {
        trigger.full_name: trigger
        for trigger in _declared
        if trigger.vendor == connection.vendor
        and tables.issuperset({trigger.table, *trigger.needs})
    }


def _existing(connection: BaseDatabaseWrapper) -> set[str]:
    if connection.vendor == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgenabled <> 'D' "
            "AND pg_table_is_visible(pg_class.oid)"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name for (name,) in cursor.fetchall() if name.startswith(_PREFIX)}


def _drop(connection: BaseDatabaseWrapper, names: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(
                f"DROP TRIGGER {name}"
                if connection.vendor == "sqlite"
                else f"DROP FUNCTION {name}() CASCADE"
            )


def _before_migrate(using: str, plan: list[Any], **kwargs: Any) -> None:
    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        _drop(connection, _existing(connection))


def _after_migrate(using: str, **kwargs: Any) -> None:
    _restore(connections[using])
