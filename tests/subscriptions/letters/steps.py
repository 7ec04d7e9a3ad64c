"""Writing a letter and sending it."""

from subscriptions.letters import control, delivery
from subscriptions.models import Letter
from tests.factories import make_subscriber


def quiet(line):
    pass


def make_readers(count):
    return [make_subscriber(state="confirmed") for _ in range(count)]


def make_letter(**values):
    defaults = {"subject": "News of feet", "body": "Walk barefoot."}
    return Letter.objects.create(**defaults | values)


def send(letter):
    """Queue ``letter`` and let the worker do all that is due."""
    assert control.queue(letter)
    work()
    letter.refresh_from_db()


def work():
    while delivery.send_letters(quiet):
        pass
