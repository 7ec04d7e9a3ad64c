"""The first page of the admin tells what of letters and mails needs somebody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from outbox.models import Heartbeat, Message
from subscriptions.letters import control
from subscriptions.models import Letter
from tests.subscriptions.admin.steps import address, make_editor, make_queued, settle
from tests.subscriptions.letters.steps import make_letter

pytestmark = pytest.mark.django_db

FIRST = reverse("admin:index")


@pytest.fixture(autouse=True)
def _worker(db):
    Heartbeat.objects.beat()


def needs(client):
    """Words and addresses of what is told."""
    (context,) = (one for one in client.get(FIRST).context if "needs" in one)
    return [(need.words, need.address) for need in context["needs"]]


def make_mail(n, state="failed"):
    return Message.objects.create(
        to=f"{n}@example.org", subject="x", text="x", html="x", message_id=f"<{n}>",
        state=state,
    )  # fmt: skip


def test_where_all_is_well_nothing_is_told(admin_client):
    make_letter()
    make_mail(1, "queued")

    assert needs(admin_client) == []
    assert "Letters and mails" not in admin_client.get(FIRST).content.decode()


def test_a_letter_under_way_is_told_with_its_numbers(admin_client):
    letter = make_queued(readers=3, subject="Cold feet")
    settle(letter, "sent")

    assert needs(admin_client) == [("“Cold feet” is being sent: 1 of 3.", address(letter))]  # fmt: skip


def test_a_paused_letter_is_told_with_the_reason(admin_client):
    letter = make_queued(subject="Cold feet")
    control.pause(letter, Letter.Pause.FAILURES, "421 no")

    assert needs(admin_client) == [("“Cold feet” is paused. Too many failures in a row.", address(letter))]  # fmt: skip


def test_failed_and_uncertain_deliveries_are_told_for_a_fortnight(admin_client):
    letter = make_queued(readers=3, subject="Cold feet")
    settle(letter, "failed", "failed", "uncertain")
    now = timezone.now()
    Letter.objects.update(state="sent", finished_at=now - timedelta(days=13))

    assert [words for words, _ in needs(admin_client)] == [
        "“Cold feet”: 2 deliveries failed.",
        "“Cold feet”: 1 delivery is uncertain.",
    ]

    Letter.objects.update(finished_at=now - timedelta(days=15))
    assert needs(admin_client) == []


def test_failed_mails_are_told(admin_client):
    make_mail(1), make_mail(2)

    ((words, path),) = needs(admin_client)

    assert words == "2 mails failed."
    assert len(admin_client.get(path).context["cl"].result_list) == 2


def test_failed_mails_are_not_counted_to_their_end(admin_client, monkeypatch):
    monkeypatch.setattr("footcare.lib.counting.MOST", 2)
    for n in range(4):
        make_mail(n)

    assert needs(admin_client)[0][0] == "more than 2 mails failed."


@pytest.mark.parametrize("ago", [timedelta(minutes=2), timedelta(minutes=-2)])
def test_a_silent_worker_is_told(admin_client, ago):
    Heartbeat.objects.update(beat_at=timezone.now() - ago)

    ((words, path),) = needs(admin_client)

    assert words.startswith("No worker is there")
    assert admin_client.get(path).status_code == 200


def test_a_worker_that_never_was_is_told(admin_client):
    Heartbeat.objects.all().delete()

    assert needs(admin_client)[0][0].startswith("No worker is there")


def test_mails_that_are_kept_are_told(admin_client, settings):
    settings.MAILS_ARE_KEPT = True

    ((words, path),) = needs(admin_client)

    assert words.startswith("EMAIL_URL is not set")
    assert admin_client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("may", "expected"),
    [
        (["view_letter"], {"letter", "machine"}),
        (["view_message"], {"mail", "machine"}),
        (["view_article"], set()),
    ],
)
def test_each_sees_what_they_may_look_at(client, settings, may, expected):
    settings.MAILS_ARE_KEPT = True
    client.force_login(make_editor(*may))
    make_queued(), make_mail(1)

    found = needs(client)

    words = " ".join(one for one, _ in found)
    assert ("is being sent" in words) == ("letter" in expected)
    assert ("mail failed" in words) == ("mail" in expected)
    assert ("EMAIL_URL" in words) == ("machine" in expected)
    assert {client.get(path).status_code for _, path in found} <= {200}


@pytest.mark.parametrize("count", [1, 3])
def test_it_takes_as_many_queries_however_many_letters(
    admin_client, django_assert_num_queries, count
):
    for n in range(count):
        settle(make_queued(readers=2), "failed")
        make_mail(n)
    admin_client.get(FIRST)

    with django_assert_num_queries(15):
        admin_client.get(FIRST)
