"""Who gets a letter, beside what a plain loop over all readers says."""

import random
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.models import Topic
from subscriptions.letters import control, publishing
from subscriptions.letters.recipients import recipients_of
from subscriptions.models import Digest, Letter, Subscriber
from tests.factories import make_article, make_subscriber
from tests.subscriptions.letters.steps import make_letter

TOPICS = 4


@pytest.fixture
def topics(db):
    return [Topic.objects.create(name=f"T{n}", slug=f"t{n}") for n in range(TOPICS)]


def some(dice, topics):
    return dice.sample(topics, dice.choice([0, 0, 1, 1, 2, 3]))


def make_world(dice, topics):
    """Readers of every kind and articles, each with topics by chance."""
    today = timezone.localdate()
    pauses = [None, None, today, today + timedelta(days=1), today - timedelta(days=1)]
    readers = []
    for _ in range(dice.randint(0, 12)):
        reader = make_subscriber(
            state=dice.choice(["confirmed"] * 5 + ["pending", "left", "bounced"]),
            pace=dice.choice(["each", "weekly", "weekly"]),
            paused_until=dice.choice(pauses),
        )
        reader.topics.set(some(dice, topics))
        readers.append(reader)
    articles = [make_article() for _ in range(dice.randint(1, 5))]
    for article in articles:
        article.topics.set(some(dice, topics))
    return readers, articles


def receives(reader):
    today = timezone.localdate()
    return reader.state == Subscriber.State.CONFIRMED and not (
        reader.paused_until and reader.paused_until > today
    )


def wants(reader, topics):
    chosen = set(reader.topics.all())
    return not chosen or bool(chosen & set(topics))


def each_world(test):
    """Run ``test`` in many worlds, each gone afterwards."""

    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(seed=st.integers(0, 2**32))
    def run(topics, seed):
        with transaction.atomic():
            test(random.Random(seed), topics)
            transaction.set_rollback(True)

    return run


@each_world
def test_an_article_goes_to_who_wants_each_one_of_its_topics(dice, topics):
    readers, articles = make_world(dice, topics)
    article = articles[0]
    letter = make_letter(kind="article", article=article)

    assert set(recipients_of(letter)) == {
        reader
        for reader in readers
        if receives(reader)
        and reader.pace == "each"
        and wants(reader, article.topics.all())
    }


@each_world
def test_own_words_go_to_the_readers_of_the_chosen_topics_at_any_pace(dice, topics):
    readers, _articles = make_world(dice, topics)
    letter = make_letter()
    letter.topics.set(some(dice, topics))

    chosen = set(letter.topics.all())
    assert set(recipients_of(letter)) == {
        reader
        for reader in readers
        if receives(reader) and (not chosen or wants(reader, chosen))
    }


@each_world
def test_each_reader_of_digests_gets_one_letter_with_just_what_they_want(dice, topics):
    readers, articles = make_world(dice, topics)
    digest = Digest.objects.create(until=timezone.now())

    publishing._schedule_letters(digest)
    for letter in digest.letters.all():
        assert control.queue(letter)

    for reader in readers:
        wanted = {a.pk for a in articles if wants(reader, a.topics.all())}
        is_weekly = receives(reader) and reader.pace == "weekly"
        got = [
            {article.pk for article in delivery.letter.articles.all()}
            for delivery in reader.deliveries.all()
        ]
        assert got == ([wanted] if is_weekly and wanted else [])
    assert not Letter.objects.filter(deliveries=None).exists()


def test_a_reader_who_chooses_anew_between_two_letters_of_a_digest_gets_one(topics):
    reader = make_subscriber(state="confirmed", pace="weekly")
    other = make_subscriber(state="confirmed", pace="weekly")
    for one, topic in ((reader, topics[0]), (other, topics[1])):
        one.topics.set([topic])
        make_article().topics.set([topic])
    digest = Digest.objects.create(until=timezone.now())
    publishing._schedule_letters(digest)
    of = {one.articles.get().topics.get(): one for one in digest.letters.all()}
    control.queue(of[topics[0]])

    reader.topics.set([topics[1]])
    control.queue(of[topics[1]])

    assert reader.deliveries.count() == other.deliveries.count() == 1


def test_an_articles_letter_whose_article_is_gone_goes_to_nobody(topics):
    make_subscriber(state="confirmed")

    assert not recipients_of(make_letter(kind="article")).exists()
    assert not recipients_of(make_letter(kind="digest")).exists()
