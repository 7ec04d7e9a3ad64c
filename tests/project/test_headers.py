import pytest
from django.conf import settings as django_settings
from django.test import Client

from footcare.middleware import SecurityHeadersMiddleware

PUBLIC = ["/", "/articles/", "/articles/foot-massage/", "/articles/foot-massage/media/1/", "/articles/foot-massage/comments/", "/articles/foot-massage/comments/sent/", "/articles/foot-massage/comments.json", "/topics/", "/topics/massage/", "/subscribe/", "/subscribe/check/", "/preferences/", "/privacy/", "/feeds/articles.rss", "/feeds/articles.atom", "/feeds/articles.json", "/feeds/topics/massage.atom", "/feeds/comments.json", "/articles/foot-massage/comments.rss", "/search/", "/search/?q=massage", "/search/?q=none", "/sitemap.xml", "/robots.txt", "/.well-known/security.txt", "/site.webmanifest", "/oembed/?url=http://testserver/articles/foot-massage/"]  # fmt: skip
OTHERS = [
    "/nowhere/",
    "/admin/login/",
    "/subscribe/confirm/x/",
    "/unsubscribe/x/",
    "/preferences/x/",
]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_can_be_kept_by_any_cache_for_everyone(client, site, path):
    response = client.get(path)

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "public, no-cache"
    assert "Vary" not in response.headers
    assert not response.cookies


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_the_same_for_staff(client, admin_client, site, path):
    response = admin_client.get(path)

    assert response.content == client.get(path).content
    assert "Vary" not in response.headers


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_is_sent_once_and_then_confirmed(client, site, path):
    etag = client.get(path).headers["ETag"]

    response = client.get(path, headers={"If-None-Match": etag})

    assert (response.status_code, response.content) == (304, b"")


@pytest.mark.parametrize("path", PUBLIC)
def test_head_has_the_headers_of_get_and_no_body(client, site, path):
    response = client.head(path)

    assert response.status_code == 200
    assert int(response.headers["Content-Length"]) == len(client.get(path).content)
    assert response.content == b""


@pytest.mark.parametrize("path", PUBLIC + OTHERS)
def test_every_answer_has_the_security_headers(client, site, path):
    headers = client.get(path).headers

    assert headers["Content-Security-Policy"] == CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    # What other sites may use is in test_machines.
    assert headers["Cross-Origin-Resource-Policy"] in {"same-origin", "cross-origin"}
    assert "camera=()" in headers["Permissions-Policy"]


@pytest.mark.parametrize("path", PUBLIC + OTHERS)
def test_no_page_has_an_inline_script_or_style_or_handler(client, site, path):
    html = client.get(path).content.decode()

    assert "<style" not in html
    assert ' style="' not in html
    assert "<script>" not in html
    assert not [word for word in ("onclick=", "onload=", "onerror=") if word in html]


def test_an_https_site_asks_for_https_from_then_on(settings, rf):
    settings.SITE_IS_HTTPS, settings.SECURE_HSTS_SECONDS = True, 31_536_000
    from django.http import HttpResponse

    response = SecurityHeadersMiddleware(lambda request: HttpResponse())(rf.get("/"))

    expected = "max-age=31536000; includeSubDomains"
    assert response.headers["Strict-Transport-Security"] == expected


def test_a_page_with_an_open_form_is_kept_by_nobody(client, site):
    response = client.post("/articles/foot-massage/comments/", {})

    assert response.headers["Cache-Control"] == "private, no-store"


def test_no_refusal_is_kept_by_anybody(client, site):
    assert client.get("/healthz", headers={"If-Match": '"x"'}).status_code == 412
    strict = Client(enforce_csrf_checks=True)
    refusals = [
        client.get("/healthz", headers={"If-Match": '"x"'}),
        client.get("/static/nothing.css"),
        strict.post("/admin/login/"),
        strict.put("/healthz"),
    ]

    assert [one.status_code for one in refusals] == [412, 404, 403, 405]
    assert {one.headers["Cache-Control"] for one in refusals} == {"no-store"}


def test_the_policy_allows_nothing_inline():
    assert not any(
        "unsafe" in source
        for sources in django_settings.SECURE_CSP.values()
        for source in sources
    )


def test_a_static_file_has_the_headers_too_and_may_load_nothing(
    client, db, settings, tmp_path
):
    (tmp_path / "a.css").write_text("b { color: red }")
    settings.STATIC_ROOT = tmp_path

    response = client.get("/static/a.css")
    response.close()

    headers = response.headers
    assert (
        headers["Content-Security-Policy"]
        == "default-src 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
