"""What the page cache keeps, how much of it, and who makes it: on pages of a made-up site."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from articles import edition
from footcare import page_cache
from footcare.lib.caching import KEEP
from footcare.page_cache import PageCache
from tests.wsgi import ask

MB = 2**20


def _constant(body, made=None):
    """An application that gives every address ``body`` as a page that may be kept."""

    def application(environ, start_response):
        if made is not None:
            made.append(environ["PATH_INFO"])
        environ[KEEP] = ("page",)
        start_response("200 OK", [("Content-Type", "text/html"), ("ETag", '"x"')])
        return [body]

    return application


@pytest.fixture
def _fixed_edition(monkeypatch):
    now = edition.Edition(1, 1, (None, datetime(2027, 1, 1, tzinfo=UTC).date()))
    monkeypatch.setattr(page_cache, "_edition_of", lambda path: now)


@pytest.mark.usefixtures("_fixed_edition")
def test_what_sets_a_cookie_is_not_kept():
    def application(environ, start_response):
        environ[KEEP] = ()
        start_response("200 OK", [("ETag", '"x"'), ("Set-Cookie", "a=b")])
        return [b"mine"]

    cache = PageCache(application, MB)
    ask(cache, "/")

    assert not cache.plain.taken


@pytest.mark.usefixtures("_fixed_edition")
def test_what_does_not_become_smaller_is_not_compressed():
    cache = PageCache(_constant(b"ok"), MB)

    answer = ask(cache, "/", HTTP_ACCEPT_ENCODING="gzip")

    assert (answer.body, "Content-Encoding" in answer.headers) == (b"ok", False)


@pytest.mark.usefixtures("_fixed_edition")
def test_memory_is_bounded_and_what_was_asked_for_last_stays():
    made = []
    cache = PageCache(_constant(b"x" * 10_000, made), MB)
    for number in range(1000):
        ask(cache, f"/{number}/")
        ask(cache, "/often/")

    assert cache.plain.taken <= MB * 3 // 4
    assert made.count("/often/") == 1
    ask(cache, "/999/"), ask(cache, "/0/")
    assert (made.count("/999/"), made.count("/0/")) == (1, 2)


@pytest.mark.usefixtures("_fixed_edition")
def test_made_up_queries_push_no_page_out():
    made = []
    cache = PageCache(_constant(b"x" * 10_000, made), MB)
    ask(cache, "/")
    for number in range(1000):
        ask(cache, f"/?page={number}")

    assert made.count("/") == 1001
    ask(cache, "/")
    assert made.count("/") == 1001
    assert cache.queried.taken <= MB // 4


@pytest.mark.usefixtures("_fixed_edition")
def test_a_page_in_all_encodings_counts_with_all_of_them():
    cache = PageCache(_constant(b"words " * 3000), MB)
    ask(cache, "/")
    plain = cache.plain.taken

    ask(cache, "/", HTTP_ACCEPT_ENCODING="br")

    assert cache.plain.taken > plain
    assert cache.plain.taken == cache.plain.find(("/", ())).size


@pytest.mark.usefixtures("_fixed_edition")
def test_nothing_is_kept_without_room_for_it():
    made = []
    cache = PageCache(_constant(b"x", made), 0)
    for _ in range(3):
        ask(cache, "/")

    assert len(made) == 3


@pytest.mark.usefixtures("_fixed_edition")
def test_sixty_four_readers_at_once_have_a_page_made_once():
    made, all_here = [], threading.Barrier(64)
    waiting = threading.Event()

    def slow(environ, start_response):
        waiting.wait(10)
        return _constant(b"page", made)(environ, start_response)

    cache = PageCache(slow, MB)

    def read(number):
        all_here.wait(10)
        if number == 0:
            # By now most of the others wait; those that do not find the page kept.
            waiting.set()
        return ask(cache, "/")

    with ThreadPoolExecutor(64) as readers:
        answers = list(readers.map(read, range(64)))

    assert made == ["/"]
    assert {answer.body for answer in answers} == {b"page"}
    assert not cache.making


@pytest.mark.usefixtures("_fixed_edition")
def test_who_waits_for_a_page_that_is_not_to_be_kept_has_it_made():
    entered, go = threading.Event(), threading.Event()
    made = []

    def application(environ, start_response):
        made.append(environ["PATH_INFO"])
        entered.set()
        go.wait(10)
        start_response("404 Not Found", [])
        return [b"no"]

    cache = PageCache(application, MB)
    with ThreadPoolExecutor(2) as readers:
        first = readers.submit(ask, cache, "/x/")
        entered.wait(10)
        second = readers.submit(ask, cache, "/x/")
        go.set()

    assert (first.result().status, second.result().status) == (404, 404)
    assert len(made) == 2


@pytest.mark.usefixtures("_fixed_edition")
def test_a_page_that_fails_leaves_nobody_waiting():
    def application(environ, start_response):
        raise RuntimeError

    cache = PageCache(application, MB)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            ask(cache, "/")

    assert not cache.making
