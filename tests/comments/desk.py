"""A moderator at the queue, and what the queue is asked."""

from django.contrib.auth.models import Permission, User
from django.urls import reverse

from comments.models import Scrutiny
from comments.seen import mark_of
from tests.factories import make_comment

QUEUE = reverse("admin:comments_comment_queue")


def make_moderator(name="mod", *, may=("view_comment", "change_comment"), **values):
    user = User.objects.create_user(name, f"{name}@example.org", "x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=may))
    User.objects.filter(pk=user.pk).update(**values)
    return User.objects.get(pk=user.pk)


def make_suspect(
    article=None,
    *,
    score=40,
    reasons=(("names a dose", 40),),
    network="n" * 64,
    **values,
):
    """A comment that waits, with what the rules found in it."""
    values = {"status": "waiting", "email": "ada@example.org"} | values
    comment = make_comment(article, **values)
    reasons = [list(one) for one in reasons]
    Scrutiny.objects.create(
        comment=comment, score=score, reasons=reasons, network=network
    )
    return comment


def press(client, do, *comments, query="", **more):
    """Press a button of the queue at ``comments``, as they are now."""
    marks = more.pop("chosen", None) or [mark_of(one) for one in comments]
    return client.post(f"{QUEUE}{query}", {"do": do, "chosen": marks, **more})


def said(response):
    """What the queue tells after a press."""
    return [str(message) for message in response.wsgi_request._messages]
