"""Two at the same moment: one of them does it, or both agree."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from subscriptions.letters import control, drafting, publishing
from subscriptions.models import Delivery, Digest, Letter, SendingSettings, Subscriber
from tests.factories import make_article, make_subscriber
from tests.subscriptions.letters.at_once import at_once
from tests.subscriptions.letters.steps import make_letter, make_readers, quiet

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5
State = Letter.State


def publish():
    """A worker's round: it finds what was published, and queues what is due."""
    found = publishing.send_published(quiet)
    while control.start_due(quiet):
        pass
    return found


def test_two_presses_queue_a_letter_once():
    make_readers(3)
    for _ in range(ROUNDS):
        letter = make_letter()

        done = at_once(*[lambda one=letter: control.queue(one)] * 2)

        assert sorted(done) == [False, True]
        assert letter.deliveries.count() == 3


def test_two_workers_send_an_article_once_each():
    SendingSettings(pk=1, send_on_publish=True).save()
    make_readers(2)
    for number in range(ROUNDS):
        make_article()

        done = at_once(*[publish] * 3)

        assert sum(done) == 1
        assert Letter.objects.count() == number + 1
    assert Delivery.objects.count() == 2 * ROUNDS


def test_two_workers_make_a_digest_once():
    make_subscriber(state="confirmed", pace="weekly")
    for _ in range(ROUNDS):
        Digest.objects.all().delete()
        Letter.objects.all().delete()
        now = timezone.now()
        end = publishing.latest_end(now, 4, 9)
        make_article(published_at=end - timedelta(hours=1))

        at_once(*[lambda: publishing.send_digest(quiet)] * 3)

        assert (Digest.objects.count(), Letter.objects.count()) == (1, 1)


def test_two_editors_begin_one_letter_of_an_article():
    for _ in range(ROUNDS):
        article = make_article()

        one, other = at_once(*[lambda about=article: drafting.draft_of(about)] * 2)

        assert one == other
        assert article.letters.count() == 1


def test_an_editor_and_the_worker_begin_one_letter_of_an_article():
    SendingSettings(pk=1, send_on_publish=True).save()
    for _ in range(ROUNDS):
        article = make_article()

        at_once(lambda about=article: drafting.draft_of(about), publish)

        letter = article.letters.get()
        assert letter.state == (State.SENDING if letter.is_automatic else State.DRAFT)


def test_a_cancel_while_it_is_queued_holds():
    make_readers(3)
    for _ in range(ROUNDS):
        letter = make_letter()

        _queued, cancelled = at_once(
            lambda one=letter: control.queue(one),
            lambda one=letter: control.cancel(one),
        )

        letter.refresh_from_db()
        assert cancelled
        assert letter.state == State.CANCELLED


def test_a_letter_never_ends_with_something_left_to_send():
    """The worker is about to close the book, and an editor tries the failed ones again."""
    make_readers(2)
    for _ in range(ROUNDS):
        letter = make_letter()
        control.queue(letter)
        letter.deliveries.update(state="failed")

        _ended, again = at_once(
            lambda one=letter: control.finish(one),
            lambda one=letter: control.requeue_failed(one),
        )

        letter.refresh_from_db()
        assert again == 2
        assert letter.state == State.SENDING


if connection.vendor == "postgresql":  # SQLite lets in one writer at a time

    @pytest.mark.parametrize("first", ["erased", "queued"])
    def test_a_reader_who_is_erased_while_a_letter_is_queued_stops_nothing(first):
        goes, stays = make_readers(2)
        letter = make_letter()
        begun = {"erased": Event(), "queued": Event()}

        def erase():
            with transaction.atomic():
                wait_for_the_other("erased")
                locked = Subscriber.objects.select_for_update().get(pk=goes.pk)
                locked.delete()
                let_the_other("erased")

        def queue():
            with transaction.atomic():
                wait_for_the_other("queued")
                control.queue(letter)
                let_the_other("queued")

        def wait_for_the_other(mine):
            if mine != first:
                begun[first].wait(30)

        def let_the_other(mine):
            if mine == first:
                begun[first].set()
                Event().wait(0.3)  # until it waits for what is locked here

        at_once(erase, queue)

        got = set(letter.deliveries.values_list("subscriber", flat=True))
        assert got == ({stays.pk} if first == "erased" else {stays.pk, None})

    def test_the_book_is_closed_after_the_press_that_it_waited_for(monkeypatch):
        make_readers(1)
        letter = make_letter()
        control.queue(letter)
        letter.deliveries.update(state="failed")
        looked, pressed = Event(), Event()
        find = type(Delivery.objects.all()).open

        def slowly(self):
            looked.set()
            pressed.wait(0.3)  # in vain: the press waits for the letter's lock
            return find(self)

        monkeypatch.setattr(type(Delivery.objects.all()), "open", slowly)

        def press():
            looked.wait(30)
            again = control.requeue_failed(letter)
            pressed.set()
            return again

        assert at_once(lambda: control.finish(letter), press) == [True, 1]

        letter.refresh_from_db()
        assert letter.state == State.SENDING, "opened again by the press"
        connections.close_all()
