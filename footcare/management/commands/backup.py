import os
import sqlite3
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

AND_KEEP = (
    "Keep .env with it: without its SECRET_KEY the links in letters stop working."
)
GO_BACK = {
    "sqlite": "To go back to it: stop the site, put the file in the place of\n{database},\n"
    "delete {database}-wal and {database}-shm, and start.",
    "postgresql": "To go back to it: stop the site, then\n"
    "pg_restore --no-owner --clean --if-exists --dbname <database> {file}\nand start.",
}


class Command(BaseCommand):
    help = (
        "Copy the database into a file, as it is at one moment. Stop nothing: readers and "
        "writers go on meanwhile."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, help="it must not be there yet")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            # Readable by its owner alone from its first byte on.
            target = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise CommandError(f"{file} is there already; nothing was done.") from None
        except OSError as error:
            raise CommandError(f"{file} cannot be written: {error.strerror}.") from None
        try:
            copy = _copy_sqlite if connection.vendor == "sqlite" else _dump_postgresql
            with open(target, "wb") as opened:
                copy(file, opened.fileno())
                os.fsync(opened.fileno())
        except BaseException:
            file.unlink()  # half a backup is none
            raise
        size = file.stat().st_size
        self.stdout.write(f"{file}: {size:,} bytes. {AND_KEEP}")
        database = connection.settings_dict["NAME"]
        self.stdout.write(
            GO_BACK[connection.vendor].format(file=file, database=database)
        )


def _copy_sqlite(file: Path, target: int) -> None:
    """In one step: in several, a writer of another process would begin it anew each time."""
    connection.ensure_connection()
    copy = sqlite3.connect(file)
    try:
        connection.connection.backup(copy, pages=-1)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a -wal beside it
        if (found := copy.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise CommandError(f"The database is damaged: {found}.")
    except sqlite3.Error as error:
        raise CommandError(f"The copy could not be made: {error}.") from None
    finally:
        copy.close()


def _dump_postgresql(file: Path, target: int) -> None:
    # Its arguments for the server, the user and the database are psql's.
    psql, more = connection.client.settings_to_cmd_args_env(
        connection.settings_dict, []
    )
    command = ["pg_dump", "--format=custom", "--no-password", *psql[1:]]
    try:
        done = subprocess.run(  # noqa: S603  (our own command)
            command,
            check=False,
            env=os.environ | (more or {}),
            stdout=target,
            stderr=subprocess.PIPE,
            text=True,
        )
    except FileNotFoundError:
        raise CommandError(
            "pg_dump is not installed: it comes with PostgreSQL's programs "
            "(apt-get install postgresql-client)."
        ) from None
    if done.returncode:
        raise CommandError(f"pg_dump failed: {done.stderr.strip()}")
