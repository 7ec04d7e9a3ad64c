"""A kept page is always what the site shows: the next request sees every change."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.utils import timezone

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
from footcare.door import Door
from footcare.page_cache import PageCache
from tests.factories import make_article, make_comment
from tests.wsgi import ask

ARTICLE = "/articles/foot-massage/"
# One of each kind, and what a change might be forgotten in.
SHOWING = [
    "/", "/articles/", "/articles/other/", "/authors/ada/", "/topics/", "/topics/massage/",
    "/privacy/", "/site.webmanifest", "/sitemap.xml", "/subscribe/",
    "/preferences/",
    "/feeds/articles.rss", "/feeds/topics/new.rss", "/feeds/comments.json",
    *(ARTICLE + part for part in ("", "media/1/", "comments/", "comments.json", "comments.rss")),
]  # fmt: skip


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
    "a comment is edited by its author": lambda: moderation.edit(
        first_comment().get(), by=None, body="*Otherwise.*"
    ),
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
    "newer conversations come first": save(SiteSettings, comments_newest_first=True),
    "comments close on a day": save(SiteSettings, comments_close_after=0),
    "comments on one article close on a day": lambda: Article.objects.update(
        comments_close_after=0
    ),
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
