"""What the worker begins by itself: an article's letter, once, when it is published."""

from datetime import timedelta

import pytest
from django.core.management import call_command

from articles.models import Article
from subscriptions.letters import control, drafting, publishing
from subscriptions.models import Letter, SendingSettings
from tests.factories import make_article, make_subscriber
from tests.subscriptions.letters.steps import quiet

HOUR = timedelta(hours=1)
State = Letter.State


@pytest.fixture
def by_itself(clock, db):
    """The owner wants articles sent when they are published, from now on."""
    SendingSettings(pk=1, send_on_publish=True).save()


def publish(**values):
    return make_article(**values)


def work():
    """What the worker does in one round; how many articles it found."""
    found = publishing.send_published(quiet)
    while control.start_due(quiet):
        pass
    return found


def test_an_article_is_sent_once_when_it_is_published(clock, by_itself):
    reader = make_subscriber(state="confirmed")
    article = publish(title="Barefoot")

    assert [work(), work()] == [1, 0]

    letter = Letter.objects.get()
    assert (letter.kind, letter.article, letter.state) == (
        "article",
        article,
        "sending",
    )
    assert letter.is_automatic
    assert letter.frozen_subject == "New on Footcare: Barefoot"
    assert letter.deliveries.get().subscriber == reader


@pytest.mark.django_db(transaction=True)
def test_the_worker_mails_what_was_published_and_nothing_twice(mailbox):
    SendingSettings(pk=1, send_on_publish=True).save()
    reader = make_subscriber(state="confirmed")
    publish(title="Füße & „Zehen“")

    for _ in range(2):
        call_command("worker", once=True)

    (mail,) = mailbox.mails
    assert mail["To"] == reader.email
    assert mail["Subject"] == "New on Footcare: Füße & „Zehen“"
    assert mail["Auto-Submitted"] == "auto-generated"
    for part in mail.iter_parts():
        assert reader.leave_url in part.get_content()
    assert Letter.objects.get().state == State.SENT


def test_nothing_is_sent_by_itself_unless_the_owner_wants_it(clock, db):
    publish()

    assert work() == 0
    clock.forward(HOUR)
    SendingSettings(pk=1, send_on_publish=True).save()
    assert work() == 0, "published before"
    SendingSettings(pk=1, send_on_publish=False).save()
    publish()
    assert work() == 0


def test_what_is_published_while_it_is_off_stays_unsent(clock, by_itself):
    sending = SendingSettings.load()
    sending.send_on_publish = False
    sending.save()
    publish()
    clock.forward(HOUR)
    sending.send_on_publish = True
    sending.save()

    assert work() == 0


def test_a_scheduled_article_is_sent_when_it_appears(clock, by_itself):
    publish(published_at=clock.moment + HOUR)

    assert work() == 0
    clock.forward(HOUR)
    assert work() == 1


def test_several_articles_each_have_their_letter(clock, by_itself):
    for _ in range(3):
        publish()

    assert work() == 3
    assert Letter.objects.filter(state=State.SENDING).count() == 3


@pytest.mark.parametrize("status", ["draft", "review", "archived"])
def test_what_is_not_public_is_not_sent(clock, by_itself, status):
    publish(status=status)

    assert work() == 0


def test_what_appeared_long_ago_waits_for_a_decision(clock, by_itself):
    publish(published_at=clock.moment)
    clock.forward(13 * HOUR)

    assert [work(), work()] == [1, 0]

    letter = Letter.objects.get()
    assert (letter.state, letter.pause) == (State.PAUSED, Letter.Pause.STALE)
    assert "2026-03-02 12:00" in letter.pause_words
    assert not letter.is_frozen
    assert control.resume(letter)


def test_what_an_editor_has_begun_is_the_editors(clock, by_itself):
    drafting.draft_of(publish())

    assert work() == 0
    assert Letter.objects.get().state == State.DRAFT


def test_a_cancelled_letter_does_not_come_again_by_itself(clock, by_itself):
    article = publish()
    work()
    control.cancel(Letter.objects.get())

    assert work() == 0
    assert drafting.draft_of(article).state == State.DRAFT, (
        "but an editor may begin anew"
    )


def test_what_is_queued_stays_as_it_was_written(clock, by_itself):
    article = publish(title="Barefoot", summary="On grass.")
    work()

    Article.objects.update(title="Shod", summary="On stone.", status="draft")

    letter = Letter.objects.get()
    assert "Barefoot" in letter.html
    assert "On grass." in letter.text
    assert letter.article == article


def test_a_draft_begun_at_this_moment_is_left_alone(clock, by_itself, monkeypatch):
    article = publish()
    begun = drafting.draft_of(article)
    monkeypatch.setattr(
        publishing, "_without_letter", lambda since: Article.objects.published()
    )

    assert publishing.send_published(quiet) == 0
    assert Letter.objects.get() == begun
    assert Letter.objects.get().state == State.DRAFT


def test_asking_costs_two_queries_however_many_letters_there_are(
    clock, by_itself, django_assert_num_queries
):
    for _ in range(3):
        publish()
    work()

    with django_assert_num_queries(2):
        publishing.send_published(quiet)
