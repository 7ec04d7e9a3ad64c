"""All workers together keep the pace, it may change at any moment, and loses nobody."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscriptions.letters import control, delivery, pace
from subscriptions.models import SendingSettings, Turnstile
from tests.subscriptions.letters.steps import (
    make_letter,
    make_readers,
    quiet,
    states,
)

pytestmark = pytest.mark.django_db

START = timezone.now()


class Clock:
    """Time that goes on when somebody waits for it, and may be set."""

    def __init__(self):
        self.now = START

    def wait(self, seconds):
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch):
    one = Clock()
    monkeypatch.setattr(timezone, "now", lambda: one.now)
    monkeypatch.setattr("outbox.ending.asked.wait", one.wait)
    return one


def set_pace(**values):
    SendingSettings.objects.update_or_create(pk=1, defaults=values)


def passing(clock, seconds, tick=1.0):
    """The moments that two workers have leave for within so long; each asks every tick."""
    moments, end = [], clock.now + timedelta(seconds=seconds)
    while clock.now < end:
        for _ in range(2):
            if turn := pace.take_turn(100):
                moments += [turn.start + n * turn.step for n in range(turn.count)]
        clock.wait(tick)
    return sorted(one for one in moments if one < end)


def most_within(moments, seconds):
    """The most in any stretch of so long."""
    long = timedelta(seconds=seconds)
    return max(
        sum(start <= one < start + long for one in moments[n : n + 5000])
        for n, start in enumerate(moments)
    )


@pytest.mark.parametrize("limit", [1, 3, 40, 200])
def test_no_hour_has_more_than_its_limit_and_each_is_filled(clock, limit):
    set_pace(per_hour=limit)

    moments = passing(clock, 2 * 3600, tick=1800 / limit)

    assert most_within(moments, 3600) == limit
    assert len(moments) == 2 * limit


@pytest.mark.parametrize("limit", [1, 7, 30])
def test_no_second_has_more_than_its_limit_and_each_is_filled(clock, limit):
    set_pace(per_second=limit)

    moments = passing(clock, 30)

    assert most_within(moments, 1) <= limit + 1  # one at its very beginning and end
    assert 29 * limit <= len(moments) <= 30 * limit + 1


def test_the_narrower_of_two_limits_holds(clock):
    set_pace(per_second=100, per_hour=60)

    assert len(passing(clock, 600, tick=10)) == 10


def test_a_new_pace_counts_at_once_in_either_direction(clock):
    set_pace(per_hour=1)
    assert len(passing(clock, 60)) == 1
    set_pace(per_hour=3600)
    assert len(passing(clock, 60)) in {59, 60}
    set_pace(per_hour=60)
    assert len(passing(clock, 600, tick=10)) in {9, 10}
    set_pace(per_hour=0)
    assert pace.take_turn(100).count == 100
    set_pace(per_hour=60)
    assert len(passing(clock, 600, tick=10)) == 10


@pytest.mark.parametrize("back", [60, 3600, 10 * 24 * 3600])
def test_a_clock_that_is_set_back_stops_nothing_for_long(clock, back):
    set_pace(per_second=1)
    passing(clock, 10)

    clock.now -= timedelta(seconds=back)

    assert len(passing(clock, 400)) >= 330


def test_a_rest_is_kept_by_all_and_forgotten_after_the_clock_was_set_back(clock):
    pace.rest(20)
    assert pace.take_turn(1) is None
    clock.wait(pace.LONGEST_REST.total_seconds() - 2)
    assert pace.take_turn(1) is None
    clock.wait(2)
    assert pace.take_turn(1)

    pace.rest(20)
    clock.now -= timedelta(days=1)
    assert pace.take_turn(1)


def test_one_failure_is_no_reason_to_rest(clock):
    pace.rest(1)

    assert pace.take_turn(1)


def send_for(clock, seconds):
    """One worker, as it goes round each second."""
    end = clock.now + timedelta(seconds=seconds)
    while clock.now < end:
        if not delivery.send_letters(quiet):
            clock.wait(1)


def test_a_letter_outlives_every_change_of_pace(mail_server, clock):
    make_readers(60)
    letter = make_letter()
    set_pace(per_hour=3600)
    assert control.queue(letter)

    counts = []
    for values, seconds in [
        ({}, 10),
        ({"per_hour": 360}, 20),
        ({"per_hour": 1}, 30),
        ({"per_hour": 0, "per_second": 2}, 5),
        ({"per_hour": 7200}, 3),
        ({"per_hour": 0, "per_second": 0}, 5),
    ]:
        set_pace(**values)
        send_for(clock, seconds)
        counts.append(len(mail_server.taken))

    letter.refresh_from_db()
    assert counts[0] in {10, 11, 12}
    assert counts[1] - counts[0] in {1, 2}
    assert counts[2] == counts[1]
    assert counts[3] - counts[2] in range(9, 15)
    assert counts[5] == 60
    assert len(set(mail_server.taken)) == 60
    assert (letter.state, set(states(letter))) == ("sent", {"sent"})


def test_a_letter_that_only_waits_to_try_again_uses_up_no_pace(mail_server, clock):
    set_pace(per_hour=400)
    waiting = make_letter()
    first = make_readers(1)[0].email
    mail_server.plan = lambda step, to: (
        "450 later" if step == "rcpt" and to == first else None
    )
    assert control.queue(waiting)
    send_for(clock, 10)
    assert states(waiting) == ["queued"]
    make_readers(3)
    other = make_letter()
    assert control.queue(other)
    mail_server.plan = lambda step, to: None

    send_for(clock, 40)

    assert states(other) == ["sent"] * 4


def test_the_turnstile_is_one_row(clock):
    for _ in range(3):
        pace.take_turn(1)
        pace.rest(3)

    assert Turnstile.objects.count() == 1
