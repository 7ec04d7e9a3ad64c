"""The lists of topics, which triggers keep."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from queue import SimpleQueue

import pytest
from django.core import serializers
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from articles import entries
from articles.models import Article, Topic, TopicEntry
from footcare.lib import triggers
from tests.factories import make_article

pytestmark = pytest.mark.django_db


@pytest.fixture
def topic():
    return Topic.objects.create(name="Rest", slug="rest")


def listed():
    return set(TopicEntry.objects.values_list("topic", "article", "published_at"))


def true_lists():
    rows = Article.objects.filter(status="published", topics__isnull=False)
    return set(rows.values_list("topics", "pk", "published_at"))


def add_topic(topic):
    make_article().topics.add(topic)


def publish(topic):
    article = make_article(status="draft")
    article.topics.add(topic)
    article.status = "published"
    article.save()


def publish_in_bulk(topic):
    topic.articles.set([make_article(status="review") for _ in range(3)])
    Article.objects.update(status="published")


def take_back(topic):
    article = make_article()
    article.topics.add(topic)
    Article.objects.filter(pk=article.pk).update(status="archived")


def set_another_date(topic):
    article = make_article()
    article.topics.add(topic)
    article.published_at = timezone.now() + timedelta(days=3)
    article.save()


def remove_topic(topic):
    article = make_article()
    article.topics.add(topic)
    article.topics.clear()


def delete_topic(topic):
    make_article().topics.add(topic)
    topic.delete()


def delete_article(topic):
    article = make_article()
    article.topics.add(topic)
    article.delete()


def change_the_row_itself(topic):
    other = Topic.objects.create(name="Care", slug="care")
    article = make_article()
    article.topics.add(topic)
    article.topics.through.objects.update(topic=other)


WAYS = [add_topic, publish, publish_in_bulk, take_back, set_another_date, remove_topic, delete_topic, delete_article, change_the_row_itself]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_topics_list_holds_its_published_articles_after(way, topic):
    make_article(status="draft").topics.add(topic)
    make_article().topics.add(topic)

    way(topic)

    assert listed() == true_lists()


def test_a_fixture_that_holds_the_lists_loads_over_those_that_the_triggers_wrote(
    topic, tmp_path
):
    for _ in range(3):
        make_article().topics.add(topic)
    rows = [*Topic.objects.all(), *Article.objects.all(), *TopicEntry.objects.all()]
    file = tmp_path / "fixture.json"
    file.write_text(serializers.serialize("json", rows))
    Article.objects.all().delete()

    call_command("loaddata", str(file), verbosity=0)

    assert len(listed()) == 3
    assert listed() == true_lists()


def test_lists_are_mended_when_a_trigger_was_away(topic):
    missing = next(
        name for name in triggers._existing(connection) if "entry_topics_insert" in name
    )
    triggers._drop(connection, [missing])
    make_article().topics.add(topic)
    assert listed() != true_lists()

    assert triggers.restore() == [missing]

    assert listed() == true_lists()


def make_entry(topic, article):
    """A row with a date that is not the article's."""
    return TopicEntry.objects.create(
        id=f"{topic.pk}-{article.pk}",
        topic=topic,
        article=article,
        published_at=timezone.now() + timedelta(days=9),
    )


def test_a_row_that_is_there_before_its_article_has_the_topic_is_set_right(topic):
    article = make_article()
    make_entry(topic, article)

    article.topics.add(topic)

    assert listed() == true_lists()


def test_lists_can_be_written_anew(topic):
    make_article().topics.add(topic)
    TopicEntry.objects.update(published_at=timezone.now() + timedelta(days=9))
    make_entry(topic, make_article(status="archived"))

    entries.rebuild("default")

    assert listed() == true_lists()


if connection.vendor == "postgresql":  # SQLite lets in one writer at a time

    def blocks(pid):
        """Whether that connection waits for this one."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid() = ANY(pg_blocking_pids(%s))", [pid])
            return cursor.fetchone()[0]

    @pytest.mark.django_db(transaction=True)
    def test_an_article_that_gets_a_topic_while_it_is_published_is_in_its_list(topic):
        article = make_article(status="draft")

        def add():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                started.put(cursor.fetchone()[0])
            article.topics.add(topic)
            connection.close()

        started = SimpleQueue()
        with ThreadPoolExecutor(max_workers=1) as editor:
            with transaction.atomic():
                Article.objects.update(status="published")
                adding = editor.submit(add)
                pid = started.get(timeout=30)
                while not (adding.done() or blocks(pid)):
                    pass
            adding.result()

        assert listed() == true_lists() != set()
