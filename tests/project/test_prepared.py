"""Queries that are written once answer as those that the ORM writes each time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BigIntegerField, DateTimeField, SlugField
from django.utils import timezone

from articles.models import Article
from footcare.lib.prepared import Prepared
from tests.factories import make_article

by_slug = Prepared(
    lambda slug, now: (
        Article.objects.published(now=now)
        .filter(slug=slug)
        .select_related("author")
        .prefetch_related("topics")
    ),
    slug=SlugField(),
    now=DateTimeField(),
)


def test_the_same_query_answers_other_values(db, django_assert_num_queries):
    one, two = make_article(), make_article()
    now = timezone.now()
    by_slug(slug=one.slug, now=now)

    with django_assert_num_queries(2):
        assert by_slug(slug=two.slug, now=now) == [two]
    assert by_slug(slug=one.slug, now=now) == [one]
    assert by_slug(slug="none", now=now) == []
    assert by_slug(slug=one.slug, now=now - timedelta(days=1)) == []


def test_rows_come_with_the_types_of_their_fields(db):
    article = make_article()
    rows = Prepared(
        lambda pk: Article.objects.filter(pk=pk).values_list(
            "published_at", "comments_open"
        ),
        pk=BigIntegerField(),
    )

    assert rows(pk=article.pk) == [(article.published_at, True)]


def test_a_query_that_holds_the_moment_it_was_written_at_is_refused(db):
    frozen = Prepared(Article.objects.published)

    with pytest.raises(ValueError, match="the same each time"):
        frozen()


@pytest.mark.django_db(transaction=True)
def test_threads_that_ask_at_once_get_their_own_answers():
    articles = [make_article() for _ in range(4)]
    now = timezone.now()

    def ask(article):
        try:
            return [by_slug(slug=article.slug, now=now) for _ in range(20)]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, articles))

    assert answers == [[[article]] * 20 for article in articles]
