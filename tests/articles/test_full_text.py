"""A whole article elsewhere: what a feed's entry holds, and in which order."""

import json
import re
from datetime import timedelta

import feedparser
import pytest
from django.utils import timezone

from articles.models import Article, Author, Note, Point, Section, Source
from tests.articles.test_seed import layer_of, seed_lines
from tests.factories import make_article, make_media, make_section
from tests.reading import FORMS, only_entry

SITE = "http://testserver"

every_form = pytest.mark.parametrize("form", FORMS)
every_feed = pytest.mark.parametrize(
    "address", ["/feeds/articles", "/feeds/topics/massage"]
)


@every_form
@every_feed
def test_the_warning_stands_before_the_authors_first_word(client, site, address, form):
    html = only_entry(client, f"{address}.{form}")["html"]

    warning = html.index("Before you start")
    first = min(html.index(line) for line in seed_lines()[1:] if line in html)
    assert warning < first
    assert "deep vein thrombosis" in html[warning:first]
    assert f'href="{SITE}/articles/foot-massage/#contraindications"' in html[:first]
    assert "<p>" not in html[:warning]


@every_form
def test_a_feed_holds_the_authors_text_character_by_character(client, site, form):
    html = only_entry(client, f"/feeds/articles.{form}")["html"]

    assert layer_of(html.replace("&nbsp;", "\u00a0"), "author") == seed_lines()[1:]


@every_form
def test_a_feed_holds_what_the_site_adds(client, site, form):
    html = only_entry(client, f"/feeds/articles.{form}")["html"]

    for words in [
        "No health professional has reviewed it yet.", "A tradition, not science",
        "<li>Ball of the foot</li>", "research has not shown that the links exist",
        "In short", "Immediate action required: Call your emergency number now if:",
        "See a doctor if:",
    ]:  # fmt: skip
        assert words in html
    assert f'<a href="{SITE}/articles/foot-massage/#media">' in html


@every_form
def test_a_feed_needs_nothing_of_the_page(client, site, form):
    html = only_entry(client, f"/feeds/articles.{form}")["html"]

    assert not re.search(r"<(svg|script|style|img|link|iframe)|\sstyle=|\son\w+=", html)
    assert set(re.findall(r'href="([^"]{4})', html)) == {"http"}
    assert "\n\n" not in html


def test_drafts_of_the_editorial_layer_come_with_their_approval(client, site):
    article = Article.objects.get()
    source = Source.objects.create(
        citation="Work one", url="https://one.example/", checked_on=timezone.localdate()
    )
    claim = Note.objects.create(
        article=article, kind="claim", heading="improves", text="Not shown."
    )
    article.notes.get(kind="summary").sources.set([source])
    Point.objects.filter(kind="benefit").update(strength="mixed")
    before = only_entry(client, "/feeds/articles.atom")["html"]
    assert "What the evidence says" not in before
    assert "hips and lower back" not in before

    Note.objects.update(status="approved")

    html = only_entry(client, "/feeds/articles.atom")["html"]
    assert "<li>Heel: hips and lower back</li>" in html
    assert f"“{claim.heading}”" in html
    assert "No source was found." in html
    assert '<li><a href="https://one.example/">Work one</a></li>' in html
    assert f'href="{SITE}/articles/foot-massage/#source-1"' in html
    assert "improves blood circulation;</span> (Mixed)" in html


def test_a_review_is_told_with_both_dates(client, site):
    reviewer = Author.objects.create(
        name="Dr. Sample", slug="dr-sample", credentials="Podiatrist"
    )
    today = timezone.localdate()
    Article.objects.update(
        reviewer=reviewer, reviewed_on=today, review_due=today + timedelta(days=365)
    )

    html = only_entry(client, "/feeds/articles.rss")["html"]

    assert f'<a href="{SITE}/authors/dr-sample/">Dr. Sample</a>' in html
    assert "Page last reviewed:" in html
    assert "Next review due:" in html
    assert "No health professional" not in html


def test_every_kind_of_section_is_in_the_feed(client, db):
    article = make_article()
    for kind in Section.Kind.values:
        make_section(
            article, kind=kind, heading=f"About {kind}", text=f"Words of {kind}."
        )
    Point.objects.create(
        section=article.sections.get(kind="steps"), kind="step", text="First this."
    )
    make_media(article)

    html = only_entry(client, "/feeds/articles.rss")["html"]

    for kind in Section.Kind.values:
        assert f"About {kind}" in html
        assert f"Words of {kind}." in html
    assert '<ol>\n      <li><span data-layer="author">First this.</span>' in html
    assert f"/#section-{article.sections.get(kind='media').pk}" in html


def test_media_without_a_section_are_told_and_no_media_are_not(client, db):
    item = make_media(make_article())
    html = only_entry(client, "/feeds/articles.rss")["html"]
    assert f'<a href="{SITE}{item.article.get_absolute_url()}">' in html

    item.delete()

    assert "kept elsewhere" not in only_entry(client, "/feeds/articles.rss")["html"]


def test_words_in_another_language_say_so(client, db):
    article = make_article(language="ar", title="قدم")
    make_section(article, text="كلمات")

    found = feedparser.parse(client.get("/feeds/articles.atom").content)
    item = json.loads(client.get("/feeds/articles.json").content)["items"][0]

    assert found.entries[0].content[0].language == "ar"
    assert item["language"] == "ar"
    assert item["content_html"].startswith('<div lang="en">')
    assert '<div data-layer="author" lang="ar" dir="rtl"><p>كلمات</p>' in item["content_html"]  # fmt: skip
