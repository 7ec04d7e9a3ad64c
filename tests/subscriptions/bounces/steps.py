"""Letters that were sent, and what servers say of them."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from subscriptions import tokens
from subscriptions.bounces import mailboxes
from subscriptions.models import Delivery, Subscriber
from tests.factories import make_subscriber
from tests.subscriptions.letters.steps import make_letter

SAMPLES = Path(__file__).parent / "samples"


def ago(**time):
    return timezone.now() - timedelta(**time)


def make_reader(**values):
    """A reader who confirmed long ago."""
    return make_subscriber(state="confirmed", confirmed_at=ago(days=365), **values)


def make_sent(reader, letter=None, **values):
    """A letter that a server took for ``reader``."""
    values = {"state": "sent", "tried_at": timezone.now()} | values
    return Delivery.objects.create(
        letter=letter or make_letter(), subscriber=reader, **values
    )


def message_id(delivery):
    token = tokens.make("delivery", delivery.pk, delivery.letter.mark)
    return f"<{token}@testserver>"


def sample(name, to="reader@example.org", id="<unknown@testserver>"):
    text = (SAMPLES / f"{name}.eml").read_text("utf-8")
    return text.replace("{to}", to).replace("{id}", id).encode()


def report_about(delivery, name="postfix"):
    return sample(name, delivery.subscriber.email, message_id(delivery))


def states():
    return dict(Subscriber.objects.values_list("email", "state"))


def read():
    """How many mails the worker read in one turn, and what it said."""
    lines = []
    return mailboxes.read_bounces(lines.append), lines
