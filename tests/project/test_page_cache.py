"""Finished pages are kept and served before Django, and never a private one."""

import gzip
from urllib.parse import quote

import brotli
import pytest
from django.db import OperationalError, connection

from articles import edition
from articles.models import (
    Article,
    SiteSettings,
)
from comments import own
from tests.factories import make_comment
from tests.project.test_headers import PUBLIC
from tests.wsgi import ask

ARTICLE = "/articles/foot-massage/"
NOT_KEPT = {"/search/", "/oembed/", "/.well-known/security.txt"}
KEPT = [path for path in PUBLIC if path.partition("?")[0] not in NOT_KEPT]


def test_a_kept_page_costs_one_look_into_the_database(cache, django, queries):
    for path in KEPT:
        ask(cache, path)
    django.made.clear()

    with queries as asked:
        answers = [ask(cache, path) for path in KEPT]

    assert not django.made
    assert {answer.status for answer in answers} == {200}
    assert len(asked) == len(KEPT)


@pytest.fixture
def queries():
    """All that the database is asked, also past Django's cursors."""
    return _Statements()


class _Statements(list):
    def __enter__(self):
        connection.ensure_connection()
        self.raw = connection.connection
        if connection.vendor == "sqlite":
            self.raw.set_trace_callback(self.append)
        else:
            self.execute, statements = self.raw.execute, self
            self.raw.execute = lambda sql, *args: (
                statements.append(sql),
                self.execute(sql, *args),
            )[1]
        return self

    def __exit__(self, *exc):
        if connection.vendor == "sqlite":
            self.raw.set_trace_callback(None)
        else:
            del self.raw.execute


def test_staff_see_the_page_that_everybody_sees(cache, django, admin_client):
    cookie = "; ".join(
        f"{name}={one.value}" for name, one in admin_client.cookies.items()
    )

    theirs = ask(cache, ARTICLE, HTTP_COOKIE=cookie)

    assert "Set-Cookie" not in theirs.headers
    django.made.clear()
    assert ask(cache, ARTICLE) == theirs
    assert not django.made


PRIVATE = [
    ("/admin/", 302),
    ("/admin/login/", 200),
    ("/nowhere/", 404),
    ("/articles/nowhere/", 404),
    ("/search/?q=foot", 200),
    ("/unsubscribe/x/", 404),
    ("/preferences/x/", 404),
    ("/subscribe/confirm/x/", 404),
    ("/healthz", 200),
    ("/articles", 301),
]


@pytest.mark.parametrize(("path", "status"), PRIVATE)
def test_what_is_no_public_page_is_made_each_time(cache, django, path, status):
    answers = [ask(cache, path) for _ in range(2)]

    assert [answer.status for answer in answers] == [status] * 2
    assert len(django.made) == 2


def test_the_author_of_a_comment_gets_their_own_page_and_nobody_else_does(
    cache, django
):
    comment = make_comment(Article.objects.get(), status="waiting", body="Not yet.")
    key = quote(own.key_for(comment, is_author=True))
    sent = f"{ARTICLE}comments/sent/"
    everybodys = ask(cache, sent)

    for _ in range(2):
        page = ask(cache, f"{sent}?key={key}")
        assert b"Not yet." in page.body
        assert page.headers["Cache-Control"] == "private, no-store"
    assert ask(cache, sent) == everybodys
    assert b"Not yet." not in everybodys.body


def test_the_admin_is_never_kept(cache, django, admin_client):
    cookie = f"sessionid={admin_client.cookies['sessionid'].value}"

    page = ask(cache, "/admin/articles/article/", HTTP_COOKIE=cookie)

    assert page.status == 200
    assert ask(cache, "/admin/articles/article/").status == 302


def test_a_form_is_posted_past_the_cache(cache, django):
    ask(cache, "/subscribe/")

    assert ask(cache, "/subscribe/", "POST").status == 422
    assert ask(cache, "/subscribe/").status == 200


def test_another_host_gets_no_page(cache):
    ask(cache, "/")

    assert ask(cache, "/", HTTP_HOST="evil.example").status == 400


@pytest.mark.parametrize("noise", ["utm_source=mail", "x", "page=", "q=foot&fbclid=1"])
def test_noise_in_the_query_is_the_same_page(cache, django, noise):
    page = ask(cache, "/")

    assert ask(cache, f"/?{noise}") == page
    assert len(django.made) == 1


def test_noise_changes_nothing_about_a_page_of_a_list(cache, django, site):
    make_comment(Article.objects.get())
    plain = ask(cache, f"{ARTICLE}?comments=1")
    assert ask(cache, ARTICLE) != plain

    assert ask(cache, f"{ARTICLE}?utm=1&comments=1") == plain
    assert ask(cache, f"{ARTICLE}?comments=9&comments=1") == plain
    assert len(django.made) == 2


def test_a_query_of_other_signs_than_ascii_is_never_mistaken(cache, django):
    ask(cache, ARTICLE)
    ask(cache, f"{ARTICLE}?comments=\xc3\xa9")

    assert len(django.made) == 2


@pytest.mark.parametrize("first", ["GET", "HEAD"])
def test_head_has_the_headers_of_get_and_no_body(cache, django, first):
    accept = {"HTTP_ACCEPT_ENCODING": "gzip"}
    got = {first: ask(cache, ARTICLE, first, **accept)}
    for method in ("GET", "HEAD"):
        got[method] = ask(cache, ARTICLE, method, **accept)

    assert got["HEAD"].headers == got["GET"].headers
    assert got["HEAD"].body == b""
    assert len(django.made) == 1


@pytest.mark.parametrize("path", ["/nowhere/", "/search/?q=foot", "/healthz"])
def test_head_of_a_page_that_is_not_kept_has_no_body(cache, path):
    answer = ask(cache, path, "HEAD")

    assert answer.body == b""
    assert int(answer.headers["Content-Length"]) == len(ask(cache, path).body)


def test_a_range_of_a_page_is_the_whole_page(cache):
    whole = ask(cache, ARTICLE)

    assert ask(cache, ARTICLE, HTTP_RANGE="bytes=0-9") == whole


DECODE = {"": bytes, "gzip": gzip.decompress, "br": brotli.decompress}
ACCEPTED = [
    ("", ""),
    ("gzip", "gzip"),
    ("gzip, deflate, br, zstd", "br"),
    ("GZIP", "gzip"),
    ("br;q=0.5, gzip;q=0.8", "gzip"),
    ("br;q=0, gzip;q=0", ""),
    ("*", "br"),
    ("*;q=0.5, br;q=0", "gzip"),
    ("identity", ""),
    ("identity;q=1, gzip;q=0.5", ""),
    ("identity;q=0", ""),
    ("gzip;q=nonsense", ""),
    ("gzip;level=9", "gzip"),
    ("deflate, ;;;,,q=1", ""),
    ("br" * 4000, ""),
]


@pytest.mark.parametrize(("accepted", "encoding"), ACCEPTED)
def test_a_page_comes_in_the_encoding_that_is_asked_for(cache, accepted, encoding):
    plain = ask(cache, ARTICLE)

    page = ask(cache, ARTICLE, HTTP_ACCEPT_ENCODING=accepted)

    assert page.headers.get("Content-Encoding", "") == encoding
    assert DECODE[encoding](page.body) == plain.body
    assert page.headers["Vary"] == "Accept-Encoding"
    assert int(page.headers["Content-Length"]) == len(page.body)


def test_each_encoding_has_an_etag_of_its_own_and_is_answered_304(cache):
    etags = set()
    for accepted in ("", "gzip", "br"):
        accept = {"HTTP_ACCEPT_ENCODING": accepted}
        page = ask(cache, ARTICLE, **accept)
        etag = page.headers["ETag"]
        assert not etag.startswith("W/")
        for asked in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            again = ask(cache, ARTICLE, HTTP_IF_NONE_MATCH=asked, **accept)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["ETag"] == etag
            assert again.headers["Vary"] == "Accept-Encoding"
            assert again.headers["Cache-Control"] == "public, no-cache"
            assert "Content-Security-Policy" in again.headers
            assert "Content-Length" not in again.headers
        for known in etags:
            assert ask(cache, ARTICLE, HTTP_IF_NONE_MATCH=known, **accept).status == 200
        etags.add(etag)
    assert len(etags) == 3


def test_a_page_that_has_to_be_made_is_answered_304_as_well(cache, django):
    page = ask(cache, ARTICLE, HTTP_ACCEPT_ENCODING="br")
    SiteSettings.objects.update(tagline="Another one.")  # not on this page
    etag = page.headers["ETag"]

    again = ask(cache, ARTICLE, HTTP_ACCEPT_ENCODING="br", HTTP_IF_NONE_MATCH=etag)

    assert (again.status, len(django.made)) == (200, 2)
    again = ask(
        cache,
        ARTICLE,
        HTTP_ACCEPT_ENCODING="br",
        HTTP_IF_NONE_MATCH=again.headers["ETag"],
    )
    assert (again.status, len(django.made)) == (304, 2)


def test_a_feed_is_answered_304_by_its_very_date_alone(cache):
    feed = "/feeds/articles.rss"
    date = ask(cache, feed).headers["Last-Modified"]
    later = "Fri, 31 Dec 2038 23:59:59 GMT"

    assert ask(cache, feed, HTTP_IF_MODIFIED_SINCE=date).status == 304
    assert ask(cache, feed, HTTP_IF_MODIFIED_SINCE=later).status == 200
    both = {"HTTP_IF_MODIFIED_SINCE": date, "HTTP_IF_NONE_MATCH": '"other"'}
    assert ask(cache, feed, **both).status == 200


def test_with_the_database_away_django_answers(cache, django, monkeypatch):
    ask(cache, ARTICLE)
    django.made.clear()

    def away(slug):
        raise OperationalError

    monkeypatch.setattr(edition, "current", away)

    assert ask(cache, ARTICLE).status == 200
    assert len(django.made) == 1


def test_an_owner_with_a_cdn_says_how_long_it_need_not_ask(cache, settings):
    settings.CDN_SECONDS = 5

    assert ask(cache, "/about/").headers["Cache-Control"] == (
        "public, max-age=0, s-maxage=5, stale-while-revalidate=50"
    )
