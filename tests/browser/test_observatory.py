"""Every kind of answer of a site under https, by the rules of Mozilla's HTTP Observatory."""

import http.client
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.browser.pages import FORM, PAGES, FilledSite, Page, fetch
from tests.browser.running import DEADLINE
from tests.project.observatory import BEST_GRADE_FROM, directives, score

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("observatory")]

FOR_PUBLIC_PAGES = 125
# What programs read, other sites may read as well: no bonus for keeping it to ourselves.
FOR_PROGRAMS = [
    "/feeds/articles.rss", "/feeds/articles.atom", "/feeds/articles.json",
    "/feeds/comments.rss", "/articles/foot-massage/comments.rss", "/oembed/",
    "/articles/foot-massage/comments.json", "/sitemap.xml", "/robots.txt",
    "/.well-known/security.txt", "/site.webmanifest", "/healthz",
    "/favicon.ico", "/apple-touch-icon.png", "/static/nothing.css", "{stylesheet}",
]  # fmt: skip
OF_THE_ADMIN = [
    "/admin/", "/admin/articles/article/", "/admin/articles/article/1/change/",
    "/admin/articles/article/1/delete/", "/admin/comments/comment/",
]  # fmt: skip


class HttpsSite(FilledSite):
    """As it stands behind the proxy that holds the certificate."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.env["SITE_URL"] = f"https://localhost:{self.port}"

    def ask(
        self, path: str, form: dict[str, str] | None = None, cookie: str = ""
    ) -> tuple[dict[str, str], list[str], str]:
        """(headers in lower case, the lines of Set-Cookie, the text) of what is at ``path``."""
        connection = http.client.HTTPConnection(
            "localhost", self.port, timeout=DEADLINE
        )
        body, method = (None, "GET") if form is None else (urlencode(form), "POST")
        connection.request(method, path, body, {"Cookie": cookie, "Content-Type": FORM})
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
        connection.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        return headers, response.headers.get_all("Set-Cookie") or [], text


@pytest.fixture(scope="module")
def https_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HttpsSite]:
    site = HttpsSite(tmp_path_factory.mktemp("https"))
    try:
        site.start()
        site.make_owner()
        yield site
    finally:
        site.end()


@pytest.fixture(scope="module")
def owners_cookie(https_site: HttpsSite) -> str:
    _, (token,), html = https_site.ask("/admin/login/")
    hidden = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert hidden
    form = {
        "username": https_site.owner["DJANGO_SUPERUSER_USERNAME"],
        "password": https_site.owner["DJANGO_SUPERUSER_PASSWORD"],
        "csrfmiddlewaretoken": hidden[1],
    }
    token = token.partition(";")[0]
    _, cookies, _ = https_site.ask("/admin/login/", form, token)
    return "; ".join(one.partition(";")[0] for one in cookies)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_has_the_best_grade(https_site: HttpsSite, name: str) -> None:
    answer = fetch(https_site, PAGES[name])
    headers = {key.lower(): value for key, value in answer.headers.items()}
    cookies = [headers["set-cookie"]] if "set-cookie" in headers else []

    points = score(headers, cookies, answer.body.decode())

    assert answer.status == PAGES[name].status
    assert points >= FOR_PUBLIC_PAGES
    # Who logs in, and whose browser is to be known by their own wish.
    assert bool(cookies) == (name in {"admin login", "comments, confirmed"})


@pytest.mark.parametrize("path", FOR_PROGRAMS)
def test_what_programs_read_has_the_best_grade(
    https_site: HttpsSite, path: str
) -> None:
    page = fetch(https_site, Page("/")).body.decode()
    found = re.search(r'href="(/static/[^"]+\.css)"', page)
    assert found

    headers, cookies, _ = https_site.ask(path.format(stylesheet=found[1]))

    assert cookies == []
    assert score(headers) >= BEST_GRADE_FROM
    assert directives(headers)["frame-ancestors"] == {"'none'"}


@pytest.mark.parametrize("path", OF_THE_ADMIN)
def test_the_desk_has_the_best_grade(
    https_site: HttpsSite, owners_cookie: str, path: str
) -> None:
    headers, cookies, html = https_site.ask(path, cookie=owners_cookie)

    assert "owner" in html.lower()
    assert score(headers, cookies, html) >= FOR_PUBLIC_PAGES
