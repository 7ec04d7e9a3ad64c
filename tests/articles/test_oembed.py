"""What another site is told when somebody pastes the address of an article there."""

import re
from html import unescape

import pytest

from articles.models import Article, Author, SiteSettings
from tests.factories import make_article

SITE = "http://testserver"
URL = f"{SITE}/articles/foot-massage/"


def ask(client, url=URL, **query):
    return client.get("/oembed/", {"url": url, **query})


def test_an_article_is_told_as_a_link(client, site):
    response = ask(client, format="json")

    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {
        "type": "link",
        "version": "1.0",
        "title": "Foot massage",
        "author_name": "Footcare",
        "author_url": f"{SITE}/",
        "provider_name": "Footcare",
        "provider_url": f"{SITE}/",
        "thumbnail_url": f"{SITE}/static/img/share.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 630,
    }


def test_a_person_who_wrote_is_named(client, site):
    Article.objects.update(author=Author.objects.create(name="Ada", slug="ada"))
    SiteSettings.objects.update(name="Soles")

    found = ask(client).json()

    assert (found["author_name"], found["provider_name"]) == ("Ada", "Soles")
    assert found["author_url"] == f"{SITE}/authors/ada/"


@pytest.mark.parametrize("url", [f"{URL}#comment-1", f"{URL}?comments=7&utm_source=x#comments", "https://testserver/articles/foot-massage/", "http://TESTSERVER/articles/foot-massage/", f"{SITE}/articles/old/"])  # fmt: skip
def test_any_way_of_writing_the_address_is_understood(client, site, url):
    article = make_article(slug="old")
    Article.objects.filter(pk=article.pk).update(slug="new")

    assert ask(client, url).status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example/articles/foot-massage/",
        "http://testserver.evil.example/articles/foot-massage/",
        "http://testserver:81/articles/foot-massage/",
        "http://me@testserver/articles/foot-massage/",
        "//testserver/articles/foot-massage/",
        "/articles/foot-massage/",
        "javascript://testserver/articles/foot-massage/",
        "ftp://testserver/articles/foot-massage/",
        f"{SITE}/articles/foot-massage",
        f"{SITE}/articles/draft/",
        f"{SITE}/articles/none/",
        f"{SITE}/about/",
        f"{SITE}/",
        SITE,
        "http://[",
        "http://[::1",
        "http://testserver/articles/\ud7ff/",
        "x" * 5000,
        "http://testserver:port/articles/foot-massage/",
    ],
)
def test_every_other_address_is_not_found(client, site, url):
    make_article(slug="draft", status="draft")

    response = ask(client, url)

    assert response.status_code == 404
    assert response.json() == {"error": "There is no article of ours at this address."}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"format": "xml"}, 501),
        ({"format": "yaml"}, 501),
        ({"url": ""}, 400),
        ({"url": "", "format": "xml"}, 501),
    ],
)
def test_what_cannot_be_answered_is_said_as_json(client, site, query, status):
    response = ask(client, **query)

    assert response.status_code == status
    assert response.json()["error"].endswith(".")
    assert client.get("/oembed/").status_code == 400


@pytest.mark.parametrize(
    ("query", "has_picture"),
    [
        ({"maxwidth": "1200", "maxheight": "630"}, True),
        ({"maxwidth": "1199"}, False),
        ({"maxheight": "100"}, False),
        ({"maxwidth": "0"}, True),
        ({"maxwidth": "wide", "maxheight": "-1"}, True),
        ({"maxwidth": "9" * 99}, True),
    ],
)
def test_the_picture_is_left_out_where_there_is_no_room(
    client, site, query, has_picture
):
    found = ask(client, **query).json()

    names = {name for name in found if name.startswith("thumbnail")}
    assert len(names) == 3 * has_picture


def test_the_article_leads_to_it(client, site):
    html = client.get("/articles/foot-massage/").content.decode()
    link = re.search(r'<link [^>]*json\+oembed[^>]* href="(.*?)">', html)[1]

    response = client.get(unescape(link).removeprefix(SITE))

    assert response.json()["title"] == "Foot massage"
    assert "oembed" not in client.get("/about/").content.decode()


def test_it_takes_two_queries(client, site, django_assert_num_queries):
    with django_assert_num_queries(2):
        ask(client)


def test_it_is_sent_once_and_then_confirmed(client, site):
    first = ask(client)

    for headers in [
        {"If-None-Match": first.headers["ETag"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
    ]:
        response = client.get("/oembed/", {"url": URL}, headers=headers)
        assert response.status_code == 304


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_it_is_only_asked(client, site, method):
    assert getattr(client, method)(f"/oembed/?url={URL}").status_code == 405
