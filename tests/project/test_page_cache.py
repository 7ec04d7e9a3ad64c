"""Finished pages are kept and served before Django: always what the site shows, never private."""

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import brotli
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError, connection
from django.utils import timezone

from articles import edition
from articles.models import (
    Article,
    Author,
    Note,
    Page,
    Point,
    Section,
    SiteSettings,
    Source,
    Topic,
)
from comments import moderation
from comments.models import Comment
from footcare import page_cache
from footcare.door import Door
from footcare.lib.caching import KEEP
from footcare.page_cache import PageCache
from tests.factories import make_article, make_comment
from tests.project.test_headers import PUBLIC
from tests.wsgi import ask

MB = 2**20
ARTICLE = "/articles/foot-massage/"
NOT_KEPT = {"/search/", "/oembed/", "/.well-known/security.txt"}
KEPT = [path for path in PUBLIC if path.partition("?")[0] not in NOT_KEPT]

# One of each kind, and what a change might be forgotten in.
SHOWING = [
    "/", "/articles/", "/articles/other/", "/authors/ada/", "/topics/", "/topics/massage/",
    "/privacy/", "/site.webmanifest", "/sitemap.xml", "/subscribe/",
    "/feeds/articles.rss", "/feeds/topics/new.rss", "/feeds/comments.json",
    *(ARTICLE + part for part in ("", "media/1/", "comments/", "comments.json", "comments.rss")),
]  # fmt: skip


class Counting:
    """The site behind the cache, and what it was asked to make."""

    def __init__(self):
        self.application = Door(get_wsgi_application())
        self.made = []

    def __call__(self, environ, start_response):
        self.made.append(environ["PATH_INFO"])
        return self.application(environ, start_response)


@pytest.fixture
def django():
    return Counting()


@pytest.fixture
def cache(django, site, _one_connection):
    return PageCache(django, 8 * MB)


@pytest.fixture
def world(site):
    """A little of everything that a page may show."""
    article = Article.objects.get()
    Source.objects.update(checked_on="2026-01-01")
    Note.objects.update(status=Note.Status.APPROVED)
    author = Author.objects.create(name="Ada", slug="ada", text="Writes.")
    Article.objects.update(author=author)
    other = make_article(slug="other", author=author)
    other.topics.set(Topic.objects.all())
    make_comment(parent=make_comment(article))
    make_comment(article, status=Comment.Status.WAITING)
    make_comment(article, media=article.media.get())
    return article


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


def raw(statement):
    def change():
        with connection.cursor() as cursor:
            cursor.execute(statement)

    return change


def save(model, **values):
    def change():
        one = model.objects.first()
        for name, value in values.items():
            setattr(one, name, value)
        one.save()

    return change


def first_comment():
    return Comment.objects.filter(pk=Comment.objects.visible().earliest("pk").pk)


CHANGES = {
    "a comment is approved": lambda: moderation.set_status(
        Comment.objects.filter(status="waiting"), Comment.Status.VISIBLE, by=None
    ),
    "a comment is hidden": lambda: moderation.set_status(
        first_comment(), Comment.Status.HIDDEN, by=None
    ),
    "a comment is edited": lambda: first_comment().update(body="Edited."),
    "a comment is erased": lambda: moderation.erase(first_comment(), by=None),
    "a comment comes": lambda: make_comment(Article.objects.get(slug="foot-massage")),
    "a comment comes to another article": lambda: make_comment(
        Article.objects.get(slug="other")
    ),
    "a comment about a media item comes": lambda: make_comment(
        Article.objects.get(slug="foot-massage"),
        media=Article.objects.get(slug="foot-massage").media.get(),
    ),
    "comments come in bulk": lambda: Comment.objects.bulk_create(
        Comment(
            article=Article.objects.get(slug="other"),
            name="N",
            body="B",
            status="visible",
        )
        for _ in range(3)
    ),
    "a comment moves by raw SQL": raw(
        "UPDATE comments_comment SET media_id = NULL WHERE media_id IS NOT NULL"
    ),
    "comments are deleted by raw SQL": raw("DELETE FROM comments_comment"),
    "the title changes": save(Article, title="Another title"),
    "the title changes by raw SQL": raw("UPDATE articles_article SET title = 'Raw'"),
    "the slug changes": save(Article, slug="elsewhere"),
    "the summary changes": lambda: Article.objects.update(summary="New."),
    "an article is archived": lambda: Article.objects.filter(slug="other").update(
        status=Article.Status.ARCHIVED
    ),
    "an article comes": lambda: make_article(title="Fresh").topics.set(
        Topic.objects.all()
    ),
    "an article goes": lambda: Article.objects.filter(slug="other").delete(),
    "comments are closed": lambda: Article.objects.update(comments_open=False),
    "a section changes": save(Section, text="Rewritten."),
    "a section goes": lambda: Section.objects.first().delete(),
    "a point changes": lambda: Point.objects.update(text="Otherwise."),
    "a note becomes a draft": lambda: Note.objects.update(status=Note.Status.DRAFT),
    "a source is unchecked": lambda: Source.objects.update(checked_on=None),
    "a topic is renamed": lambda: Topic.objects.update(name="Renamed"),
    "a topic comes": lambda: Topic.objects.create(name="New", slug="new"),
    "an article leaves its topics": lambda: Article.objects.get(
        slug="other"
    ).topics.set([]),
    "an author is renamed": save(Author, name="Grace"),
    "an article is pinned": lambda: Article.objects.get(slug="foot-massage").pinned.add(
        Article.objects.get(slug="other")
    ),
    "a media item changes": lambda: Article.objects.get(
        slug="foot-massage"
    ).media.update(title="Film"),
    "the site is renamed": save(SiteSettings, name="Anothersite"),
    "a page of the site changes": lambda: Page.objects.filter(path="privacy").update(
        html="<p>None.</p>"
    ),
    "a page of the site goes": lambda: Page.objects.filter(path="privacy").delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_the_next_request_sees_every_change(cache, world, change):
    before = [ask(cache, path)[::2] for path in SHOWING]

    change()

    fresh = PageCache(Door(get_wsgi_application()), 0)
    after = [ask(fresh, path)[::2] for path in SHOWING]
    assert after != before, "The change shows nowhere, so this tests nothing."
    assert [ask(cache, path)[::2] for path in SHOWING] == after


def test_a_comment_leaves_the_pages_of_other_articles_as_they_are(cache, django, world):
    other = Article.objects.get(slug="other")
    ask(cache, ARTICLE), ask(cache, "/about/")
    django.made.clear()

    make_comment(other)
    ask(cache, ARTICLE)

    assert not django.made


def test_after_a_comment_only_the_conversation_is_made_anew(
    cache, world, django_assert_num_queries
):
    ask(cache, ARTICLE)
    make_comment(world)

    # The article, the counts of its media items and their titles, the comments.
    with django_assert_num_queries(4):
        ask(cache, ARTICLE)


def test_a_scheduled_article_appears_at_its_minute(cache, world, monkeypatch):
    now = datetime(2027, 3, 4, 10, 0, tzinfo=UTC)
    make_article(title="To come", published_at=now + timedelta(minutes=1))

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return b"To come" in ask(cache, "/").body

    assert not at(now)
    assert not at(now + timedelta(seconds=59))
    assert at(now + timedelta(minutes=1))
    assert at(now + timedelta(minutes=2))
    # The clock was set back.
    assert not at(now + timedelta(seconds=30))
    assert at(now + timedelta(days=3))


def test_what_a_day_changes_changes_at_midnight(cache, world, monkeypatch, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    reviewer = Author.objects.get(slug="ada")
    Article.objects.update(
        reviewer=reviewer, reviewed_on="2026-01-01", review_due="2027-03-04"
    )

    def at(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return ask(cache, ARTICLE).body

    on_the_day = at(datetime(2027, 3, 4, 22, 59, tzinfo=UTC))

    assert at(datetime(2027, 3, 4, 23, 0, tzinfo=UTC)) != on_the_day


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
    ("/subscribe/confirm/x/", 404),
    ("/healthz", 200),
    ("/articles", 301),
]


@pytest.mark.parametrize(("path", "status"), PRIVATE)
def test_what_is_no_public_page_is_made_each_time(cache, django, path, status):
    answers = [ask(cache, path) for _ in range(2)]

    assert [answer.status for answer in answers] == [status] * 2
    assert len(django.made) == 2


def test_the_admin_is_never_kept(cache, django, admin_client):
    cookie = f"sessionid={admin_client.cookies['sessionid'].value}"

    page = ask(cache, "/admin/articles/article/", HTTP_COOKIE=cookie)

    assert page.status == 200
    assert ask(cache, "/admin/articles/article/").status == 302


@pytest.mark.usefixtures("_fixed_edition")
def test_what_sets_a_cookie_is_not_kept():
    def application(environ, start_response):
        environ[KEEP] = ()
        start_response("200 OK", [("ETag", '"x"'), ("Set-Cookie", "a=b")])
        return [b"mine"]

    cache = PageCache(application, MB)
    ask(cache, "/")

    assert not cache.plain.taken


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


def test_what_does_not_become_smaller_is_not_compressed(cache):
    page = ask(cache, "/feeds/comments.json", HTTP_ACCEPT_ENCODING="gzip, br")
    assert page.headers["Content-Encoding"] == "br"
    tiny = PageCache(_constant(b"ok"), MB)

    assert "Content-Encoding" not in ask(tiny, "/", HTTP_ACCEPT_ENCODING="gzip").headers


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
