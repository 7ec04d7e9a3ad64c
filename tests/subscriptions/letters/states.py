"""Letters in each state, brought there by the ways there are."""

from subscriptions.letters import control
from subscriptions.models import Delivery, Letter
from tests.factories import make_subscriber
from tests.subscriptions.letters.steps import ask_again, make_letter

State = Letter.State
ASKED = "paused before it was queued"
ALL = [*State.values, ASKED]


def letter_in(state, clock):
    """A letter that came to ``state`` by the ways there are."""
    make_subscriber(state="confirmed")
    letter = make_letter()
    if state in {State.SENDING, State.PAUSED, State.SENT}:
        assert control.queue(letter)
    if state == State.PAUSED:
        assert control.pause(letter)
    elif state == State.SENT:
        Delivery.objects.update(state="sent", tried_at=clock.moment)
        assert control.finish(letter)
    elif state == State.CANCELLED:
        assert control.cancel(letter)
    elif state == State.SCHEDULED:
        assert control.schedule(letter, clock.moment)
    elif state == ASKED:
        assert ask_again(letter, clock.moment)
    letter.refresh_from_db()
    return letter
