"""robots.txt, security.txt, the manifest, the icons, and what other sites may use."""

import json
import struct
from datetime import UTC, datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.utils import timezone

from articles.models import SiteSettings
from footcare import machines
from footcare.middleware import SecurityHeadersMiddleware

SITE = "http://testserver"


def text_of(client, path):
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return response.content.decode()


def robots(client):
    parser = RobotFileParser()
    parser.parse(text_of(client, "/robots.txt").splitlines())
    return parser


@pytest.mark.parametrize("path", ["/", "/articles/foot-massage/", "/topics/", "/feeds/articles.rss", "/static/css/base.css", "/articles/foot-massage/comments/", "/subscribe/"])  # fmt: skip
@pytest.mark.parametrize("agent", ["Googlebot", "GPTBot"])
def test_robots_may_read_what_readers_read(client, site, path, agent):
    assert robots(client).can_fetch(agent, SITE + path)


@pytest.mark.parametrize("path", ["/admin/", "/admin/articles/article/1/change/", "/search/?q=feet", "/subscribe/confirm/token/", "/unsubscribe/token/", "/preferences/token/"])  # fmt: skip
def test_robots_stay_away_from_what_is_personal_or_repeats(client, site, path):
    assert not robots(client).can_fetch("Googlebot", SITE + path)


def test_robots_are_shown_the_sitemap(client, site):
    assert robots(client).site_maps() == [f"{SITE}/sitemap.xml"]
    assert client.get("/sitemap.xml").status_code == 200


def test_the_owner_may_ask_crawlers_for_ai_to_stay_away(client, site):
    SiteSettings.objects.update(allow_ai_crawlers=False)

    parser = robots(client)

    article = f"{SITE}/articles/foot-massage/"
    for agent in ["GPTBot", "ClaudeBot", "CCBot", "Google-Extended", "Bytespider/1.0"]:
        assert not parser.can_fetch(agent, article)
    for agent in ["Googlebot", "Bingbot", "Applebot", "ChatGPT-User", "anybody"]:
        assert parser.can_fetch(agent, article)
    assert not parser.can_fetch("Googlebot", f"{SITE}/admin/")


def test_no_crawler_is_named_twice():
    names = [name.lower() for name in machines.AI_CRAWLERS]

    assert sorted(set(names)) == sorted(names)


def fields(client):
    lines = text_of(client, "/.well-known/security.txt").splitlines()
    return dict(line.split(": ", 1) for line in lines)


def test_whoever_finds_a_hole_knows_whom_to_tell(client, site):
    found = fields(client)
    assert found["Contact"] == f"{SITE}/about/"
    assert client.get("/about/").status_code == 200

    SiteSettings.objects.update(contact_email="me+feet@example.org")

    found = fields(client)
    assert found["Contact"] == "mailto:me%2Bfeet@example.org"
    assert found["Canonical"] == f"{SITE}/.well-known/security.txt"
    assert found["Preferred-Languages"] == "en"
    assert set(found) == {"Contact", "Expires", "Preferred-Languages", "Canonical"}


@pytest.mark.parametrize("day", [datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 2, 28, 23, 59, tzinfo=UTC), datetime(2028, 12, 31, tzinfo=UTC)])  # fmt: skip
def test_that_advice_never_runs_out_and_never_lasts_a_year(
    client, site, monkeypatch, day
):
    monkeypatch.setattr(timezone, "now", lambda: day)

    expires = datetime.fromisoformat(fields(client)["Expires"])

    assert timedelta(days=250) < expires - day < timedelta(days=365)


def test_the_manifest_has_the_sites_name_and_icons_that_are_there(client, site):
    SiteSettings.objects.update(name="Soles & <heels>")

    response = client.get("/site.webmanifest")

    assert response.headers["Content-Type"] == "application/manifest+json"
    found = json.loads(response.content)
    assert found["name"] == "Soles & <heels>"
    assert (found["lang"], found["dir"], found["start_url"]) == ("en", "ltr", "/")
    for icon in found["icons"]:
        file = django_settings.BASE_DIR / icon["src"].removeprefix("/")
        assert file.is_file()
    html = client.get("/").content.decode()
    assert '<link rel="manifest" href="/site.webmanifest">' in html
    assert f'<meta name="theme-color" content="{found["theme_color"]}"' in html


def body_of(response):
    return b"".join(response.streaming_content)


def test_the_favicon_stands_at_the_root_in_three_sizes(client):
    response = client.get("/favicon.ico")

    data = body_of(response)
    kind, count = struct.unpack("<HH", data[2:6])
    assert (response.status_code, kind, count) == (200, 1, 3)
    for n, size in enumerate([16, 32, 48]):
        width, height, *_, length, place = struct.unpack_from("<BBBBHHII", data, 6 + 16 * n)  # fmt: skip
        png = data[place : place + length]
        assert (width, height) == (size, size)
        assert struct.unpack(">II", png[16:24]) == (size, size)


def test_a_phone_finds_its_picture_at_the_root_and_by_the_link(client, site):
    data = body_of(client.get("/apple-touch-icon.png"))

    assert struct.unpack(">II", data[16:24]) == (180, 180)
    html = client.get("/").content.decode()
    assert '<link rel="apple-touch-icon" href="/static/root/apple-touch-icon.png">' in html  # fmt: skip


OPEN = ["/feeds/articles.rss", "/feeds/articles.json", "/feeds/topics/massage.atom", "/feeds/comments.atom", "/articles/foot-massage/comments.rss", "/oembed/?url=http://testserver/articles/foot-massage/", "/oembed/?url=x"]  # fmt: skip
CLOSED = ["/", "/articles/foot-massage/", "/articles/foot-massage/comments.json", "/articles/foot-massage/comments/", "/sitemap.xml", "/robots.txt", "/articles/feeds/", "/admin/login/", "/subscribe/"]  # fmt: skip


@pytest.mark.parametrize("path", OPEN)
def test_other_sites_may_read_feeds_also_when_nothing_changed(client, site, path):
    first = client.get(path)
    etag = first.headers.get("ETag", "")

    for response in (first, client.get(path, headers={"If-None-Match": etag})):
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Vary" not in first.headers


@pytest.mark.parametrize("path", ["/favicon.ico", "/apple-touch-icon.png"])
def test_other_sites_may_show_the_icons(client, path):
    first = client.get(path)
    assert body_of(first)
    asking = {"If-Modified-Since": first.headers["Last-Modified"]}
    again = client.get(path, headers=asking)

    assert (first.status_code, again.status_code) == (200, 304)
    for response in (first, again):
        assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("name", ["img/share.png", "img/icon-512.png", "svg/favicon.svg"])  # fmt: skip
def test_other_sites_may_show_the_pictures_of_shared_links(rf, name):
    send = SecurityHeadersMiddleware(lambda request: HttpResponse())

    headers = send(rf.get(f"/static/{name}")).headers

    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    closed = send(rf.get("/static/css/base.css")).headers
    assert closed["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", CLOSED)
def test_other_sites_may_use_nothing_else(client, site, path):
    response = client.get(path)

    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", ["/robots.txt", "/.well-known/security.txt", "/site.webmanifest"])  # fmt: skip
def test_it_is_sent_once_and_then_confirmed(client, site, path):
    first = client.get(path)

    for headers in [
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ]:
        assert client.get(path, headers=headers).status_code == 304
    SiteSettings.objects.update(updated_at=timezone.now() + timedelta(seconds=2))
    asking = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert client.get(path, headers=asking).status_code == 200
