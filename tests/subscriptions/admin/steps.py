"""An editor at the desk of a letter."""

from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import timezone

from subscriptions.letters import control, seen
from subscriptions.models import Delivery, Letter
from tests.subscriptions.letters.steps import make_letter, make_readers

LIST = reverse("admin:subscriptions_letter_changelist")
ADD = reverse("admin:subscriptions_letter_add")


def make_editor(*may, name="editor"):
    user = User.objects.create_user(name, f"{name}@example.org", "x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=may))
    return user


def address(letter, name="desk", *more):
    return reverse(f"admin:subscriptions_letter_{name}", args=[letter.pk, *more])


def page(client, letter, query=""):
    response = client.get(f"{address(letter)}{query}")
    assert response.status_code == 200
    return response


def press(client, letter, do, **more):
    return client.post(address(letter), {"do": do, **more})


def send(client, letter, mark=None):
    """Press the button of the page that asks once more, as the letter is now."""
    fresh = Letter.objects.get(pk=letter.pk)
    return client.post(
        address(letter, "send"), {"seen": seen.mark_of(fresh) if mark is None else mark}
    )


def schedule(client, letter, at, mark=None):
    mark = seen.mark_of(Letter.objects.get(pk=letter.pk)) if mark is None else mark
    return press(client, letter, "schedule", at=at, seen=mark)


def html_of(response):
    return response.content.decode()


def said(response):
    return [str(message) for message in response.wsgi_request._messages]


def state(letter):
    return Letter.objects.values_list("state", flat=True).get(pk=letter.pk)


def make_queued(readers=3, **values):
    """A letter that the worker is at."""
    make_readers(readers)
    letter = make_letter(**values)
    assert control.queue(letter)
    letter.refresh_from_db()
    return letter


def settle(letter, *states):
    """Let these become of the first deliveries of ``letter``."""
    rows = list(Delivery.objects.filter(letter=letter).order_by("pk"))
    for row, became in zip(rows, states, strict=False):
        Delivery.objects.filter(pk=row.pk).update(
            state=became, tried_at=timezone.now(), error="550 No such user"
        )
