"""Numbers of letters and of the list, and the page that shows them."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from subscriptions import statistics
from subscriptions.models import Delivery, Subscriber, Tally
from subscriptions.statistics import Numbers
from tests.factories import make_subscriber
from tests.subscriptions.letters.steps import make_letter

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:subscriptions_tally_changelist")
TODAY = date(2026, 3, 18)  # a Wednesday


def make_delivery(letter, state="sent", **values):
    return Delivery.objects.create(
        letter=letter, subscriber=make_subscriber(), state=state,
        tried_at=timezone.now(), **values,
    )  # fmt: skip


def make_sent_letter(**values):
    now = timezone.now()
    defaults = {
        "state": "sent", "queued_at": now, "finished_at": now, "html": "x", "text": "x",
    }  # fmt: skip
    return make_letter(**defaults | values)


def test_each_delivery_counts_for_what_the_ledger_calls_it():
    letter, other = make_letter(), make_letter()
    for state in Delivery.State.values:
        make_delivery(letter, state)
    make_delivery(letter, bounced="hard")
    make_delivery(letter, bounced="soft")
    make_delivery(letter, bounced="complaint", left_at=timezone.now())
    make_delivery(other)

    assert statistics.of([letter, other]) == {
        letter.pk: Numbers(
            sent=4, failed=1, uncertain=1, dropped=1, waiting=2, bounced=1,
            complained=1, left=1,
        ),
        other.pk: Numbers(sent=1),
    }  # fmt: skip


@pytest.mark.parametrize("count", [0, 1, 3])
def test_many_letters_are_one_question(count, django_assert_num_queries):
    letters = [make_letter() for _ in range(count)]

    with django_assert_num_queries(1 if count else 0):
        assert statistics.of(letters) == {one.pk: Numbers() for one in letters}


def test_weeks_begin_on_monday_and_know_the_size_at_their_end():
    Tally.objects.create(day=date(2026, 3, 1), joined=7)  # a Sunday
    Tally.objects.create(day=date(2026, 3, 2), joined=4, left=1)
    Tally.objects.create(day=date(2026, 3, 16), imported=5, removed=1, bounced=1)
    Tally.objects.create(day=TODAY, complained=1, joined=2)

    weeks = statistics.weeks(20, TODAY)

    assert [(week.first.day, week.came, week.went, week.size) for week in weeks] == [
        (23, 7, 0, 13),
        (2, 4, 1, 16),
        (9, 0, 0, 16),
        (16, 7, 3, 20),
    ]


def test_a_year_in_which_nothing_happened_is_no_line():
    assert statistics.weeks(20, TODAY) == []
    Tally.objects.create(day=TODAY - timedelta(days=400), joined=3)
    assert statistics.weeks(20, TODAY) == []


def test_at_most_a_year_is_shown():
    for weeks in range(60):
        Tally.objects.create(day=TODAY - timedelta(weeks=weeks), joined=1)

    weeks = statistics.weeks(60, TODAY)

    assert len(weeks) == statistics.WEEKS
    assert (weeks[0].size, weeks[-1].size) == (9, 60)


def test_the_page_asks_as_little_for_many_as_for_one(
    admin_client, django_assert_max_num_queries
):
    for number in range(3):
        make_delivery(make_sent_letter())
        make_subscriber(state="confirmed")
        Tally.objects.create(
            day=timezone.localdate() - timedelta(weeks=number), joined=1
        )
        with django_assert_max_num_queries(9):
            assert admin_client.get(PAGE).status_code == 200


@pytest.mark.parametrize("letters", [0, 1, 2, 25])
def test_the_page_shows_the_numbers_and_draws_them(admin_client, letters):
    for number in range(letters):
        make_delivery(make_sent_letter(subject=f"Letter <{number}>"))
    if letters:
        Tally.objects.create(day=timezone.localdate(), joined=12, left=3)

    html = admin_client.get(PAGE).content.decode()

    assert html.count('<svg class="chart"') == (3 if letters else 0)
    assert html.count("Letter &lt;") == min(letters, 20)
    assert ("No letter has been sent yet." in html) == (not letters)
    assert ("Nobody has come or gone yet." in html) == (not letters)
    assert "style=" not in html.split('id="content"')[1]


def test_a_letter_that_was_never_queued_has_no_numbers(admin_client):
    make_letter(subject="A draft")

    assert "A draft" not in admin_client.get(PAGE).content.decode()


def test_only_who_may_see_them_does(client):
    client.force_login(User.objects.create_user("ed", is_staff=True))

    assert client.get(PAGE).status_code == 403


def test_nobody_writes_tallies_by_hand(admin_client):
    assert admin_client.get(f"{PAGE}add/").status_code == 403


def test_how_many_are_in_each_state():
    for state in ("confirmed", "confirmed", "left"):
        make_subscriber(state=state)

    assert statistics.by_state() == {"confirmed": 2, "left": 1}
    assert Subscriber.objects.count() == 3
