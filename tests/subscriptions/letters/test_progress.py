"""How far a letter is, in numbers and in words."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from subscriptions.letters import control
from subscriptions.letters.progress import (
    Progress,
    line,
    numbers_of,
    progress_of,
    time_in_words,
)
from subscriptions.models import Delivery
from tests.subscriptions.letters.steps import make_letter, make_readers

pytestmark = pytest.mark.django_db


def make_ledger(*states, **values):
    make_readers(len(states))
    letter = make_letter(**values)
    control.queue(letter)
    now = timezone.now()
    rows = Delivery.objects.filter(letter=letter).order_by("pk")
    for row, state in zip(rows, states, strict=True):
        Delivery.objects.filter(pk=row.pk).update(state=state, tried_at=now)
    return letter


def at(letter, **ago):
    Delivery.objects.filter(letter=letter).update(
        tried_at=timezone.now() - timedelta(**ago)
    )


def test_each_delivery_is_counted_once():
    letter = make_ledger("queued", "sending", "sent", "sent", "failed", "uncertain", "dropped")  # fmt: skip
    first = letter.deliveries.filter(state="sent").first()
    Delivery.objects.filter(pk=first.pk).update(bounced="hard", left_at=timezone.now())

    found = progress_of(letter)

    assert (found.queued, found.sent, found.failed) == (2, 2, 1)
    assert (found.uncertain, found.dropped) == (1, 1)
    assert (found.bounced, found.left) == (1, 1)
    assert (found.total, found.done) == (7, 4)


def test_of_another_letter_nothing_is_counted():
    make_ledger("sent", "sent")
    letter = make_letter()

    assert progress_of(letter).total == 0


def test_the_rate_is_that_of_the_last_minute():
    letter = make_ledger(*["sent"] * 6)
    at(letter, seconds=30)

    assert progress_of(letter).rate == pytest.approx(6 / 30, rel=0.05)

    at(letter, seconds=61)

    assert progress_of(letter).rate == 0
    assert progress_of(letter).left_seconds is None


def test_the_time_left_counts_what_is_still_to_be_sent():
    letter = make_ledger("sent", "sent", "queued", "uncertain")
    at(letter, seconds=20)

    assert progress_of(letter).left_seconds == pytest.approx(20, rel=0.05)


def test_what_stays_uncertain_takes_no_time():
    letter = make_ledger("sent", "sent", "queued", "uncertain", at_most_once=True)
    at(letter, seconds=20)

    assert progress_of(letter).left_seconds == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_two_queries_however_many_readers(django_assert_num_queries, count):
    letter = make_ledger(*["sent"] * count)

    with django_assert_num_queries(2):
        progress_of(letter)


def test_the_numbers_of_several_letters_take_one_query(django_assert_num_queries):
    letters = [make_ledger("sent"), make_letter()]

    with django_assert_num_queries(1):
        numbers = numbers_of(letters)

    assert numbers[letters[0].pk]["sent"] == 1
    assert set(numbers[letters[1].pk].values()) == {0}


def make_progress(**values):
    counts = dict.fromkeys(
        ["queued", "sent", "failed", "uncertain", "dropped", "bounced", "left"], 0
    )
    return Progress(
        **{"letter": 3, "rate": 0.0, "left_seconds": None} | counts | values
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"sent": 1200, "queued": 3800, "rate": 34.4, "left_seconds": 110}, "Letter 3: 1,200 of 5,000, 34 a second, 2 minutes left."),
        ({"queued": 5}, "Letter 3: 0 of 5."),
        ({"sent": 5, "rate": 0.111}, "Letter 3: 5 of 5, 0.11 a second."),
        ({"sent": 1, "queued": 1, "rate": 1.0, "left_seconds": 1}, "Letter 3: 1 of 2, 1 a second, 1 second left."),
    ],
)  # fmt: skip
def test_the_line_of_the_worker(values, words):
    with translation.override("de"):
        assert line(make_progress(**values)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "0 seconds"),
        (89, "89 seconds"),
        (90, "2 minutes"),
        (3600, "60 minutes"),
        (5400, "2 hours"),
        (86400 * 3, "72 hours"),
    ],
)
def test_time_in_words(seconds, words):
    assert time_in_words(seconds) == words
