"""The sitemap: every public page, nothing else, and the date of its words."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count
from xml.etree import ElementTree

import pytest
from django.utils import timezone

from articles import sitemap
from articles.models import Article, Author, Media, Page, Section, Topic
from tests.factories import make_article, make_comment, make_media

SITE = "http://testserver"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def read(client, path="/sitemap.xml"):
    """Address -> date (or None) of each page in a sitemap, or of each part."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml"
    found = {}
    for one in ElementTree.fromstring(response.content):
        date = one.findtext(f"{NAMESPACE}lastmod")
        address = one.findtext(f"{NAMESPACE}loc").removeprefix(SITE)
        assert address not in found
        found[address] = date and datetime.fromisoformat(date)
    return found


def seconds(moment):
    return moment.replace(microsecond=0)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setattr(sitemap, "PART", 10)


def test_every_address_of_the_seeded_site_is_there_and_answers(client, site):
    found = read(client)

    assert set(found) == {
        "/", "/articles/", "/articles/foot-massage/", "/articles/foot-massage/media/1/",
        "/topics/", "/topics/massage/", "/subscribe/", "/about/", "/how-we-work/",
        "/medical-disclaimer/", "/privacy/", "/comment-policy/", "/accessibility/",
    }  # fmt: skip
    for path in found:
        html = client.get(path).content.decode()
        assert f'rel="canonical" href="{SITE}{path}"' in html
        assert "noindex" not in html


@pytest.mark.parametrize(
    "values",
    [
        {"status": "draft"},
        {"status": "review"},
        {"status": "archived"},
        {"published_at": timezone.now() + timedelta(days=1)},
    ],
)
def test_what_is_not_public_is_not_there(client, db, values):
    ada = Author.objects.create(name="Ada", slug="ada")
    article = make_article(slug="secret", author=ada, **values)
    article.topics.create(name="Secret", slug="secret")
    make_media(article)

    assert set(read(client)) == {"/", "/articles/", "/topics/", "/subscribe/"}


def test_authors_and_reviewers_are_there_once(client, db):
    ada, bob, idle = (
        Author.objects.create(name=name, slug=name) for name in ("ada", "bob", "idle")
    )
    now = timezone.now()
    make_article(author=ada, published_at=now - timedelta(days=2))
    newest = make_article(
        author=bob, reviewer=ada, reviewed_on=now.date(), published_at=now
    )

    found = read(client)

    assert found["/authors/ada/"] == seconds(newest.published_at)
    assert "/authors/bob/" in found
    assert f"/authors/{idle.slug}/" not in found


def test_an_article_is_as_new_as_its_words(client, site):
    path, days = "/articles/foot-massage/", count()

    def moved_by(change):
        before = LONG_AGO - timedelta(days=next(days))
        Article.objects.update(published_at=before, updated_at=before)
        assert read(client)[path] == seconds(before)
        change()
        article = Article.objects.get()
        assert read(client)[path] == seconds(article.changed_at)
        return article.changed_at != before

    assert moved_by(lambda: Section.objects.filter(anchor="benefits").update(text="x"))
    assert moved_by(lambda: Media.objects.update(title="New"))
    assert moved_by(lambda: Article.objects.update(summary="New"))
    assert not moved_by(lambda: make_comment(Article.objects.get()))


def test_a_scheduled_article_is_as_new_as_its_date(client, db):
    article = make_article(published_at=timezone.now() - timedelta(days=1))
    Article.objects.update(updated_at=LONG_AGO)

    assert read(client)[article.get_absolute_url()] == seconds(article.published_at)


def test_a_list_is_as_new_as_its_newest_article(client, db):
    topic = Topic.objects.create(name="Rest", slug="rest")
    now = timezone.now()
    for days in (5, 3):
        make_article(published_at=now - timedelta(days=days)).topics.add(topic)
    make_article(published_at=now - timedelta(days=1))

    found = read(client)

    assert found["/topics/rest/"] == seconds(now - timedelta(days=3))
    for path in ("/", "/articles/", "/topics/"):
        assert found[path] == seconds(now - timedelta(days=1))


def test_a_page_of_the_owners_is_as_new_as_its_text(client, site):
    Page.objects.filter(path="about").update(updated_at=LONG_AGO)

    assert read(client)["/about/"] == LONG_AGO


def test_a_large_site_gets_parts_that_hold_every_page_once(client, site, small_parts):
    for _ in range(23):
        make_media(make_article())
    some = Article.objects.order_by("pk").values("pk")[3:16]
    Article.objects.filter(pk__in=some).update(status="archived")

    parts = read(client)
    pages = [page for part in parts for page in read(client, part)]

    assert all(re.fullmatch(r"/sitemap-[a-z]+(-\d+)?\.xml", part) for part in parts)
    assert len(pages) == len(set(pages))
    public = Article.objects.published()
    assert {one.get_absolute_url() for one in public} < set(pages)
    items = Media.objects.filter(article__in=public).select_related("article")
    assert {one.get_absolute_url() for one in items} < set(pages)
    assert {"/", "/about/", "/topics/massage/"} < set(pages)
    assert len(pages) == 11 + public.count() + items.count()
    for part, date in parts.items():
        dates = [one for one in read(client, part).values() if one]
        assert date in {None, max(dates)}
        assert len(read(client, part)) <= 11


@pytest.mark.parametrize(
    "path",
    [
        "/sitemap-articles-99.xml",
        "/sitemap-nothing-0.xml",
        f"/sitemap-media-{'9' * 40}.xml",
        "/sitemap-articles--1.xml",
        "/sitemap.xml/",
    ],
)
def test_no_part_stands_where_none_is_needed(client, site, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_it_takes_as_many_queries_however_large_the_site(
    client, db, size, django_assert_num_queries
):
    for n in range(size):
        author = Author.objects.create(name="Ada", slug=f"ada-{n}")
        article = make_article(author=author)
        article.topics.create(name=f"T{n}", slug=f"t{n}")
        make_media(article)

    with django_assert_num_queries(9):
        assert len(read(client)) == 4 + 4 * size


def test_it_is_sent_once_and_then_confirmed(client, site):
    first = client.get("/sitemap.xml")
    Article.objects.update(updated_at=timezone.now() + timedelta(seconds=2))
    date = client.get("/sitemap.xml").headers["Last-Modified"]

    def status(**headers):
        return client.get("/sitemap.xml", headers=headers).status_code

    assert status(if_modified_since=date) == 304
    assert status(if_modified_since=first.headers["Last-Modified"]) == 200
    assert status(if_none_match=client.get("/sitemap.xml").headers["ETag"]) == 304
    assert status(if_none_match=first.headers["ETag"]) == 200


def test_its_addresses_come_from_the_settings_alone(client, site, settings):
    settings.ALLOWED_HOSTS = ["*"]

    response = client.get("/sitemap.xml", headers={"host": "evil.example"})

    assert b"evil.example" not in response.content


def test_an_item_has_its_own_address_whatever_the_slug_of_its_article(client, db):
    item = make_media(make_article(slug="0"))

    assert item.get_absolute_url() == f"/articles/0/media/{item.pk}/"
    assert (
        f"{item.get_absolute_url()}</loc>"
        in client.get("/sitemap.xml").content.decode()
    )
