"""`manage.py backup`: one file of the owner's own, as the database was at one moment."""

import io
import sqlite3
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tests.factories import make_comment

pytestmark = pytest.mark.django_db(transaction=True)


def backup(file):
    out = io.StringIO()
    call_command("backup", str(file), stdout=out)
    return out.getvalue()


def test_a_backup_is_for_its_owner_alone_and_says_how_to_go_back(tmp_path, site):
    file = tmp_path / "site.backup"

    said = backup(file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"{file.stat().st_size:,} bytes" in said
    assert "Keep .env with it" in said
    assert "To go back to it: stop the site" in said
    assert [one.name for one in tmp_path.iterdir()] == ["site.backup"]


def test_a_backup_overwrites_nothing(tmp_path):
    file = tmp_path / "taken"
    file.write_text("precious")

    with pytest.raises(CommandError, match="is there already; nothing was done"):
        backup(file)

    assert file.read_text() == "precious"


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="cannot be written: No such file"):
        backup(tmp_path / "none" / "file")


if connection.vendor == "sqlite":

    def test_a_backup_of_sqlite_holds_every_row(tmp_path, site):
        make_comment()

        backup(tmp_path / "copy")

        with sqlite3.connect(tmp_path / "copy") as copy:
            assert list(copy.iterdump()) == list(connection.connection.iterdump())
        copy.close()

    def test_a_disk_that_takes_no_more_leaves_no_half_backup(tmp_path, monkeypatch):
        monkeypatch.setattr(sqlite3, "connect", FullDisk)

        with pytest.raises(CommandError, match="database or disk is full"):
            backup(tmp_path / "copy")

        assert list(tmp_path.iterdir()) == []

    class FullDisk(sqlite3.Connection):
        def execute(self, *args):
            raise sqlite3.OperationalError("database or disk is full")

else:

    def test_without_pg_dump_the_owner_is_told_what_to_install(tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(CommandError, match="apt-get install postgresql-client"):
            backup(tmp_path / "copy")

        assert list(tmp_path.iterdir()) == []

    def test_what_pg_dump_complains_of_is_told(tmp_path, monkeypatch):
        monkeypatch.setitem(connection.settings_dict, "PORT", "1")

        with pytest.raises(CommandError, match="pg_dump failed: pg_dump: error: conn"):
            backup(tmp_path / "copy")

        assert list(tmp_path.iterdir()) == []
