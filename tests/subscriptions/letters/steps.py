"""Writing a letter and sending it."""

from django.utils import timezone

from subscriptions.letters import control, delivery
from subscriptions.models import Delivery, Letter, Turnstile
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


def work(report=quiet):
    while delivery.send_letters(report):
        pass


def later():
    """All pauses are over."""
    unsent = Delivery.objects.filter(state__in=["queued", "uncertain"])
    unsent.update(due_at=timezone.now())
    Turnstile.objects.update(free_at=timezone.now())


def work_to_the_end(report=quiet, turns=20):
    for _ in range(turns):
        later()
        work(report)


def states(letter):
    """The state of each delivery, in order."""
    return list(letter.deliveries.order_by("pk").values_list("state", flat=True))


def ask_again(letter, since):
    """As if the worker had found that its time passed long ago."""
    return control._ask_stale(Letter.objects.filter(pk=letter.pk), since)
