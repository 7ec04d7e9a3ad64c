"""Sending a letter later: which moments there are, and which are refused."""

from datetime import timedelta

import pytest
from django.utils import timezone

from subscriptions.letters import control
from subscriptions.models import Letter
from tests.factories import make_article
from tests.subscriptions.admin.steps import (
    html_of,
    page,
    press,
    schedule,
    send,
    state,
)
from tests.subscriptions.letters.steps import make_letter, make_readers

State = Letter.State


def test_a_letter_is_scheduled_in_the_time_of_the_site(admin_client, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    make_readers(1)
    letter = make_letter()
    at = (timezone.now() + timedelta(days=2)).replace(microsecond=0, second=0)
    tokyo = at + timedelta(hours=9)

    response = schedule(admin_client, letter, tokyo.strftime("%Y-%m-%dT%H:%M"))

    assert response.status_code == 302
    letter.refresh_from_db()
    assert (letter.state, letter.scheduled_at) == (State.SCHEDULED, at)
    assert "Asia/Tokyo" in html_of(page(admin_client, letter))


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("", "Choose a day and a time."),
        ("soon", "Write a day and a time like"),
        ("2020-01-01T10:00", "That moment is past."),
        ("9999-12-31T23:59", "within a year"),
        ("0001-01-01T00:00", "That moment is past."),
        ("2031-13-45T99:99", "Write a day and a time like"),
        ("2031-01-01T10:00+99:99", "Write a day and a time like"),
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "Pacific/Niue"])
def test_a_moment_that_is_none_is_refused_and_kept(
    admin_client, settings, at, words, zone
):
    settings.TIME_ZONE = zone
    make_readers(1)
    letter = make_letter()

    response = schedule(admin_client, letter, at)

    assert response.status_code == 422
    html = html_of(response)
    # At the ends of time some zones have no such moment.
    assert words in html or "Enter a valid" in html or "couldn’t be interpreted" in html
    assert f'value="{at}"' in html or not at or "9999" in at or "0001" in at
    assert state(letter) == State.DRAFT


def test_an_hour_that_the_clock_skips_is_refused(admin_client, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    make_readers(1)
    letter = make_letter()
    year = timezone.now().year + 1
    last = max(day for day in range(25, 32) if timezone.datetime(year, 3, day).weekday() == 6)  # fmt: skip

    response = schedule(admin_client, letter, f"{year}-03-{last}T02:30")

    assert response.status_code == 422


def test_what_is_in_the_way_stops_scheduling_too(admin_client):
    letter = make_letter()
    later = timezone.now() + timedelta(days=1)

    response = schedule(admin_client, letter, later.strftime("%Y-%m-%dT%H:%M"))

    assert response.status_code == 422
    assert "Nobody would get this letter." in html_of(response)


def test_a_letter_comes_off_the_schedule_again(admin_client):
    letter = make_letter()
    control.schedule(letter, timezone.now() + timedelta(days=1))

    press(admin_client, letter, "unschedule")

    assert state(letter) == State.DRAFT


def test_an_article_that_appears_later_is_sent_then_at_the_earliest(admin_client):
    make_readers(1)
    at = (timezone.now() + timedelta(days=3)).replace(microsecond=0, second=0)
    letter = make_letter(kind="article", article=make_article(published_at=at))

    assert send(admin_client, letter).status_code == 422
    early = schedule(admin_client, letter, (at - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))  # fmt: skip
    assert "Schedule the letter for then or later." in html_of(early)
    assert schedule(admin_client, letter, at.strftime("%Y-%m-%dT%H:%M")).status_code == 302  # fmt: skip
