"""A backup is made while writers write, and the site goes back to it."""

import sqlite3
from pathlib import Path

import pytest

from tests.faults.load import check_kept, load, run, wait_until_all_answer
from tests.faults.servers import Gunicorn

pytestmark = pytest.mark.faults

LOOK = """
from comments.models import Comment
from comments.counting import recount
from footcare.lib import triggers
print(Comment.objects.count(), len(recount(repair=False)), triggers.missing())
"""


def test_a_backup_of_sqlite_under_writers_is_of_one_moment(
    make_site, sqlite_url, tmp_path
):
    site = make_site(Gunicorn, DATABASE_URL=sqlite_url)
    site.start()
    with load(site) as before:
        before.wait_for(30, "posts")
    with load(site) as during:
        during.wait_for(10, "posts")
        site.manage("backup", str(tmp_path / "copy"))
        during.wait_for(10, "posts")
    check_kept(site, during)
    site.end()

    database = Path(sqlite_url.removeprefix("sqlite:///"))
    for file in tmp_path.glob("site.sqlite3-*"):
        file.unlink()
    dump = rows(tmp_path / "copy")
    database.write_bytes((tmp_path / "copy").read_bytes())

    assert rows(database) == dump
    comments, wrong, missing = run(site, LOOK).split(maxsplit=2)
    assert (wrong, missing.strip()) == ("0", "[]")
    assert len(before.posts) <= int(comments) <= len(before.posts) + len(during.posts)
    site.start()
    wait_until_all_answer(site)
    check_kept(site, before)


def rows(file):
    """Every row of every table, and what keeps them, as SQL."""
    with sqlite3.connect(file) as database:
        found = list(database.iterdump())
    database.close()
    return found


@pytest.mark.long
def test_a_backup_of_postgresql_under_writers_is_of_one_moment(
    make_site, cluster, postgresql_url, tmp_path
):
    site = make_site(Gunicorn, DATABASE_URL=postgresql_url)
    site.start()
    with load(site) as before:
        before.wait_for(20, "posts")
    with load(site) as during:
        during.wait_for(10, "posts")
        site.manage("backup", str(tmp_path / "copy"))
        during.wait_for(10, "posts")
    site.end()

    site.env["DATABASE_URL"] = cluster.restored(tmp_path / "copy")

    site.start()
    wait_until_all_answer(site)
    check_kept(site, before)
