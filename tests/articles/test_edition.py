"""The edition of the site moves with each change as it is committed, and with nothing else."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from articles import edition
from articles.models import Article, Topic
from footcare.lib import triggers
from tests.factories import make_article, make_comment, make_subscriber


def test_an_address_without_an_article_has_no_edition(db):
    assert edition.current("nowhere") is None


def test_what_readers_do_not_see_moves_nothing(db):
    article = make_article()
    make_comment(article)
    before = edition.current(), edition.current(article.slug)

    make_comment(article, status="waiting")
    make_subscriber()

    assert (edition.current(), edition.current(article.slug)) == before


def test_a_comment_moves_its_article_and_the_lists_but_no_words(db):
    article, other = make_article(), make_article()
    lists, mine = edition.current(), edition.current(article.slug)
    theirs = edition.current(other.slug)

    make_comment(article)

    assert edition.current() != lists
    assert edition.current(article.slug) != mine
    assert edition.current(other.slug) == theirs


def test_a_word_moves_every_page(db):
    article, other = make_article(), make_article()
    before = edition.current(), edition.current(other.slug)

    Article.objects.filter(pk=article.pk).update(title="Another")

    after = edition.current(), edition.current(other.slug)
    assert not set(before) & set(after)


def test_a_change_that_is_taken_back_leaves_the_edition(db, monkeypatch):
    # The clock of another test may know another newest article by the same number of words.
    monkeypatch.setattr(edition, "_clock", edition._Clock())
    make_article()
    before = edition.current()

    with transaction.atomic():
        Article.objects.update(title="Not meant")
        moved = edition.current()
        transaction.set_rollback(True)

    assert moved != before
    assert edition.current() == before


@pytest.mark.django_db(transaction=True)
def test_emptying_the_database_never_brings_an_edition_back():
    seen = [edition.current()]
    for _ in range(2):
        make_article()
        seen.append(edition.current())
        call_command("flush", verbosity=0, interactive=False)
        seen.append(edition.current())

    assert len(set(seen)) == len(seen)


def test_triggers_that_were_away_begin_a_new_edition(db):
    before = edition.current()
    name = next(one for one in triggers._existing(connection) if "edition" in one)
    triggers._drop(connection, [name])

    triggers.restore()

    assert edition.current() != before


if connection.vendor == "postgresql":  # SQLite lets in one writer at a time

    @pytest.fixture
    def two_articles(transactional_db):
        return make_article(), make_article()

    def in_another_session(change, done, go):
        try:
            with transaction.atomic():
                change()
                done.set()
                go.wait(20)
        finally:
            connection.close()

    def test_a_change_that_is_committed_late_moves_the_edition_as_it_ends(two_articles):
        early, late = two_articles
        done, go = Event(), Event()
        change = Article.objects.filter(pk=late.pk).update
        with ThreadPoolExecutor(1) as pool:
            other = pool.submit(in_another_session, lambda: change(title="L"), done, go)
            done.wait(20)
            # Waits for nobody: else this would never get to `go`.
            Article.objects.filter(pk=early.pk).update(title="E")
            between = edition.current()
            go.set()
            other.result(20)

        assert edition.current() != between

    def test_changes_that_cross_do_not_deadlock(two_articles):
        one, two = two_articles
        done, go = Event(), Event()

        def theirs():
            Article.objects.filter(pk=one.pk).update(title="1")
            Topic.objects.create(name="T", slug="t")

        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            Article.objects.filter(pk=two.pk).update(title="2")
            other = pool.submit(in_another_session, theirs, done, go)
            assert done.wait(20)
            Topic.objects.create(name="U", slug="u")
            go.set()
            other.result(20)
            Article.objects.filter(pk=one.pk).update(title="3")

    def test_numbers_do_not_grow_with_the_changes(two_articles):
        for number in range(20):
            Article.objects.update(title=f"{number}")

        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM articles_edition")
            assert cursor.fetchone()[0] < 10
