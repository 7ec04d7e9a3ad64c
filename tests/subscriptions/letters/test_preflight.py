"""What is found about a letter before it is sent, and which of it stops it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles.models import Article, Note, Section
from subscriptions.letters import preflight
from subscriptions.letters.findings import Level
from tests.factories import (
    make_article,
    make_media,
    make_section,
    make_subscriber,
)
from tests.subscriptions.letters.looking import SITE, levels, look, make_worded
from tests.subscriptions.letters.steps import make_letter

pytestmark = pytest.mark.django_db


def link(href):
    return make_worded(f'<a href="{href}">there</a>')


def test_a_letter_in_order_is_stopped_by_nothing():
    letter = make_worded("Walk.", "Walk.")

    assert preflight.what_stops(preflight.look_at(letter, 1)) == []


# --- readers and subject ------------------------------------------------------------------


def test_a_letter_to_nobody_is_stopped():
    assert look(make_letter(), "Readers", readers=0) == [("stops", "Nobody would get this letter.")]  # fmt: skip


def test_the_number_of_readers_is_told():
    (found,) = look(make_letter(), "Readers", readers=12345)

    assert found == ("ok", "12,345 readers get it.")


@pytest.mark.parametrize(
    ("subject", "level"),
    [
        ("", "stops"),
        ("   ", "stops"),
        ("News of feet", "ok"),
        ("x" * 70, "ok"),
        ("x" * 71, "hint"),
        ("FREE FEET", "hint"),
        ("RSS", "ok"),
        ("足の話", "ok"),
    ],
)
def test_the_subject(subject, level):
    assert levels(make_letter(subject=subject), "Subject") == [level]


@pytest.mark.parametrize(("body", "levels_"), [("Walk.", []), (" \n ", ["stops"])])
def test_a_letter_of_own_words_has_some(body, levels_):
    assert levels(make_letter(body=body), "Text") == levels_


# --- links --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "href",
    [
        "https://example.org/",
        "http://example.org/nowhere",
        "mailto:ada@example.org",
        f"{SITE}",
        f"{SITE}/",
        f"{SITE}/articles/",
        f"{SITE}/articles/shown/",
        f"{SITE}/articles/shown",
        f"{SITE}/articles/shown/#contraindications",
        f"{SITE}/articles/shown/?comments=3",
        f"{SITE}/articles/shown/media/1/",
        f"{SITE}/articles/shown/comments/",
        f"{SITE}/feeds/articles.atom",
    ],
)
def test_a_link_that_leads_somewhere_is_fine(href):
    make_media(make_article(slug="shown"), pk=1)

    assert levels(link(href), "Links") == ["ok"]


@pytest.mark.parametrize(
    "href",
    [
        "/articles/shown/",
        "articles/shown/",
        "#top",
        "",
        "javascript:alert(1)",
        "ftp://example.org/",
        "http:///path",
        "http://[::1",
        f"{SITE}/nowhere/at/all/",
        f"{SITE}/nowhere/",
        f"{SITE}/articles/draft/",
        f"{SITE}/articles/later/",
        f"{SITE}/articles/draft/comments/",
        f"{SITE}/articles/draft/media/1/",
        f"{SITE}/articles/shown/media/99/",
        f"{SITE}/topics/none/",
        f"{SITE}/authors/nobody/",
        f"{SITE}/admin/",
        f"{SITE}/admin/articles/article/",
    ],
)
def test_a_link_that_leads_nowhere_stops_the_letter(href):
    later = timezone.now() + timedelta(days=1)
    make_article(slug="shown")
    make_media(make_article(slug="draft", status=Article.Status.DRAFT), pk=1)
    make_article(slug="later", published_at=later)

    assert levels(link(href), "Links") == ["stops"]


def test_a_page_that_will_be_there_by_then_is_fine():
    later = timezone.now() + timedelta(days=1)
    make_article(slug="later", published_at=later)

    letter = link(f"{SITE}/articles/later/")

    assert levels(letter, "Links") == ["stops"]
    assert levels(letter, "Links", at=later) == ["ok"]


def test_an_old_address_of_an_article_is_one_of_our_pages():
    article = make_article(slug="old")
    article.slug = "new"
    article.save()

    assert levels(link(f"{SITE}/articles/old/"), "Links") == ["ok"]


@pytest.mark.parametrize("way", ["leave_url", "preferences_url", "confirm_url"])
def test_a_link_that_is_one_readers_own_is_sent_to_nobody_else(way):
    href = getattr(make_subscriber(state="confirmed"), way)

    ((level, words),) = look(link(href), "Links")

    assert level == "stops"
    assert "the link of one reader" in words


# --- images, size, the safety note ----------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "level"),
    [('<img src="a" alt="A foot">', "ok"), ('<img src="a" alt="">', "ok"), ('<img src="a">', "hint")],
)  # fmt: skip
def test_an_image_without_words_is_told(html, level):
    assert levels(make_worded(html), "Images") == [level]


def test_what_gmail_would_cut_off_is_stopped_by_its_size_on_the_way():
    letter = make_worded("é" * 15_000)  # six bytes each, encoded
    shorter = make_worded("e" * 90_000)

    assert len(letter.html.encode()) < 102_000
    assert levels(letter, "Size") == ["ok"]
    assert levels(make_worded("é" * 18_000), "Size") == ["stops"]
    assert levels(shorter, "Size") == ["ok"]


def make_callout(article, status="approved"):
    Note.objects.create(article=article, kind="callout", text="Care.", status=status)


@pytest.mark.parametrize(
    "warn",
    [
        lambda one: make_section(one, kind=Section.Kind.CONTRAINDICATIONS),
        make_callout,
    ],
)
def test_an_article_that_says_who_should_take_care_says_so_in_its_letter(warn):
    article = make_article(slug="hot")
    warn(article)
    note = f"{SITE}/articles/hot/#contraindications"
    about = {"kind": "article", "article": article}

    both = make_worded(f'<a href="{note}">Care</a>', note, **about)
    assert levels(both, "Safety note") == ["ok"]
    both.delete()
    only_html = make_worded(f'<a href="{note}">Care</a>', "", **about)
    assert levels(only_html, "Safety note") == ["stops"]
    only_html.delete()
    assert levels(make_worded("", note, **about), "Safety note") == ["stops"]


def test_an_article_without_such_a_part_needs_no_note():
    article = make_article()
    make_callout(article, "draft")

    assert look(make_worded(kind="article", article=article), "Safety note") == []


# --- leaving --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["html", "text"])
def test_a_letter_without_a_way_out_in_one_part_is_stopped(part):
    letter = make_worded()
    assert levels(letter, "Leaving") == ["ok"]

    setattr(letter, part, getattr(letter, part).replace(letter.mark, "x"))

    assert levels(letter, "Leaving") == ["stops"]


def test_the_headers_are_read_as_they_are_sent(monkeypatch):
    letter = make_worded()
    assert levels(letter, "One-click leaving") == ["ok"]

    data = preflight.PreparedLetter.data
    monkeypatch.setattr(
        preflight.PreparedLetter,
        "data",
        lambda self, to: data(self, to).replace(b"One-Click", b"Twice"),
    )

    assert levels(letter, "One-click leaving") == ["stops"]


# --- the article ----------------------------------------------------------------------------


def test_the_letter_of_an_article_that_nobody_can_read_is_stopped():
    draft = make_article(status=Article.Status.DRAFT)
    letter = make_letter(kind="article", article=draft)

    ((level, words),) = look(letter, "Article")

    assert (level, words) == ("stops", f"“{draft.title}” is not published.")


def test_the_letter_of_an_article_that_is_gone_is_stopped():
    letter = make_letter(kind="article", article=make_article())
    letter.article.delete()
    letter.refresh_from_db()

    found = preflight.what_stops(preflight.look_at(letter, 1))

    assert [one.words for one in found] == [
        "The article of this letter has been deleted."
    ]


def test_a_digest_leaves_out_what_nobody_can_read_and_is_stopped_by_nothing_left():
    draft, shown = make_article(status=Article.Status.DRAFT), make_article()
    letter = make_letter(kind="digest")
    letter.articles.set([draft, shown])

    assert levels(letter, "Article") == ["hint"]

    letter.articles.set([draft])
    assert levels(letter, "Article") == ["stops"]


def test_every_level_is_one_of_three():
    assert {one.value for one in Level} == {"ok", "hint", "stops"}
