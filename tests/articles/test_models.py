from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Case, When
from django.utils import timezone

from articles.models import (
    Article,
    Author,
    Media,
    Note,
    Point,
    Section,
    SiteSettings,
    Source,
    Topic,
)
from comments.models import Comment
from tests.factories import make_article, make_comment, make_media, make_section


def refused(model, **values):
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(**values)


def test_the_database_refuses_impossible_articles(db):
    refused(Article, title="a", slug="a", status="published")
    refused(Article, title="a", slug="a", status="unheard-of")
    refused(Article, title="a", slug="a", reviewed_on=date(2026, 1, 1))


def test_the_database_refuses_impossible_parts(db):
    article = make_article()
    section = make_section(article, anchor="a")

    refused(Section, article=article, kind="unheard-of")
    refused(Section, article=article, anchor="a")
    refused(Point, section=section, kind="benefit", text="")
    refused(Point, section=section, kind="benefit", text="x", strength="certain")
    refused(Media, article=article, provider="p", title="t", state="linked")
    refused(
        Media,
        article=article,
        provider="p",
        title="t",
        state="lost",
        url="https://e.example",
    )
    refused(Media, article=article, provider="p", title="t", url="javascript:alert(1)")
    refused(Media, article=article, provider="p", title="t", url="https://e.example", remote_comments=3)  # fmt: skip
    refused(Note, article=article, kind="callout", level="urgent")
    refused(Note, article=article, kind="care_card")
    refused(SiteSettings, pk=2)


def test_one_article_has_one_warning(db):
    article = make_article()
    Note.objects.create(article=article, kind="callout")

    refused(Note, article=article, kind="callout")


def test_a_refusal_says_what_to_do(db):
    article = Article(title="a", slug="a", status="published")

    with pytest.raises(ValidationError, match="needs a publication date"):
        article.validate_constraints()


def test_html_follows_the_markdown_even_when_only_the_text_is_saved(db):
    section = make_section(make_article(), text="*one*")
    assert section.html == "<p><em>one</em></p>\n"

    section.text = "two"
    section.save(update_fields=["text"])

    section.refresh_from_db()
    assert section.html == "<p>two</p>\n"


def test_published_is_a_question_of_time(db):
    now = timezone.now()
    make_article(published_at=now)
    make_article(published_at=now + timezone.timedelta(hours=1))
    make_article(status="archived")

    assert Article.objects.published().count() == 1


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def date_of(article):
    return Article.objects.values_list("updated_at", flat=True).get(pk=article.pk)


def version_of(article):
    return Article.objects.values_list("version", flat=True).get(pk=article.pk)


@pytest.mark.parametrize(
    "change",
    [
        lambda a: a.save(),
        lambda a: Article.objects.filter(pk=a.pk).update(title="New"),
        make_section,
        lambda a: Section.objects.filter(article=a).update(heading="New"),
        lambda a: Section.objects.filter(article=a).delete(),
        lambda a: Point.objects.create(
            section=a.sections.get(), kind="benefit", text="x"
        ),
        make_media,
        lambda a: Note.objects.create(article=a, kind="label"),
        lambda a: a.topics.create(name="n", slug="n"),
    ],
)
def test_version_and_date_move_with_whatever_the_page_shows(db, change):
    article, other = make_article(), make_article()
    make_section(article)
    Article.objects.update(updated_at=LONG_AGO)
    before, others = version_of(article), version_of(other)

    change(article)

    assert version_of(article) > before
    assert version_of(other) == others
    assert timezone.now() - date_of(article) < timedelta(minutes=1)
    assert date_of(other) == LONG_AGO


@pytest.mark.parametrize(
    "change",
    [
        lambda item: make_comment(item.article),
        lambda item: make_comment(item.article, media=item),
        lambda item: Comment.objects.update(body="New"),
        lambda item: Comment.objects.update(status="hidden"),
        lambda item: Comment.objects.filter(status="waiting").update(status="visible"),
        lambda item: Comment.objects.all().delete(),
        lambda item: Media.objects.update(comments_count=7),
        lambda item: Article.objects.update(comments_count=7),
    ],
)
def test_a_comment_moves_the_version_but_not_the_date_of_the_words(db, change):
    item = make_media(make_article())
    for status in ("visible", "waiting"):
        make_comment(item.article, media=item, status=status)
    Article.objects.update(updated_at=LONG_AGO)
    before = version_of(item.article)

    change(item)

    assert version_of(item.article) > before
    assert date_of(item.article) == LONG_AGO


def test_a_media_item_edited_beside_a_count_moves_the_date(db):
    one = make_media(make_article())
    make_media(one.article)
    Article.objects.update(updated_at=LONG_AGO)

    Media.objects.update(
        title="New", comments_count=Case(When(pk=one.pk, then=7), default=0)
    )

    assert date_of(one.article) > LONG_AGO


def test_an_article_changed_when_its_time_came_or_when_it_was_edited_later(db):
    now = timezone.now()
    article = make_article(published_at=now - timedelta(days=2))
    assert article.changed_at == article.updated_at

    article.published_at = now + timedelta(days=2)

    assert article.changed_at == article.published_at


def make_person(article, role):
    """Somebody who wrote ``article``, or has reviewed it."""
    person = Author.objects.create(name="Ada", slug="ada")
    day = {"reviewed_on": date(2026, 11, 1)} if role == "reviewer" else {}
    Article.objects.filter(pk=article.pk).update(**{role: person}, **day)


def cite(article):
    """A source that a point and a note of ``article`` rest on."""
    source = Source.objects.create(citation="A study", checked_on=date(2026, 11, 1))
    section = make_section(article, kind="benefits")
    Point.objects.create(section=section, kind="benefit", text="x").sources.add(source)
    Note.objects.create(article=article, kind="summary").sources.add(source)
    return source


@pytest.mark.parametrize(
    ("prepare", "change"),
    [
        (lambda a: a.topics.create(name="n", slug="n"), lambda a: Topic.objects.update(name="N")),
        (lambda a: a.topics.create(name="n", slug="n"), lambda a: a.topics.clear()),
        (lambda a: make_person(a, "author"), lambda a: Author.objects.update(name="N")),
        (lambda a: make_person(a, "reviewer"), lambda a: Author.objects.update(name="N")),
        (cite, lambda a: Source.objects.update(citation="Another")),
        (cite, lambda a: Point.sources.through.objects.all().delete()),
        (cite, lambda a: Note.sources.through.objects.all().delete()),
        (lambda a: a.pinned.add(a), lambda a: a.pinned.clear()),
        (make_media, lambda a: Media.objects.update(title="New")),
        (make_media, lambda a: Media.objects.all().delete()),
        (cite, lambda a: Note.objects.update(text="New")),
    ],
)  # fmt: skip
def test_the_version_moves_with_what_the_article_shows_of_others(db, prepare, change):
    article, other = make_article(), make_article()
    prepare(article)
    before, others = version_of(article), version_of(other)

    change(article)

    assert version_of(article) > before
    assert version_of(other) == others


@pytest.mark.parametrize("where", ["points", "notes"])
def test_the_version_moves_with_a_source_wherever_it_is_cited(db, where):
    article = make_article()
    source = cite(article)
    getattr(source, {"points": "notes", "notes": "points"}[where]).clear()
    before = version_of(article)

    Source.objects.update(url="https://a.example/")

    assert version_of(article) > before


def test_what_moves_to_another_article_moves_both_versions(db):
    here, there = make_article(), make_article()
    make_section(here)
    before = [version_of(here), version_of(there)]

    Section.objects.update(article=there)

    assert version_of(here) > before[0]
    assert version_of(there) > before[1]


def test_the_version_moves_when_a_point_changes_or_goes(db):
    article = make_article()
    point = Point.objects.create(
        section=make_section(article), kind="benefit", text="x"
    )
    versions = [version_of(article)]

    Point.objects.update(text="y")
    versions.append(version_of(article))
    point.delete()
    versions.append(version_of(article))

    assert versions == sorted(set(versions))


def test_saving_an_old_instance_never_sets_the_version_back(db):
    old = Article.objects.get(pk=make_article().pk)
    for _ in range(3):
        Article.objects.update(summary="x")
    before = version_of(old)

    old.save()

    assert version_of(old) > before
