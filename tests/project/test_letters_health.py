"""Letters that nobody sends are told; those that only take their time are not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from outbox.models import Heartbeat
from subscriptions.letters import control, pace
from subscriptions.models import Delivery, Letter, Turnstile
from tests.project.test_health import refusal
from tests.subscriptions.letters.steps import make_letter, make_readers

pytestmark = pytest.mark.django_db


def ago(minutes):
    return timezone.now() - timedelta(minutes=minutes)


@pytest.fixture
def sending():
    """A letter that was queued long ago and has readers left."""
    Heartbeat.objects.beat()
    make_readers(3)
    letter = make_letter()
    assert control.queue(letter)
    worked(letter, 12, due=60)
    return letter


def worked(letter, minutes, due):
    Letter.objects.filter(pk=letter.pk).update(worked_at=ago(minutes))
    Delivery.objects.filter(letter=letter).update(due_at=ago(due))


def is_ready(client):
    return client.get("/readyz").status_code == 200


def test_a_letter_that_nobody_sends_is_told(client, sending):
    assert refusal(client) == ["letters wait for 12 minutes"]


def test_a_long_letter_that_a_worker_is_at_is_in_order(client, sending):
    worked(sending, 1, due=600)

    assert is_ready(client)


def test_a_letter_behind_another_one_is_in_order(client, sending):
    second = make_letter()
    assert control.queue(second)
    worked(second, 1, due=1)

    assert is_ready(client)


def test_a_try_that_is_due_later_is_in_order(client, sending):
    worked(sending, 60, due=-5)

    assert is_ready(client)


@pytest.mark.parametrize("free_at", [-5, 5])
def test_a_letter_that_waits_for_its_turn_is_in_order(client, sending, free_at):
    Turnstile.objects.update_or_create(pk=1, defaults={"free_at": ago(free_at)})

    assert is_ready(client)


def test_a_rest_after_failures_is_in_order(client, sending):
    pace.rest(9)

    assert is_ready(client)


@pytest.mark.parametrize("state", ["sent", "failed", "dropped"])
def test_what_is_over_waits_for_nobody(client, sending, state):
    Delivery.objects.update(state=state, tried_at=ago(60))

    assert is_ready(client)


def test_a_letter_that_paused_itself_is_told(client, sending):
    control.pause(sending, Letter.Pause.FAILURES, "554 no")

    assert refusal(client) == [
        "letters paused after failures: 1; look at Letters in the admin"
    ]


@pytest.mark.parametrize("why", [Letter.Pause.OWNER, Letter.Pause.STALE])
def test_a_letter_that_somebody_paused_is_in_order(client, sending, why):
    control.pause(sending, why)

    assert is_ready(client)
