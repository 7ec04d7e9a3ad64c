"""What a reader and the worker do, step by step."""

from datetime import timedelta

from django.utils import timezone

from subscriptions import joining
from subscriptions.models import Request

EMAIL = "reader@example.org"


def quiet(line):
    pass


def ask(client, email=EMAIL, **values):
    return client.post("/subscribe/", {"email": email} | values)


def work():
    while joining.answer_requests(quiet):
        pass


def a_while_later():
    Request.objects.update(answered_at=timezone.now() - timedelta(minutes=5))


def path_of(url):
    assert url.startswith("http://testserver/")
    return url.removeprefix("http://testserver")
