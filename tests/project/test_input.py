"""What a stranger may send: each gets a page of the design, never a traceback."""

import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.http import HttpResponse
from django.test import Client

from comments.models import Comment
from footcare.middleware import PlainRefusalMiddleware
from subscriptions.models import Request
from tests.factories import make_subscriber

COMMENTS = "/articles/foot-massage/comments/"
WORDS = {"name": "Ada", "body": "Hello."}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def strict(site):
    """A client for which an exception is an answer of 500, as it is for a reader."""
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"}, False),
        ({"Origin": "http://testserver"}, True),
        ({"Origin": "https://testserver"}, False),
        ({"Origin": "http://testserver.evil.example"}, False),
        ({"Origin": "http://testserver:81"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Cookie": "sessionid=x"}, False),
        ({"Cookie": "sessionid=x", "Origin": "http://testserver"}, True),
        ({}, True),
    ],
)
@pytest.mark.parametrize("path", [COMMENTS, "/subscribe/"])
def test_a_form_from_another_site_does_nothing(strict, path, headers, ours):
    form = WORDS | {"email": "ada@example.org"}

    response = strict.post(path, form, headers=headers)

    assert response.status_code == (302 if ours else 403)
    assert (Comment.objects.count() + Request.objects.count()) == int(ours)
    if not ours:
        assert "Not from here" in response.content.decode()


@pytest.mark.parametrize(
    "path", [COMMENTS, "/subscribe/", "/admin/login/", "/", "/nowhere/"]
)
@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"name=x", f"{FORM}; charset=utf-16"),
        (b"name=x", f"{FORM}; charset=nonsense"),
        (b"name=x", f"{FORM}; charset=%00"),
        (b"name=%ff%fe&body=%ed%a0%80", FORM),
        (b"\xff\xfe=\x00", FORM),
        (b"&".join(b"a=1" for _ in range(2000)), FORM),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data"),
        (b"", "multipart/form-data; boundary=" + "x" * 300),
        (b"{}", "application/json"),
        (b"\x00" * 100, "application/octet-stream"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_politely(
    strict, path, body, content_type
):
    response = strict.generic("POST", path, body, content_type=content_type)

    assert 200 <= response.status_code < 500
    assert response.status_code < 400 or b"<h1" in response.content


def test_stock_djangos_one_line_crash_is_a_400_here(strict):
    strict.cookies["csrftoken"] = "x" * 32

    response = strict.post(
        "/admin/login/", data=b"a=1", content_type=f"{FORM}; charset=utf-16"
    )

    assert response.status_code == 400
    assert "This could not be read" in response.content.decode()


def test_a_body_that_is_too_large_is_a_413_with_a_page(strict):
    body = b"body=" + b"x" * 3_000_000
    response = strict.generic("POST", COMMENTS, body, content_type=FORM)

    assert response.status_code == 413
    assert "That was too much" in response.content.decode()


@pytest.mark.parametrize("host", ["evil.example", "a b", "", "[::1", "testserver.evil.example"])  # fmt: skip
def test_a_host_that_is_not_ours_is_refused(strict, host):
    response = strict.get("/articles/", headers={"Host": host})

    assert response.status_code == 400
    assert "This could not be read" in response.content.decode()


@pytest.mark.parametrize("path", ["/", "/articles/?page=%00", "/admin/?a=%00"])
def test_a_nul_has_no_place_in_an_address_or_a_cookie(strict, path):
    strict.cookies["sessionid"] = "abcdefgh\x00abcdefgh"

    response = strict.get(path)

    assert response.status_code == 400


def test_a_session_that_never_was_lets_nobody_in(strict):
    strict.cookies["sessionid"] = "x" * 5000

    assert strict.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "/articles/%00/", "/articles/%ff/", "/%2e%2e/%2e%2e/etc/passwd", "/articles/../../x/",
        "/topics/" + "a" * 5000 + "/", "/%F0%9F%91%A3/", "/articles/foot-massage/media/" + "9" * 30 + "/",
        "/static/../footcare/settings.py", "/articles/foot-massage/comments/sent/?comment=" + "9" * 30,
        "/.env", "/db.sqlite3", "/var/db.sqlite3", "/subscribe/confirm/%00/",
    ],
)  # fmt: skip
def test_a_strange_address_is_no_error_of_ours(strict, path):
    response = strict.get(path)

    assert response.status_code in {200, 301, 400, 404}
    assert b"SECRET_KEY" not in response.content


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FOO"]
)
@pytest.mark.parametrize("path", ["/", "/articles/", "/articles/foot-massage/", "/about/", "/topics/", "/subscribe/check/", "/articles/foot-massage/comments.json"])  # fmt: skip
def test_a_page_that_is_only_read_refuses_every_other_method(site, method, path):
    client = Client(enforce_csrf_checks=True)

    response = client.generic(method, path)

    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "Not that way" in response.content.decode()


def test_an_error_of_ours_is_a_page_that_needs_nothing(strict, monkeypatch):
    from articles.models import SiteSettings

    def fail():
        raise RuntimeError("secret words")

    monkeypatch.setattr(SiteSettings, "load", fail)
    response = strict.get("/articles/foot-massage/")

    html = response.content.decode()
    assert response.status_code == 500
    assert "Something broke" in html
    assert "secret words" not in html


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/", 503, "Back in a moment"),
        ("/articles/foot-massage/", 503, "Back in a moment"),
        ("/subscribe/", 503, "Back in a moment"),
        ("/no/such/address/", 404, "This page has walked off"),
        ("/healthz", 200, "ok"),
    ],
)
def test_readers_are_told_to_come_back_while_the_database_is_away(
    strict, error, path, status, words
):
    def away(execute, sql, *args):
        raise error("disk I/O error at /secret/place")

    with connection.execute_wrapper(away):
        response = strict.get(path)

    assert response.status_code == status
    assert words in response.content.decode()
    assert "secret" not in response.content.decode()
    assert ("Retry-After" in response.headers) == (status == 503)


def test_a_mistake_in_a_query_is_ours_and_not_the_databases(strict, monkeypatch):
    def away(execute, sql, *args):
        raise ProgrammingError("no such column")

    with connection.execute_wrapper(away):
        assert strict.get("/").status_code == 500


def test_too_many_requests_get_a_page_that_says_when_to_come_back(rf, site):
    def busy(request):
        return HttpResponse(status=429, headers={"Retry-After": "60"})

    response = PlainRefusalMiddleware(busy)(rf.get("/"))

    assert response.status_code == 429
    assert response.headers["Retry-After"] == "60"
    assert "Not so fast" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (COMMENTS, 302),
        ("/subscribe/", 302),
        ("/subscribe/confirm/{confirm}/", 200),
        ("/unsubscribe/{leave}/", 200),
        ("/preferences/{preferences}/", 422),
        ("/admin/login/", 403),
    ],
)
def test_a_readers_form_needs_no_token_and_the_admins_does(site, path, status):
    client = Client(enforce_csrf_checks=True)
    subscriber = make_subscriber()
    tokens = {
        "confirm": subscriber.confirm_url.split("/")[-2],
        "leave": subscriber.leave_url.split("/")[-2],
        "preferences": subscriber.preferences_url.split("/")[-2],
    }

    response = client.post(path.format(**tokens), WORDS | {"email": "ada@example.org"})

    assert response.status_code == status


@pytest.mark.parametrize("key", ["x", "x" * 40, "", "x\u00e4", "../../x"])
@pytest.mark.parametrize("path", ["/", "/articles/foot-massage/", "/subscribe/", "/nowhere/", "/feeds/articles.rss"])  # fmt: skip
def test_a_page_says_nothing_of_a_session_that_never_was(strict, path, key):
    response = strict.get(path, headers={"Cookie": f"sessionid={key}"})

    assert not response.cookies
    assert "Vary" not in response.headers


@pytest.mark.parametrize("length", ["0x10", "-1", "+5", "1e3", "\uff11\uff12", "5, 5", "99 "])  # fmt: skip
@pytest.mark.parametrize("path", [COMMENTS, "/subscribe/", "/admin/login/", "/", "/nowhere/"])  # fmt: skip
def test_a_length_that_is_no_number_is_a_400(strict, path, length):
    response = strict.post(path, WORDS, CONTENT_LENGTH=length)

    assert response.status_code == 400
    assert "This could not be read" in response.content.decode()


@pytest.mark.parametrize("fields", [200, 201])
def test_a_stranger_sends_two_hundred_fields_and_no_more(strict, fields):
    form = WORDS | {"topics": ["massage"] * (fields - len(WORDS))}

    status = strict.post(COMMENTS, form).status_code

    assert status == (302 if fields == 200 else 400)


def test_the_desk_takes_the_form_of_a_very_long_article(strict):
    form = {f"sections-{n}-text": "Words." for n in range(4900)}

    response = strict.post("/admin/articles/article/1/change/", form)

    assert response.status_code == 302  # to the log-in
    assert response.headers["Location"].startswith("/admin/login/")
