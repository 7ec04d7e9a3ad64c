"""Whose tries are counted together, and that exactly as many are let in as are allowed."""

import os
import socket
import subprocess
import sys
from contextlib import closing

import pytest
from django.core.cache import cache
from django.db import connection

from footcare.lib import throttle
from footcare.lib.throttle import client_network, retry_after
from footcare.models import TryCount
from tests.comments.test_storm import database_url

NEAREST = "192.0.2.1"  # what the server itself is connected to


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client"),
    [
        (0, "203.0.113.7", "192.0.2.1/32"),
        (0, "10.0.0.1, 203.0.113.7", "192.0.2.1/32"),
        (1, "203.0.113.7", "203.0.113.7/32"),
        (1, "10.0.0.1, 203.0.113.7", "203.0.113.7/32"),
        (1, "forged, , 10.0.0.1,203.0.113.7 ", "203.0.113.7/32"),
        (2, "203.0.113.7, 198.51.100.2", "203.0.113.7/32"),
        (2, "10.0.0.1, 203.0.113.7, 198.51.100.2", "203.0.113.7/32"),
        (2, "10.0.0.1", "192.0.2.1/32"),  # it did not come through both
        (1, "10.0.0.1, garbage", "unknown"),
        (1, "10.0.0.1, 203.0.113.7:8080", "203.0.113.7/32"),
        (1, "10.0.0.1, [2001:db8::1]:8080", "2001:db8::/64"),
        (1, "2001:db8::1", "2001:db8::/64"),
        (1, "::ffff:203.0.113.7", "203.0.113.7/32"),
        (1, "", "192.0.2.1/32"),
        (1, "10.0.0.1,", "unknown"),
    ],
)
def test_a_client_is_what_the_outermost_of_our_own_proxies_saw(
    rf, settings, proxies, forwarded, client
):
    settings.TRUSTED_PROXY_COUNT = proxies

    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=NEAREST)

    assert client_network(request) == client


def allowed(rf, address, forwarded=""):
    request = rf.get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR=address)
    return not retry_after("test", client_network(request), limit=2)


def test_one_client_has_one_limit_behind_a_proxy_whatever_it_forges(rf, db, settings):
    settings.TRUSTED_PROXY_COUNT = 1

    answers = [allowed(rf, NEAREST, f"10.0.0.{n}, 203.0.113.7") for n in range(3)]

    assert answers == [True, True, False]
    assert allowed(rf, NEAREST, "10.0.0.0, 203.0.113.8")


def test_one_ipv6_network_has_one_limit_however_many_addresses_it_takes(rf, db):
    answers = [allowed(rf, f"2001:db8:1:2:{n}::1") for n in range(3)]

    assert answers == [True, True, False]
    assert allowed(rf, "2001:db8:1:3::1")


def test_a_limit_of_nothing_allows_nothing(db):
    assert retry_after("test", "a", limit=0)


def test_the_next_minute_has_a_limit_of_its_own(rf, db, monkeypatch):
    now = throttle.time()
    assert [allowed(rf, NEAREST) for _ in range(3)] == [True, True, False]

    monkeypatch.setattr(throttle, "time", lambda: now + 60)

    assert allowed(rf, NEAREST)


@pytest.mark.parametrize(("passed", "wait"), [(0, 60), (0.5, 60), (59, 1), (59.9, 1)])
def test_who_is_refused_is_told_when_the_window_ends(db, monkeypatch, passed, wait):
    now = throttle.time() + passed
    monkeypatch.setattr(throttle, "time", lambda: now)

    assert retry_after("test", "a", limit=0) == wait


def test_scopes_and_clients_are_counted_apart(db):
    assert retry_after("one", "a", limit=1) == 0
    assert retry_after("two", "a", limit=1) == 0
    assert retry_after("one", "b", limit=1) == 0
    assert retry_after("one", "a", limit=1)


def test_a_try_that_is_given_back_counts_as_none(db):
    for _ in range(3):
        assert retry_after("test", "a", limit=1) == 0
        throttle.give_back("test", "a")

    assert retry_after("test", "a", limit=1) == 0
    assert retry_after("test", "a", limit=1)


def test_who_is_over_the_limit_costs_no_query_until_the_window_ends(
    db, monkeypatch, django_assert_num_queries
):
    retry_after("test", "a", limit=0)

    with django_assert_num_queries(0):
        for _ in range(5):
            assert retry_after("test", "a", limit=0)

    now = throttle.time() + 60
    monkeypatch.setattr(throttle, "time", lambda: now)
    assert retry_after("test", "a", limit=1) == 0


def test_refusals_of_many_clients_take_a_limited_place(db, monkeypatch):
    monkeypatch.setattr(throttle, "_MOST_REMEMBERED", 10)

    for n in range(50):
        assert retry_after("test", f"client {n}", limit=0)

    assert len(throttle._refused) <= 10


def test_what_is_kept_of_a_client_is_a_keyed_hash(db, settings):
    settings.CACHE_IS_SHARED = False
    for _ in range(2):
        retry_after("test", "203.0.113.7/32", limit=1)
    throttle.remember("test", "203.0.113.7/32", seconds=60)

    kept = [*TryCount.objects.values_list("key", flat=True), *throttle._refused]

    assert len(kept) == 4
    assert all(len(key) == 64 and set(key) <= set("0123456789abcdef") for key in kept)
    settings.SECRET_KEY = "another"
    assert retry_after("test", "203.0.113.7/32", limit=1) == 0


def test_who_was_here_is_remembered_until_the_time_is_over(db, monkeypatch):
    throttle.remember("test", "a", seconds=60)
    throttle.remember("test", "a", seconds=90)
    assert throttle.remembers("test", "a")
    assert not throttle.remembers("test", "b")

    now = throttle.time() + 90
    monkeypatch.setattr(throttle, "time", lambda: now)

    assert not throttle.remembers("test", "a")


def test_the_worker_deletes_what_is_past_and_nothing_else(db, monkeypatch, settings):
    settings.CACHE_IS_SHARED = False
    retry_after("test", "a", limit=1)
    retry_after("test", "a", limit=1, seconds=3600)
    throttle.remember("test", "a", seconds=3600)
    assert throttle.forget_ended(print) == 0

    now = throttle.time() + 60
    monkeypatch.setattr(throttle, "time", lambda: now)

    assert throttle.forget_ended(print) == 1
    assert TryCount.objects.count() == 2
    assert throttle.forget_ended(print) == 0


def let_in(processes, limit, tries, **variables):
    """How many tries of all ``processes`` together are allowed; and what each complains of."""
    environment = os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    command = [sys.executable, "-m", "tests.project.tries", "somebody"]
    running = [
        subprocess.Popen(
            [*command, str(limit), str(tries)],
            env=environment | variables,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(processes)
    ]
    for process in running:
        process.stdout.readline()  # it is ready
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    ended = [process.communicate(timeout=120) for process in running]
    assert [process.returncode for process in running] == [0] * processes, ended
    return sum(int(out) for out, _ in ended), [errors for _, errors in ended]


@pytest.mark.django_db(transaction=True)
def test_eight_processes_let_in_exactly_as_many_as_are_allowed():
    count, complaints = let_in(8, limit=100, tries=40)

    assert complaints == [""] * 8
    assert count == 100


@pytest.mark.parametrize("hangs", [True, False])
@pytest.mark.django_db(transaction=True)
def test_a_cache_that_is_away_or_hangs_leaves_the_count_to_the_database(hangs):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        if not hangs:
            silent.close()
        away = {"TEST_CACHE_URL": "", "CACHE_URL": url}
        count, (complaint,) = let_in(1, limit=5, tries=9, **away)

    assert count == 5
    assert complaint.count("Limits are counted in the database") == 1


@pytest.fixture
def unwritable_database(transactional_db):
    """The database answers, but takes nothing: its disk is full, or it is a copy."""
    if connection.vendor == "sqlite":
        before, after = "PRAGMA query_only = ON", "PRAGMA query_only = OFF"
    else:
        before = "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        after = before.replace("ONLY", "WRITE")
    with connection.cursor() as cursor:
        cursor.execute(before)
    yield
    with connection.cursor() as cursor:
        cursor.execute(after)


def test_a_search_does_without_a_database_that_cannot_be_written(
    client, unwritable_database, settings
):
    settings.CACHE_IS_SHARED = False
    with pytest.raises(Exception, match=r"readonly|read-only|query_only"):
        retry_after("test", "a", limit=1)

    assert retry_after("test", "a", limit=1, reading=True) == 0
    assert client.get("/search/?q=feet").status_code == 200


if connection.vendor == "sqlite":

    @pytest.mark.django_db(transaction=True)
    def test_a_search_does_not_wait_for_who_writes(settings, monkeypatch):
        settings.CACHE_IS_SHARED = False
        monkeypatch.setattr(throttle, "_READER_WAITS", 1)
        with closing(connection.copy()) as writer:
            writer.set_autocommit(False)
            with writer.cursor() as cursor:
                cursor.execute("BEGIN IMMEDIATE")
            assert retry_after("test", "a", limit=1, reading=True) == 0
            writer.rollback()

        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout")
            assert cursor.fetchone() == (120_000,)


if os.environ.get("TEST_CACHE_URL"):

    def test_redis_counts_and_the_database_is_not_asked(
        db, django_assert_num_queries, settings
    ):
        with django_assert_num_queries(0):
            answers = [retry_after("test", "a", limit=2) == 0 for _ in range(4)]

        assert answers == [True, True, False, False]
        assert settings.CACHE_IS_SHARED
        assert len(cache._cache.get_client().keys()) == 1
