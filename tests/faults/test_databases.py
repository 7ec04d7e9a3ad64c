"""The database is restarted, hung, full or read-only while readers and writers are at it."""

import time

import pytest

from tests.faults.load import (
    READ,
    ask,
    check_kept,
    comment,
    load,
    wait_until_all_answer,
)
from tests.faults.servers import Gunicorn, can_mount, small_disk, web_workers

pytestmark = pytest.mark.faults


def check_reading_goes_on(site):
    """Every page is there, several times, so that each process of the site is asked."""
    for path in READ * 4:
        answer = ask(site, path)
        assert answer.status == 200, answer


def check_writing_is_refused(site):
    for number in range(8):
        answer = comment(site, f"Refused {number}")
        assert answer.status == 503, answer
        assert answer.headers["retry-after"] == "30"
        assert "Back in a moment" in answer.body


@pytest.mark.parametrize(
    "how", ["fast", pytest.param("immediate", marks=pytest.mark.long)]
)
def test_a_restart_of_postgresql_is_waited_out(
    make_site, cluster, postgresql_url, rounds, how
):
    site = make_site(DATABASE_URL=postgresql_url)
    site.start()
    workers = web_workers(site)

    with load(site) as found:
        for _ in range(rounds):
            found.wait_for(30)
            cluster.control("stop", "-m", how)
            found.wait_for(30)
            cluster.control("start")
            wait_until_all_answer(site)

    found.check()
    assert found.statuses() == {200, 302, 503}
    assert web_workers(site) == workers
    check_kept(site, found)


@pytest.mark.long
def test_postgresql_that_hangs_for_a_while_loses_nothing(
    make_site, cluster, postgresql_url, rounds
):
    site = make_site(Gunicorn, DATABASE_URL=postgresql_url)
    site.start()

    with load(site) as found:
        found.wait_for(20)
        with cluster.hung():
            time.sleep(rounds)  # the fault itself
        wait_until_all_answer(site)

    found.check()
    check_kept(site, found)


@pytest.mark.skipif(not can_mount(), reason="Only root of a Linux can mount a disk.")
def test_a_full_disk_stops_writers_alone(make_site, seeded_file, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    with small_disk(disk, kilobytes=6000):
        (disk / "site.sqlite3").write_bytes(seeded_file.read_bytes())
        site = make_site(Gunicorn, DATABASE_URL=f"sqlite:///{disk}/site.sqlite3")
        site.start()
        with load(site) as found:
            found.wait_for(20)
            fill(disk / "ballast")
            found.wait_for(20)
            check_until_writing_is_refused(site)
            check_reading_goes_on(site)
            check_writing_is_refused(site)
            (disk / "ballast").unlink()
            wait_until_all_answer(site)

        found.check()
        assert all(answer.status == 200 for answer in found.reads)
        check_kept(site, found)
        site.end()


def fill(file):
    """Until nothing more fits on the disk, not even a page of the database."""
    with file.open("wb", buffering=0) as ballast:
        for size in (65536, 4096, 512):
            try:
                while ballast.write(b"x" * size):
                    pass
            except OSError:
                continue


def check_until_writing_is_refused(site):
    """The pages that the log of SQLite has already are used up first."""
    for number in range(500):
        answer = comment(site, f"Filling up {number} {'x' * 5000}")
        if answer.status == 503:
            return
    raise AssertionError(answer)


def test_postgresql_that_takes_nothing_more_is_read_all_the_same(
    make_site, cluster, postgresql_url
):
    site = make_site(Gunicorn, DATABASE_URL=postgresql_url)
    site.start()
    name = postgresql_url.rpartition("/")[2]

    with load(site) as found:
        found.wait_for(20)
        cluster.sql(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
        end_connections(cluster, name)
        wait_for_refusal(found)
        check_reading_goes_on(site)
        check_writing_is_refused(site)
        cluster.sql(f"ALTER DATABASE {name} RESET default_transaction_read_only")
        end_connections(cluster, name)
        wait_until_all_answer(site)

    found.check()
    check_kept(site, found)


def end_connections(cluster, name):
    """The setting holds for new ones; the old ones are lost in the middle of their work."""
    cluster.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE datname = '{name}'"
    )


def wait_for_refusal(found):
    while not any(answer.status == 503 for answer in found.posts[-20:]):
        found.wait_for(1, "posts")


def test_an_sqlite_file_that_is_read_only_is_read_all_the_same(make_site, sqlite_url):
    settings = "tests.faults.read_only"
    site = make_site(Gunicorn, DATABASE_URL=sqlite_url, DJANGO_SETTINGS_MODULE=settings)
    site.start()

    check_reading_goes_on(site)
    check_writing_is_refused(site)
    assert ask(site, "/subscribe/", {"email": "me@example.org"}).status == 503
