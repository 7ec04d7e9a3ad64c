"""What may become of a letter, and that whatever is pressed twice happens once."""

from datetime import timedelta

import pytest

from articles.models import Article, SiteSettings
from subscriptions.letters import control, drafting
from subscriptions.models import Delivery, Digest, Letter, SendingSettings, Subscriber
from tests.factories import make_article
from tests.subscriptions.letters.states import ALL, ASKED, letter_in
from tests.subscriptions.letters.steps import ask_again, make_letter, make_readers

HOUR = timedelta(hours=1)
State, Pause = Letter.State, Letter.Pause


ACTIONS = {
    "queue": (control.queue, {"draft", "scheduled", ASKED}, "sending"),
    "schedule": (
        lambda letter: control.schedule(letter, letter.created_at + HOUR),
        {"draft", "scheduled", ASKED},
        "scheduled",
    ),
    "unschedule": (control.unschedule, {"scheduled", ASKED}, "draft"),
    "pause": (control.pause, {"sending"}, "paused"),
    "resume": (control.resume, {"paused", ASKED}, "sending"),
    "cancel": (
        control.cancel,
        {"draft", "scheduled", "sending", "paused", ASKED},
        "cancelled",
    ),
    "ask again": (
        lambda letter: ask_again(letter, letter.created_at),
        {"draft", "scheduled", "sending"},
        "paused",
    ),
}


@pytest.mark.parametrize("state", ALL)
@pytest.mark.parametrize("action", ACTIONS)
def test_each_change_is_made_where_it_may_be_and_nowhere_else(clock, action, state):
    act, allowed, becomes = ACTIONS[action]
    letter = letter_in(state, clock)
    before = Letter.objects.values().get()

    done = act(letter)

    after = Letter.objects.values().get()
    assert done == (state in allowed)
    if done:
        assert after["state"] == becomes
    else:
        assert after == before


@pytest.mark.parametrize("action", ["queue", "unschedule", "pause", "resume", "cancel"])
def test_a_second_press_changes_nothing(clock, action):
    act, allowed, _becomes = ACTIONS[action]
    letter = letter_in(sorted(allowed)[0], clock)

    assert act(letter)
    once = Letter.objects.values().get()
    clock.forward(HOUR)

    assert not act(letter)
    assert Letter.objects.values().get() == once
    assert Delivery.objects.count() <= 1


# --- freezing -------------------------------------------------------------------------


def test_queueing_freezes_words_and_readers(clock):
    first = make_readers(2)
    article = make_article(title="Barefoot")
    letter = drafting.draft_of(article)
    assert control.queue(letter)

    Article.objects.update(title="Shod")
    SiteSettings(pk=1, name="Shoes").save()
    SendingSettings(pk=1, imprint="Elsewhere").save()
    Letter.objects.update(subject="Other")
    make_readers(1)

    letter.refresh_from_db()
    parts = control.composing.compose(letter)
    assert parts.subject == "New on Footcare: Barefoot"
    assert "Barefoot" in parts.html
    for changed in ("Shod", "Shoes", "Elsewhere", "Other"):
        assert changed not in parts.subject + parts.html + parts.text
    assert set(Subscriber.objects.filter(deliveries__letter=letter)) == set(first)


def test_who_joins_after_queueing_does_not_get_it_even_when_it_goes_on(clock):
    letter = letter_in("paused", clock)
    make_readers(1)

    control.resume(letter)

    assert letter.deliveries.count() == 1


def test_a_delivery_is_due_at_once_and_nobodys(clock):
    letter = letter_in("sending", clock)

    delivery = letter.deliveries.get()
    assert (delivery.state, delivery.attempts, delivery.worker) == ("queued", 0, "")
    assert (delivery.error, delivery.bounced) == ("", "")
    assert delivery.due_at == letter.queued_at == clock.moment
    assert delivery.tried_at is delivery.left_at is None


# --- what stands against it -----------------------------------------------------------


def test_a_note_without_words_is_not_sent(clock):
    letter = make_letter(body=" \n")

    assert "no text" in control.obstacle(letter)
    assert not control.queue(letter)


def test_an_article_is_not_sent_before_readers_can_read_it(clock):
    article = make_article(published_at=clock.moment + HOUR)
    letter = drafting.draft_of(article)

    assert "not published" in control.obstacle(letter)
    assert not control.queue(letter)
    clock.forward(HOUR)
    assert control.obstacle(letter) == ""
    assert control.queue(letter)


def test_a_letter_whose_article_was_deleted_is_not_sent(clock):
    article = make_article()
    letter = drafting.draft_of(article)
    article.delete()
    letter.refresh_from_db()

    assert "not published" in control.obstacle(letter)
    assert not control.queue(letter)


def test_a_digest_tells_of_what_is_still_public(clock):
    stays, goes = make_article(title="Stays"), make_article(title="Goes")
    letter = drafting.schedule_digest(
        Digest.objects.create(until=clock.moment), [stays, goes]
    )
    ask_again(letter, clock.moment)
    Article.objects.filter(pk=goes.pk).update(status="archived")

    assert control.resume(letter)

    letter.refresh_from_db()
    assert stays.get_absolute_url() in letter.text
    assert goes.get_absolute_url() not in letter.html + letter.text


def test_a_digest_of_nothing_public_is_not_sent(clock):
    digest = Digest.objects.create(until=clock.moment)
    letter = drafting.schedule_digest(digest, [make_article()])
    Article.objects.update(status="archived")

    assert "None of its articles" in control.obstacle(letter)
    assert not control.queue(letter)


# --- over, and again ------------------------------------------------------------------


@pytest.mark.parametrize("state", Delivery.State.values)
@pytest.mark.parametrize("at_most_once", [False, True])
def test_a_letter_is_sent_when_nothing_is_open(clock, state, at_most_once):
    letter = letter_in("sending", clock)
    Letter.objects.update(at_most_once=at_most_once)
    letter.refresh_from_db()
    Delivery.objects.update(state=state, tried_at=clock.moment)
    is_open = state in {"queued", "sending"} or (
        state == "uncertain" and not at_most_once
    )

    assert control.finish(letter) == (not is_open)
    letter.refresh_from_db()
    assert letter.state == ("sending" if is_open else "sent")


@pytest.mark.parametrize(
    ("state", "becomes"),
    [("sent", "sending"), ("sending", "sending"), ("paused", "paused")],
)
def test_what_failed_is_tried_again(clock, state, becomes):
    letter = letter_in(state, clock)
    Delivery.objects.update(state="failed", attempts=8, tried_at=clock.moment)
    clock.forward(HOUR)

    assert [control.requeue_failed(letter), control.requeue_failed(letter)] == [1, 0]

    letter.refresh_from_db()
    assert letter.state == becomes
    delivery = letter.deliveries.get()
    assert (delivery.state, delivery.attempts) == ("queued", 0)
    assert delivery.due_at == clock.moment


def test_nothing_of_a_cancelled_letter_is_tried_again(clock):
    letter = letter_in("sending", clock)
    Delivery.objects.update(state="failed")
    control.cancel(letter)

    assert control.requeue_failed(letter) == 0


def test_whose_reader_is_gone_is_not_tried_again(clock):
    letter = letter_in("sent", clock)
    Delivery.objects.update(state="failed", subscriber=None)

    assert control.requeue_failed(letter) == 0
    letter.refresh_from_db()
    assert letter.state == State.SENT
