"""What comes back moves the reader it is about, once, and nobody else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscriptions import joining
from subscriptions.bounces import effects
from subscriptions.bounces.verdicts import Kind
from subscriptions.models import Bounce, SendingSettings, Subscriber, Suppression, Tally
from subscriptions.suppression import suppressed_among
from tests.factories import make_subscriber
from tests.subscriptions.bounces.steps import ago, make_reader, make_sent, states
from tests.subscriptions.steps import a_while_later, ask, path_of, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return make_reader()


@pytest.fixture
def others():
    people = [make_reader(), make_subscriber(), make_subscriber(state="left")]
    for other in people:
        make_sent(other)
    before = {one.email: one.state for one in people}
    yield people
    now = states()
    assert {email: now[email] for email in before} == before
    assert not any(one.deliveries.exclude(bounced="").exists() for one in people)
    assert not suppressed_among([one.email for one in people])


def bounce(kind, reader, source="one", **values):
    sent = make_sent(reader, **values)
    effects.record(kind, source, delivery=sent, subscriber=reader)
    reader.refresh_from_db()
    sent.refresh_from_db()
    return sent


@pytest.mark.usefixtures("others")
def test_a_dead_address_is_taken_off_the_list(reader):
    sent = bounce(Kind.HARD, reader)

    assert reader.state == Subscriber.State.BOUNCED
    assert reader.bounced_at
    assert sent.bounced == Kind.HARD
    assert sent.state == "sent"
    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED
    assert suppressed_among([reader.email])
    assert Tally.objects.get().bounced == 1


def test_a_used_link_to_confirm_does_not_bring_a_dead_address_back(client, reader):
    used = path_of(reader.confirm_url)

    bounce(Kind.HARD, reader)

    assert client.post(used).status_code == 410
    reader.refresh_from_db()
    assert reader.state == Subscriber.State.BOUNCED


@pytest.mark.usefixtures("others")
def test_a_complaint_is_a_reader_who_leaves(reader):
    sent = bounce(Kind.COMPLAINT, reader)

    assert reader.state == Subscriber.State.LEFT
    assert sent.bounced == Kind.COMPLAINT
    assert Suppression.objects.get().reason == Suppression.Reason.COMPLAINT
    assert Tally.objects.get().complained == 1


@pytest.mark.parametrize("kind", Kind.values)
def test_the_same_report_counts_once(reader, kind):
    sent = make_sent(reader)

    first = effects.record(kind, "one", delivery=sent, subscriber=reader)
    again = effects.record(kind, "one", delivery=sent, subscriber=reader)

    assert (first, again) == (True, False)
    assert Bounce.objects.count() == 1
    tally = Tally.objects.first()
    assert tally is None or tally.bounced + tally.complained == 1
    reader.refresh_from_db()
    assert reader.soft_bounces == (kind == Kind.SOFT)


def test_a_letter_that_two_servers_report_counts_once(reader):
    sent = make_sent(reader)

    for number in range(3):
        effects.record(Kind.SOFT, f"no {number}", delivery=sent, subscriber=reader)

    reader.refresh_from_db()
    assert reader.soft_bounces == 1
    assert Bounce.objects.count() == 3


def test_a_graver_word_about_the_same_letter_counts(reader):
    sent = bounce(Kind.SOFT, reader)

    effects.record(Kind.HARD, "two", delivery=sent, subscriber=reader)
    effects.record(Kind.SOFT, "three", delivery=sent, subscriber=reader)

    sent.refresh_from_db()
    reader.refresh_from_db()
    assert (sent.bounced, reader.state) == (Kind.HARD, Subscriber.State.BOUNCED)


def soft(reader, days):
    """The next letter is refused, ``days`` days after the first one was."""
    Subscriber.objects.filter(pk=reader.pk).exclude(soft_bounced_at=None).update(
        soft_bounced_at=ago(days=days)
    )
    bounce(Kind.SOFT, reader, f"{days} {Bounce.objects.count()}")


@pytest.mark.usefixtures("others")
def test_refusals_for_the_moment_strike_off_when_they_are_many_and_last(reader):
    SendingSettings(soft_bounces=3).save()

    for days, state in [(0, "confirmed"), (4, "confirmed"), (8, "bounced")]:
        soft(reader, days)
        assert reader.state == state

    assert Suppression.objects.get().reason == Suppression.Reason.BOUNCED


def test_many_refusals_in_a_few_days_are_an_ill_server(reader):
    for _ in range(9):
        soft(reader, 6)

    assert (reader.state, reader.soft_bounces) == ("confirmed", 9)


def test_few_refusals_in_many_days_are_no_dead_address(reader):
    for days in (0, 10, 20, 30):
        soft(reader, days)

    assert (reader.state, reader.soft_bounces) == ("confirmed", 4)


def test_a_refusal_of_long_ago_is_forgotten(reader):
    for _ in range(4):
        soft(reader, 59)
    soft(reader, 61)

    assert (reader.state, reader.soft_bounces) == ("confirmed", 1)
    assert timezone.now() - reader.soft_bounced_at < timedelta(minutes=1)


def test_a_letter_that_arrived_between_makes_a_new_beginning(reader):
    for _ in range(4):
        soft(reader, 30)
    make_sent(reader, tried_at=ago(days=10))

    soft(reader, 30)

    assert (reader.state, reader.soft_bounces) == ("confirmed", 1)


@pytest.mark.parametrize(
    "values",
    [
        {"bounced": "soft", "tried_at": ago(days=10)},
        {"state": "failed", "tried_at": ago(days=10)},
        {"tried_at": ago(days=40)},
        {"tried_at": ago(days=6)},
    ],
)
def test_a_letter_that_did_not_arrive_between_makes_none(reader, values):
    for _ in range(3):
        soft(reader, 30)
    make_sent(reader, **values)

    soft(reader, 30)

    assert reader.soft_bounces == 4


def test_whoever_comes_back_begins_anew(reader):
    for _ in range(4):
        soft(reader, 30)
    bounce(Kind.HARD, reader, "dead")
    joining.confirm(reader)
    reader.refresh_from_db()
    assert reader.state == Subscriber.State.CONFIRMED

    soft(reader, 30)

    assert (reader.state, reader.soft_bounces) == ("confirmed", 1)


def test_whoever_bounced_comes_back_by_the_way_of_everybody(client, joined):
    bounce(Kind.HARD, joined)
    assert joined.state == Subscriber.State.BOUNCED
    a_while_later()

    ask(client)
    work()
    joined.refresh_from_db()
    assert client.get(path_of(joined.confirm_url)).status_code == 200
    assert joined.state == Subscriber.State.BOUNCED
    client.post(path_of(joined.confirm_url))

    joined.refresh_from_db()
    assert joined.state == Subscriber.State.CONFIRMED


def test_a_report_that_comes_after_they_came_back_is_about_before(reader):
    sent = make_sent(reader, tried_at=ago(days=2))
    Subscriber.objects.filter(pk=reader.pk).update(confirmed_at=ago(days=1))

    effects.record(Kind.HARD, "late", delivery=sent, subscriber=reader)

    assert states() == {reader.email: "confirmed"}


@pytest.mark.parametrize("state", ["left", "pending", "bounced"])
def test_who_is_not_on_the_list_is_not_moved(state):
    reader = make_subscriber(state=state)

    effects.record(Kind.HARD, "one", subscriber=reader)
    effects.record(Kind.SOFT, "two", subscriber=reader)

    reader.refresh_from_db()
    assert (reader.state, reader.soft_bounces) == (state, 0)
    assert not Suppression.objects.exists()
    assert not Tally.objects.exists()


def test_a_letter_to_somebody_who_was_erased_moves_nobody(reader):
    sent = make_sent(reader)
    reader.delete()
    sent.refresh_from_db()

    assert effects.record(Kind.HARD, "one", delivery=sent, subscriber=None)

    sent.refresh_from_db()
    assert sent.bounced == Kind.HARD


def test_what_a_server_says_is_kept_without_the_address(reader):
    words = f"550 5.1.1\n <{reader.email}>: User   unknown" + "x" * 5000

    effects.record(Kind.HARD, "one", subscriber=reader, words=words, status="5.1.1")

    kept = Bounce.objects.get().words
    assert kept.startswith("550 5.1.1 <(address)>: User unknown")
    assert len(kept) == 300
