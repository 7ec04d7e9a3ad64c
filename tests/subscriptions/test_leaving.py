"""What leaving leaves behind: a hash, a number, and no way back but the reader's own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscriptions import joining, suppression
from subscriptions.models import Delivery, Letter, Subscriber, Suppression, Tally
from tests.factories import make_subscriber
from tests.subscriptions.steps import EMAIL, a_while_later, ask, path_of, quiet, work

State, Reason = Subscriber.State, Suppression.Reason


def make_delivery(subscriber, hours_ago=0, **values):
    letter = Letter.objects.create(
        subject="News of feet", state=Letter.State.SENT, queued_at=timezone.now(), finished_at=timezone.now(),
        frozen_subject="News of feet", html="<p>News</p>", text="News",
    )  # fmt: skip
    tried = timezone.now() - timedelta(hours=hours_ago)
    defaults = {"state": "sent", "tried_at": tried}
    return Delivery.objects.create(
        letter=letter, subscriber=subscriber, **defaults | values
    )


def test_who_leaves_is_remembered_by_a_hash(client, joined):
    assert suppression.suppressed_among([EMAIL]) == set()

    client.post(path_of(joined.leave_url))

    assert suppression.suppressed_among(["READER@example.org"]) == {
        "READER@example.org"
    }
    kept = Suppression.objects.get()
    assert kept.reason == Reason.LEFT
    assert len(kept.digest) == 64


def test_confirming_by_the_mailed_link_lifts_it_and_asking_does_not(client, joined):
    client.post(path_of(joined.leave_url))
    a_while_later()
    ask(client)
    work()
    assert suppression.suppressed_among([EMAIL])
    joined.refresh_from_db()

    client.get(path_of(joined.confirm_url))
    assert suppression.suppressed_among([EMAIL])
    client.post(path_of(joined.confirm_url))

    assert suppression.suppressed_among([EMAIL]) == set()


def test_days_count_who_joined_and_left(client, joined):
    client.post(path_of(joined.confirm_url))
    for _ in range(2):
        client.post(path_of(joined.leave_url))

    today = Tally.objects.get()
    assert (today.day, today.joined, today.left) == (timezone.localdate(), 1, 1)


def test_a_complaint_is_a_way_of_leaving(joined):
    assert joining.leave(joined, Reason.COMPLAINT)
    assert not joining.leave(joined, Reason.COMPLAINT)

    joined.refresh_from_db()
    assert joined.state == State.LEFT
    assert Suppression.objects.get().reason == Reason.COMPLAINT
    today = Tally.objects.get()
    assert (today.left, today.complained) == (0, 1)


def test_the_last_letter_that_arrived_is_told_by_which_somebody_left(joined):
    other = make_delivery(make_subscriber(state=State.CONFIRMED))
    older = make_delivery(joined, hours_ago=48)
    last = make_delivery(joined, hours_ago=24)
    failed = make_delivery(joined, state="failed")

    joining.leave(joined)

    left = Delivery.objects.exclude(left_at=None)
    assert list(left) == [last]
    assert {other, older, failed} == set(Delivery.objects.filter(left_at=None))


def test_who_never_was_on_the_list_can_say_no_for_good(client, db):
    ask(client)
    work()
    pending = Subscriber.objects.get()

    client.post(path_of(pending.leave_url))

    assert suppression.suppressed_among([EMAIL])
    assert not Tally.objects.exists()
    assert client.post(path_of(pending.confirm_url)).status_code == 410


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])  # fmt: skip
def test_one_click_of_either_form_needs_nothing_but_the_address(client, joined, kind):
    body = "List-Unsubscribe=One-Click"
    if "multipart" in kind:
        body = (
            '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
            "One-Click\r\n--x--\r\n"
        )
    response = client.post(path_of(joined.leave_url), body, content_type=kind)

    assert response.status_code == 200
    assert not response.cookies
    joined.refresh_from_db()
    assert joined.state == State.LEFT


def test_a_link_to_leave_that_fits_nobody_is_answered_like_one_that_does(
    client, joined
):
    url = path_of(joined.leave_url)
    nobody = url.replace(f"/{joined.pk}-", f"/{joined.pk + 1}-")
    forged = url[:-5] + ("aaaa/" if url[-5:] != "aaaa/" else "bbbb/")

    for method in (client.get, client.post):
        answers = [method(address) for address in (nobody, forged, url)]
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.content for answer in answers}) == 1
    joined.refresh_from_db()
    assert joined.state == State.LEFT


def test_leaving_asks_a_handful_of_queries(client, joined, django_assert_num_queries):
    for _ in range(3):
        make_delivery(joined)
    # Who it is; between two savepoints the row, locked and changed, the hash between two of
    # its own, the day, the last letter.
    with django_assert_num_queries(9):
        client.post(path_of(joined.leave_url))


LONG_AGO = timezone.now() - joining.KEEP_GONE - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "at", "reason"),
    [("left", "left_at", Reason.LEFT), ("bounced", "bounced_at", Reason.BOUNCED)],
)
def test_who_is_gone_for_long_is_forgotten_but_for_the_hash(db, state, at, reason):
    gone = make_subscriber(state=state, linked_at=LONG_AGO, **{at: LONG_AGO})
    make_subscriber(state=state, linked_at=LONG_AGO)
    make_subscriber(state="confirmed", confirmed_at=LONG_AGO, linked_at=LONG_AGO)

    assert joining.forget_gone(quiet) == 1

    assert not Subscriber.objects.filter(email=gone.email).exists()
    assert Subscriber.objects.count() == 2
    assert suppression.suppressed_among([gone.email]) == {gone.email}
    assert Suppression.objects.get().reason == reason


def test_who_asks_to_come_back_is_not_forgotten_meanwhile(client, db):
    make_subscriber(email=EMAIL, state="left", left_at=LONG_AGO, linked_at=LONG_AGO)
    ask(client)
    work()

    assert joining.forget_gone(quiet) == 0
    client.post(path_of(Subscriber.objects.get().confirm_url))
    assert Subscriber.objects.get().state == State.CONFIRMED


def test_those_who_are_gone_are_forgotten_some_at_a_time(db, monkeypatch):
    monkeypatch.setattr(joining, "AT_ONCE", 1)
    for _ in range(2):
        make_subscriber(state="left", left_at=LONG_AGO, linked_at=LONG_AGO)

    assert [joining.forget_gone(quiet) for _ in range(3)] == [1, 1, 0]
