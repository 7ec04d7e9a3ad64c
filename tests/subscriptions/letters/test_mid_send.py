"""A press while the worker is in the middle of a letter."""

from collections import Counter

import pytest

from subscriptions.letters import control, delivery
from subscriptions.models import Delivery, Letter
from tests.subscriptions.letters.steps import make_letter, make_readers, work

State = Letter.State


@pytest.fixture
def after_the_first(monkeypatch):
    """Press something when the first mail has left."""

    def press(action):
        send = delivery._line.send

        def send_and_press(envelope):
            kept_as = send(envelope)
            monkeypatch.setattr(delivery._line, "send", send)
            assert action()
            return kept_as

        monkeypatch.setattr(delivery._line, "send", send_and_press)

    return press


@pytest.fixture
def letter(db):
    make_readers(3)
    letter = make_letter()
    assert control.queue(letter)
    return letter


def states():
    return Counter(Delivery.objects.values_list("state", flat=True))


def test_a_cancelled_letter_goes_no_further(mailbox, letter, after_the_first):
    after_the_first(lambda: control.cancel(letter))

    work()

    letter.refresh_from_db()
    assert letter.state == State.CANCELLED
    assert len(mailbox.mails) == 1
    assert states() == {"sent": 1, "queued": 2}
    assert not control.resume(letter)
    assert not control.requeue_failed(letter)


def test_a_paused_letter_goes_on_where_it_stopped(mailbox, letter, after_the_first):
    after_the_first(lambda: control.pause(letter))
    work()
    assert len(mailbox.mails) == 1
    assert not control.queue(letter), "it was, once"

    assert control.resume(letter)
    work()

    letter.refresh_from_db()
    assert letter.state == State.SENT
    assert len({mail["To"] for mail in mailbox.mails}) == len(mailbox.mails) == 3
    assert states() == {"sent": 3}


def test_what_failed_and_is_tried_again_arrives_once(mailbox, letter):
    mailbox.answers = ["rcpt 550 no such reader"]
    work()
    letter.refresh_from_db()
    assert (letter.state, len(mailbox.mails)) == (State.SENT, 2)
    assert states() == {"sent": 2, "failed": 1}

    assert control.requeue_failed(letter) == 1
    work()

    letter.refresh_from_db()
    assert letter.state == State.SENT
    assert len({mail["To"] for mail in mailbox.mails}) == len(mailbox.mails) == 3
