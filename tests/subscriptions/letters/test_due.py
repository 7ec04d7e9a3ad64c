"""Letters whose time has come, has passed, or went by while the site was away."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from articles.models import Article
from subscriptions.letters import control, drafting
from subscriptions.models import Letter
from tests.factories import make_article
from tests.subscriptions.letters.states import letter_in
from tests.subscriptions.letters.steps import make_letter, quiet
from tests.subscriptions.letters.times import Clock

HOUR = timedelta(hours=1)
State, Pause = Letter.State, Letter.Pause


def test_a_scheduled_letter_begins_when_it_is_due(clock):
    letter = make_letter()
    control.schedule(letter, clock.moment + HOUR)

    assert control.start_due(quiet) == 0
    clock.forward(HOUR)
    assert [control.start_due(quiet), control.start_due(quiet)] == [1, 0]

    letter.refresh_from_db()
    assert letter.state == State.SENDING


def test_a_letter_whose_time_passed_long_ago_asks_once(clock):
    letter = letter_in("scheduled", clock)
    clock.forward(13 * HOUR)

    assert [control.start_due(quiet), control.start_due(quiet)] == [1, 0]

    letter.refresh_from_db()
    assert (letter.state, letter.pause) == (State.PAUSED, Pause.STALE)
    assert letter.pause_words == "It was to go on at 2026-03-02 12:00."
    assert control.resume(letter)
    letter.refresh_from_db()
    assert (letter.pause, letter.pause_words) == ("", "")
    assert letter.deliveries.count() == 1


def test_a_scheduled_letter_of_an_article_that_is_not_public_asks(clock):
    letter = drafting.draft_of(make_article(status="review"))
    control.schedule(letter, clock.moment)

    assert [control.start_due(quiet), control.start_due(quiet)] == [1, 0]

    letter.refresh_from_db()
    assert (letter.state, letter.pause) == (State.PAUSED, Pause.OBSTACLE)
    assert letter.pause_words == "The article is not published."
    Article.objects.update(status="published")
    assert control.resume(letter)


@pytest.mark.parametrize("elsewhere", ["unscheduled", "scheduled for later"])
@pytest.mark.parametrize("hours", [0, 13])
def test_what_an_editor_changes_at_that_moment_counts(
    clock, monkeypatch, elsewhere, hours
):
    letter = letter_in("scheduled", clock)
    clock.forward(hours * HOUR)
    found = Letter.objects.get()

    class Read:
        """The due letters, as they were read before the editor pressed."""

        def order_by(self, *names):
            if elsewhere == "unscheduled":
                control.unschedule(letter)
            else:
                control.schedule(letter, clock.moment + HOUR)
            monkeypatch.undo()
            Clock(monkeypatch).moment = clock.moment
            return [found]

    monkeypatch.setattr(type(Letter.objects), "due", lambda self, now: Read())

    assert control.start_due(quiet) == 0
    letter.refresh_from_db()
    assert letter.state == {"unscheduled": "draft"}.get(elsewhere, "scheduled")


# --- left under way -------------------------------------------------------------------


def test_a_letter_that_was_left_under_way_for_long_asks(clock):
    """The site was away, or this is its backup."""
    letter = letter_in("sending", clock)
    clock.forward(11 * HOUR)
    assert control.start_due(quiet) == 0
    clock.forward(2 * HOUR)

    assert [control.start_due(quiet), control.start_due(quiet)] == [1, 0]

    letter.refresh_from_db()
    assert (letter.state, letter.pause) == (State.PAUSED, Pause.STALE)
    clock.forward(HOUR)
    assert control.resume(letter)
    assert control.start_due(quiet) == 0, "it was decided"


def test_what_was_abandoned_asks_before_anything_else_begins(clock):
    abandoned = letter_in("sending", clock)
    clock.forward(13 * HOUR)
    letter_in("scheduled", clock)

    control.start_due(quiet)

    abandoned.refresh_from_db()
    assert abandoned.state == State.PAUSED


def test_a_letter_that_waits_for_another_try_is_not_asked_about(clock):
    letter = letter_in("sending", clock)
    letter.deliveries.update(due_at=clock.moment + 24 * HOUR, tried_at=clock.moment)
    clock.forward(23 * HOUR)

    assert control.start_due(quiet) == 0


def test_a_letter_behind_a_long_one_is_not_asked_about(clock):
    waits = letter_in("sending", clock)
    long = letter_in("sending", clock)
    clock.forward(13 * HOUR)
    long.deliveries.filter(letter=long).update(state="sent", tried_at=clock.moment)

    assert control.start_due(quiet) == 0
    waits.refresh_from_db()
    assert waits.state == State.SENDING


def test_a_letter_that_cannot_be_made_keeps_no_other_waiting(
    clock, monkeypatch, caplog
):
    bad, good = letter_in("scheduled", clock), letter_in("scheduled", clock)
    compose = control.composing.compose
    monkeypatch.setattr(
        "subscriptions.letters.composing.compose",
        lambda one: {}["template"] if one.pk == bad.pk else compose(one),
    )

    assert control.start_due(quiet) == 1

    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.pause) == (State.PAUSED, Pause.OBSTACLE)
    assert bad.pause_words == "The letter cannot be put together. The log says why."
    assert good.state == State.SENDING
    assert f"Letter {bad.pk} cannot be made" in caplog.text


def test_a_database_that_is_away_pauses_no_letter(clock, monkeypatch):
    letter = letter_in("scheduled", clock)

    def away(_one):
        raise OperationalError("gone")

    monkeypatch.setattr("subscriptions.letters.composing.compose", away)

    with pytest.raises(OperationalError):
        control.start_due(quiet)
    letter.refresh_from_db()
    assert letter.state == State.SCHEDULED
