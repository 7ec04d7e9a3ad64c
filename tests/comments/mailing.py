"""What the worker and the holder of an address do, step by step."""

import re
from datetime import timedelta

from django.utils import timezone

from comments import letters, readers
from comments.models import Comment, MailAsked
from outbox.models import Message
from tests.comments.steps import GOOD, URL
from tests.factories import make_comment

EMAIL = "ada@example.org"
CONFIRM_TITLE = "Is the comment on Footcare yours?"


def quiet(line):
    pass


def say(client, **values):
    """Write a comment under the seeded article, as a browser does; return it."""
    ours = {"Sec-Fetch-Site": "same-origin"}
    body = f"Number {Comment.objects.count()}."
    response = client.post(URL, GOOD | {"body": body} | values, headers=ours)
    assert response.status_code == 302
    return Comment.objects.latest("pk")


def work():
    while letters.answer_asked(quiet):
        pass


def a_while_later():
    MailAsked.objects.update(answered_at=timezone.now() - timedelta(minutes=5))


def link_in(message):
    """The path of the one link of the site in a mail."""
    (url,) = set(re.findall(r"http://testserver(/comments/\w+/[^\s/]+/)", message.text))
    return url


def confirm_link():
    work()
    return link_in(Message.objects.filter(subject=CONFIRM_TITLE).latest("pk"))


def press(client, link, answer, comments=()):
    ours = {"Sec-Fetch-Site": "same-origin"}
    data = {"answer": answer, "comment": [comment.pk for comment in comments]}
    return client.post(link, data, headers=ours)


def confirmed(email=EMAIL, article=None, **values):
    """A comment that the holder of its address has confirmed, past the pages."""
    comment = make_comment(article, email=email, **values)
    readers.confirm(email, [comment.pk])
    comment.refresh_from_db()
    return comment
