"""Who got an old letter is forgotten; the numbers stay."""

from datetime import timedelta

from django.utils import timezone

from subscriptions.letters import control, forgetting
from subscriptions.models import Bounce, Delivery, Letter
from tests.factories import make_subscriber
from tests.subscriptions.letters.steps import make_letter, quiet

AFTER = forgetting.KEEP + timedelta(minutes=1)


def delivered(age, state=Letter.State.SENT):
    then = timezone.now() - age
    letter = make_letter(
        state=state,
        queued_at=then,
        finished_at=then if state == Letter.State.SENT else None,
        html="<p>",
        text="-",
    )
    reader = make_subscriber(state="confirmed")
    return Delivery.objects.create(
        letter=letter, subscriber=reader, state=Delivery.State.SENT, tried_at=then
    )


def test_readers_of_old_letters_are_forgotten_and_the_numbers_stay(db):
    old = [delivered(AFTER), delivered(AFTER, Letter.State.CANCELLED)]
    fresh = delivered(forgetting.KEEP - timedelta(minutes=1))

    assert forgetting.forget_readers(quiet) == 2

    for delivery in old:
        delivery.refresh_from_db()
        assert delivery.subscriber is None
        assert delivery.state == Delivery.State.SENT
    fresh.refresh_from_db()
    assert fresh.subscriber
    assert forgetting.forget_readers(quiet) == 0


def test_a_letter_that_still_goes_out_keeps_its_readers(db):
    delivered(AFTER, Letter.State.SENDING)

    assert forgetting.forget_readers(quiet) == 0


def test_many_are_forgotten_in_several_turns(db, monkeypatch):
    monkeypatch.setattr(forgetting, "AT_ONCE", 1)
    delivered(AFTER)
    delivered(AFTER)

    turns = [forgetting.forget_readers(quiet) for _ in range(3)]

    assert turns == [1, 1, 0]


def test_old_reports_are_deleted_and_the_numbers_stay(db):
    delivery = delivered(AFTER)
    Delivery.objects.update(bounced=Delivery.Bounced.HARD)
    for number, age in enumerate([AFTER, timedelta(0)]):
        at = timezone.now() - age
        Bounce.objects.create(source=f"{number}", kind="hard", delivery=delivery, at=at)

    assert forgetting.forget_bounces(quiet) == 1

    assert Bounce.objects.get().source == "1"
    delivery.refresh_from_db()
    assert delivery.bounced == Delivery.Bounced.HARD
    assert forgetting.forget_bounces(quiet) == 0


def test_a_letter_that_is_tried_again_meanwhile_keeps_its_readers(db, monkeypatch):
    delivery = delivered(AFTER)
    Delivery.objects.update(state=Delivery.State.FAILED, error="550 who?")
    atomic = forgetting.transaction.atomic

    def press_and_begin():
        monkeypatch.undo()
        assert control.requeue_failed(delivery.letter) == 1
        return atomic()

    monkeypatch.setattr(forgetting.transaction, "atomic", press_and_begin)

    assert forgetting.forget_readers(quiet) == 0

    delivery.refresh_from_db()
    assert delivery.subscriber is not None


def test_with_the_reader_the_words_about_them_are_forgotten(db):
    delivery = delivered(AFTER)
    Delivery.objects.update(error="550 <reader@example.org> who?")

    forgetting.forget_readers(quiet)

    delivery.refresh_from_db()
    assert delivery.error == ""
