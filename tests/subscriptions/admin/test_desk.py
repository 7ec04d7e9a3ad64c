"""The desk of a letter: what it shows, what each press does, and what it refuses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from subscriptions.letters import control
from subscriptions.models import Delivery, Letter
from tests.subscriptions.admin.steps import (
    address,
    html_of,
    make_editor,
    make_queued,
    page,
    press,
    said,
    send,
    settle,
    state,
)
from tests.subscriptions.letters.steps import ask_again, make_letter, make_readers

State, Pause = Letter.State, Letter.Pause


def buttons(response):
    html = response.content.decode()
    known = ("test", "schedule", "unschedule", "pause", "resume", "cancel", "requeue")
    return {name for name in known if f'name="do" value="{name}"' in html}


# --- what it shows ----------------------------------------------------------------------


def test_a_draft_shows_who_gets_it_how_it_looks_and_what_speaks_against_it(
    admin_client,
):
    make_readers(3)
    letter = make_letter(subject="Cold <feet>", preview="In winter.")

    response = page(admin_client, letter)

    html = html_of(response)
    assert response.context["readers"] == 3
    assert "Cold &lt;feet&gt;" in html
    assert html.count("<iframe") == 4
    assert "Before it is sent" in html
    assert address(letter, "send") in html
    assert buttons(response) == {"test", "schedule", "cancel"}


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda one: control.schedule(one, timezone.now() + timedelta(days=1)), {"test", "schedule", "unschedule", "cancel"}),
        (control.queue, {"pause", "cancel"}),
        (lambda one: control.queue(one) and control.pause(one), {"resume", "cancel"}),
        (control.cancel, set()),
        (lambda one: ask_again(one, timezone.now()), {"test", "schedule", "cancel"}),
    ],
)  # fmt: skip
def test_only_what_can_be_done_now_is_offered(admin_client, make, expected):
    make_readers(1)
    letter = make_letter()
    make(letter)

    assert buttons(page(admin_client, letter)) == expected


def test_a_letter_under_way_shows_how_far_it_is_and_is_loaded_anew(admin_client):
    letter = make_queued(readers=4)
    settle(letter, "sent", "failed", "dropped")

    response = page(admin_client, letter)

    assert "3 of 4" in html_of(response)
    assert "550 No such user" in html_of(response)
    assert response.headers["Refresh"] == "10"
    assert "Refresh" not in page(admin_client, letter, "?still=1").headers


def test_a_letter_that_rests_is_not_loaded_anew(admin_client):
    letter = make_queued()
    control.pause(letter)

    assert "Refresh" not in page(admin_client, letter).headers


def test_why_it_is_paused_is_told_as_plain_text(admin_client):
    letter = make_queued()
    control.pause(letter, Pause.FAILURES, "421 <b>Too busy</b>")

    html = html_of(page(admin_client, letter))

    assert "Too many failures in a row" in html
    assert "421 &lt;b&gt;Too busy&lt;/b&gt;" in html


@pytest.mark.parametrize(
    ("at_most_once", "words"),
    [(True, "at most once, so they stay"), (False, "sent again by themselves")],
)
def test_what_uncertain_means_is_explained(admin_client, at_most_once, words):
    letter = make_queued(at_most_once=at_most_once)
    settle(letter, "uncertain")

    assert words in html_of(page(admin_client, letter))


def test_a_silent_worker_is_told_where_somebody_waits_for_it(admin_client):
    letter = make_queued()

    assert "start “manage.py worker”" in html_of(page(admin_client, letter))


def test_who_may_not_see_readers_sees_no_address(client, db):
    client.force_login(make_editor("view_letter"))
    letter = make_queued(readers=1)
    settle(letter, "failed")
    Delivery.objects.update(error="550 <reader@example.org> unknown")

    html = html_of(page(client, letter))

    assert "@example.org" not in html.replace("editor@example.org", "")
    assert "550" in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_takes_as_many_queries_however_many_readers(
    admin_client, django_assert_num_queries, count
):
    letter = make_queued(readers=count)
    settle(letter, *["failed"] * count)

    with django_assert_num_queries(11):
        page(admin_client, letter)


# --- sending ------------------------------------------------------------------------------


def test_sending_asks_once_more_with_the_number_of_readers(admin_client):
    make_readers(2)
    letter = make_letter()

    asked = admin_client.get(address(letter, "send"))
    assert "Send it to 2 readers" in html_of(asked)
    assert state(letter) == State.DRAFT

    sent = send(admin_client, letter, asked.context["seen"])
    assert (sent.status_code, sent.url) == (302, address(letter))
    assert said(sent) == ["The letter is on its way."]
    assert state(letter) == State.SENDING
    assert Delivery.objects.filter(letter=letter).count() == 2


@pytest.mark.parametrize("change", [{"subject": "Other"}, {"at_most_once": True}])
def test_a_letter_that_changed_meanwhile_is_not_sent_unseen(admin_client, change):
    make_readers(1)
    letter = make_letter()
    mark = admin_client.get(address(letter, "send")).context["seen"]
    Letter.objects.filter(pk=letter.pk).update(**change)

    response = send(admin_client, letter, mark)

    assert response.status_code == 409
    assert "has changed since you looked at it" in html_of(response)
    assert state(letter) == State.DRAFT
    assert not Delivery.objects.exists()


def test_a_second_press_says_what_the_letter_is_by_now(admin_client):
    make_readers(1)
    letter = make_letter()
    send(admin_client, letter)

    again = send(admin_client, letter)

    assert said(again)[-1] == "Nothing was done: the letter is “Being sent” by now."
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("over", [control.queue, control.cancel])
def test_what_is_over_is_not_asked_about_any_more(admin_client, over):
    make_readers(1)
    letter = make_letter()
    over(letter)

    response = admin_client.get(address(letter, "send"))

    assert (response.status_code, response.url) == (302, address(letter))


def test_what_is_in_the_way_stops_a_letter(admin_client):
    letter = make_letter()  # to nobody

    response = send(admin_client, letter)

    assert response.status_code == 422
    assert "Nobody would get this letter." in html_of(response)
    assert state(letter) == State.DRAFT
    assert "is-first" not in html_of(page(admin_client, letter))


# --- afterwards ---------------------------------------------------------------------------


def test_sending_is_paused_taken_up_again_and_cancelled(admin_client):
    letter = make_queued()

    press(admin_client, letter, "pause")
    assert state(letter) == State.PAUSED
    press(admin_client, letter, "resume")
    assert state(letter) == State.SENDING
    press(admin_client, letter, "cancel")
    assert state(letter) == State.CANCELLED


@pytest.mark.parametrize("do", ["pause", "unschedule", "resume", "requeue"])
def test_what_cannot_be_done_any_more_is_told(admin_client, do):
    letter = make_letter()
    control.cancel(letter)

    response = press(admin_client, letter, do)

    assert response.status_code == 302
    assert len(said(response)) == 1
    assert state(letter) == State.CANCELLED


def test_failed_ones_are_tried_again(admin_client):
    letter = make_queued()
    settle(letter, "failed", "failed", "sent")

    response = press(admin_client, letter, "requeue")

    assert said(response) == ["2 deliveries are tried again."]
    assert Delivery.objects.filter(state="queued").count() == 2


def test_a_letter_whose_time_passed_asks_and_is_never_sent_unseen(admin_client):
    make_readers(1)
    letter = make_letter()
    control.schedule(letter, timezone.now() - timedelta(days=2))
    control.start_due(lambda line: None)

    response = page(admin_client, letter)
    assert "Send it now, or cancel it?" in html_of(response)
    assert "It was to go on at" in html_of(response)

    press(admin_client, letter, "resume")
    assert state(letter) == State.PAUSED
    send(admin_client, letter)
    assert state(letter) == State.SENDING


def test_who_did_what_is_kept(admin_client):
    letter = make_queued()
    press(admin_client, letter, "pause")

    url = reverse("admin:subscriptions_letter_history", args=[letter.pk])

    assert "Sending is paused." in html_of(admin_client.get(url))
