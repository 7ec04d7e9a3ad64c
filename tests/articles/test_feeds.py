"""The newest articles in full: what a program that reads feeds gets."""

import json
import re
from datetime import datetime, timedelta

import feedparser
import pytest
from django.utils import timezone

from articles.models import (
    Article,
    Author,
    Note,
    Point,
    Section,
    SiteSettings,
    Topic,
)
from tests.factories import make_article, make_comment, make_media, make_section
from tests.reading import FORMS, HARD_TEXTS, only_entry, read

ADDRESSES = ["/feeds/articles", "/feeds/topics/massage"]
SITE = "http://testserver"
TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}

every_form = pytest.mark.parametrize("form", FORMS)
every_feed = pytest.mark.parametrize("address", ADDRESSES)


@pytest.fixture
def rest(db):
    return Topic.objects.create(name="Rest", slug="rest")


@every_form
@every_feed
def test_a_feed_says_what_it_is_and_where_it_stands(client, site, address, form):
    response = client.get(f"{address}.{form}")
    feed = read(client, f"{address}.{form}")

    assert response.headers["Content-Type"] == TYPES[form]
    assert feed["self"] == f"{SITE}{address}.{form}"
    assert (
        feed["url"] == f"{SITE}/topics/massage/" if "topics" in address else f"{SITE}/"
    )
    assert "Footcare" in feed["title"]
    assert feed["language"] == "en"


@every_form
def test_an_entry_keeps_its_id_when_the_address_changes(client, db, form):
    article = make_article(slug="first")
    before = only_entry(client, f"/feeds/articles.{form}")
    Article.objects.update(slug="second", title="New", published_at=timezone.now())

    after = only_entry(client, f"/feeds/articles.{form}")

    assert after["id"] == before["id"] == f"tag:testserver,2026:articles/{article.pk}"
    assert after["url"] == f"{SITE}/articles/second/"


@every_form
@pytest.mark.parametrize("count", [0, 1, 2])
def test_a_feed_tells_the_count_of_comments_and_where_they_are(client, db, form, count):
    article = make_article()
    make_comment(article, status="waiting")
    for _ in range(count):
        make_comment(article)

    entry = only_entry(client, f"/feeds/articles.{form}")

    ending = "atom" if form == "atom" else "rss"
    assert entry["count"] == count
    assert entry["comments"] == f"{SITE}{article.get_absolute_url()}comments.{ending}"
    assert client.get(entry["comments"].removeprefix(SITE)).status_code == 200


@every_form
def test_without_a_person_the_site_is_the_author(client, db, form):
    article = make_article()
    assert only_entry(client, f"/feeds/articles.{form}")["author"] == "Footcare"

    SiteSettings.objects.create(pk=1, publisher="A Body")
    assert only_entry(client, f"/feeds/articles.{form}")["author"] == "A Body"

    article.author = Author.objects.create(name="Ada", slug="ada")
    article.save()
    assert only_entry(client, f"/feeds/articles.{form}")["author"] == "Ada"


@every_form
@pytest.mark.parametrize("address", ["/feeds/articles", "/feeds/topics/rest"])
def test_a_feed_holds_the_newest_twenty_in_order(client, rest, address, form):
    now = timezone.now()
    for n in range(22):
        make_article(title=f"No. {n}", published_at=now - timedelta(days=n)).topics.add(
            rest
        )
    for values in [
        {"status": "draft"},
        {"status": "archived"},
        {"published_at": now + timedelta(hours=1)},
    ]:
        make_article(title="Secret", **values).topics.add(rest)

    entries = read(client, f"{address}.{form}")["entries"]

    assert [one["title"] for one in entries] == [f"No. {n}" for n in range(20)]


@every_form
def test_a_topics_feed_holds_that_topic_alone(client, rest, form):
    other = Topic.objects.create(name="Another", slug="another")
    for topics in [[rest], [other], [other, rest], []]:
        make_article().topics.set(topics)

    entries = read(client, f"/feeds/topics/rest.{form}")["entries"]

    assert [one["topics"] for one in entries] == [["Another", "Rest"], ["Rest"]]


@pytest.mark.parametrize("address", ["/feeds/topics/none.rss", "/feeds/articles.xml", "/feeds/articles", "/feeds/", "/feeds/topics/rest.rss/", "/feeds/articles.rss%0A"])  # fmt: skip
def test_no_feed_stands_where_none_was_promised(client, rest, address):
    assert client.get(address).status_code == 404


@every_form
@pytest.mark.parametrize("address", ["/feeds/articles", "/feeds/topics/rest"])
def test_an_empty_feed_is_a_feed_and_stays_the_same(
    client, rest, monkeypatch, address, form
):
    first = client.get(f"{address}.{form}")
    later = timezone.now() + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: later)

    assert read(client, f"{address}.{form}")["entries"] == []
    assert client.get(f"{address}.{form}").content == first.content


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/feeds/articles", "/feeds/topics/rest"])
@every_form
def test_a_feed_takes_four_queries_however_much_it_holds(
    client, rest, address, count, form, django_assert_num_queries
):
    ada = Author.objects.create(name="Ada", slug="ada")
    for n in range(count):
        article = make_article(
            author=ada, reviewer=ada, reviewed_on=timezone.localdate()
        )
        article.topics.add(rest, Topic.objects.create(name=f"T{n}", slug=f"t{n}"))
        section = make_section(article, kind="benefits")
        Point.objects.create(section=section, kind="benefit", text="x")
        make_media(article)
        make_comment(article)

    with django_assert_num_queries(4):
        entries = read(client, f"{address}.{form}")["entries"]

    assert len(entries) == count


@every_form
@pytest.mark.parametrize("text", HARD_TEXTS)
def test_a_feed_can_be_read_whatever_was_typed(client, rest, form, text):
    ada = Author.objects.create(name=text, slug="ada")
    Topic.objects.filter(pk=rest.pk).update(name=text)
    SiteSettings.objects.create(pk=1, name=text, tagline=text, publisher=text)
    article = make_article(title=text, summary=text, author=ada)
    article.topics.add(rest)
    section = make_section(article, kind="benefits", heading=text, text=text)
    Point.objects.create(section=section, kind="benefit", text=text)
    Note.objects.create(
        article=article, kind="callout", heading=text, text=text, status="approved"
    )

    entry = only_entry(client, f"/feeds/articles.{form}")
    read(client, f"/feeds/topics/rest.{form}")

    assert "<b>" not in entry["html"]
    for shown in (entry["title"], entry["author"], *entry["topics"]):
        assert shown.split() == readable(text).split()


def readable(text):
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)


def test_a_json_feed_is_one_by_the_letter(client, site):
    make_article(summary="", author=Author.objects.create(name="Ada", slug="ada"))

    feed = json.loads(client.get("/feeds/articles.json").content)

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    words = ["title", "home_page_url", "feed_url", "description", "icon", "language"]
    assert all(isinstance(feed[name], str) for name in words)
    assert all({*author} <= {"name", "url"} for author in feed["authors"])
    for item in feed["items"]:
        for name in ("id", "url", "title", "content_html"):
            assert isinstance(item[name], str)
            assert item[name]
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo
        assert item.get("summary", "words") != ""
        assert all(author["name"] for author in item["authors"])
        assert all(isinstance(tag, str) for tag in item.get("tags", []))
    assert {*feed} == {"version", *words, "authors", "items"}


@every_form
def test_a_feed_tells_when_what_it_shows_has_changed(client, site, form):
    address = f"/feeds/articles.{form}"
    section = Section.objects.first()
    ages_ago = timezone.now() - timedelta(days=9)

    def move_back():
        nonlocal ages_ago
        ages_ago -= timedelta(days=1)  # written anew, it would count as no date at all
        SiteSettings.objects.update(updated_at=ages_ago)
        Article.objects.update(
            updated_at=ages_ago, published_at=ages_ago, discussed_at=0
        )
        return client.get(address).headers["Last-Modified"]

    def status(date):
        return client.get(address, headers={"If-Modified-Since": date}).status_code

    assert status(move_back()) == 304
    for change in [
        lambda: Section.objects.filter(pk=section.pk).update(heading="New"),
        lambda: make_comment(Article.objects.get()),
        lambda: Article.objects.update(title="New"),
        lambda: SiteSettings.objects.get().save(),
        lambda: make_article(published_at=ages_ago + timedelta(days=1)),
    ]:
        date = move_back()
        change()
        assert status(date) == 200


def test_a_date_also_counts_as_changed_when_it_went_back(client, db):
    make_article(published_at=timezone.now() - timedelta(days=9))
    newest = make_article()
    Article.objects.exclude(pk=newest.pk).update(
        updated_at=timezone.now() - timedelta(days=9)
    )
    date = client.get("/feeds/articles.rss").headers["Last-Modified"]

    newest.delete()

    response = client.get("/feeds/articles.rss", headers={"If-Modified-Since": date})
    assert response.status_code == 200


def test_who_knows_the_tag_is_not_asked_for_the_date(client, site):
    response = client.get("/feeds/articles.rss")
    date, etag = response.headers["Last-Modified"], response.headers["ETag"]

    def status(**headers):
        return client.get("/feeds/articles.rss", headers=headers).status_code

    assert status(if_none_match=etag) == 304
    assert status(if_none_match=etag, if_modified_since="Mon, 01 Jan 2001 00:00:00 GMT") == 304  # fmt: skip
    assert status(if_none_match='"other"', if_modified_since=date) == 200
    assert status(if_modified_since="nonsense") == 200


@pytest.mark.parametrize(("form", "path"), [("rss", "feed.updated_parsed"), ("atom", "feed.updated_parsed")])  # fmt: skip
def test_the_feeds_date_is_that_of_its_latest_change(client, site, form, path):
    now = timezone.now()
    Article.objects.update(updated_at=now - timedelta(days=3))
    SiteSettings.objects.update(updated_at=now - timedelta(days=9))
    Article.objects.update(published_at=now - timedelta(days=5), updated_at=now - timedelta(days=2))  # fmt: skip

    found = feedparser.parse(client.get(f"/feeds/articles.{form}").content)

    expected = (now - timedelta(days=2)).timetuple()[:6]
    assert found.feed.updated_parsed[:6] == expected
    if form == "atom":
        assert found.entries[0].updated_parsed[:6] == expected
    assert found.entries[0].published_parsed[:6] == (now - timedelta(days=5)).timetuple()[:6]  # fmt: skip


@every_form
def test_addresses_come_from_the_settings_alone(client, site, settings, form):
    settings.ALLOWED_HOSTS = ["*"]

    response = client.get(f"/feeds/articles.{form}", headers={"host": "evil.example"})

    assert b"evil.example" not in response.content
