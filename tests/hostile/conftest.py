import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from comments import letters, moderators
from comments.answer_mail import mute_link
from comments.models import Comment, MailAsked
from subscriptions import moving
from subscriptions.models import Request
from tests.comments.mailing import confirmed
from tests.factories import make_comment, make_subscriber


@pytest.fixture
def tokens(site, _one_connection):
    """Of the links to confirm and to leave, to what readers said, and to decide about it."""
    subscriber = make_subscriber(state="confirmed")
    move = Request.objects.create(email="new@example.org", moves=subscriber)
    reader = confirmed("reader@example.org").reader
    asked = [MailAsked(email=reader.email, kind=kind) for kind in MailAsked.Kind]
    for one in asked:
        one.save()
    urls = [
        subscriber.confirm_url,
        subscriber.leave_url,
        subscriber.preferences_url,
        moving.link_to(move),
        mute_link(reader, [1]),
        *map(letters.link_to, asked),
    ]
    waits = make_comment(status=Comment.Status.WAITING)
    check = moderators.token_for(waits, User.objects.create_superuser("moderator"))
    return (*(url.split("/")[-2] for url in urls), check)


@pytest.fixture
def owners_cookie(site, admin_user):
    client = Client()
    client.force_login(admin_user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"sessionid={session}; csrftoken={'t' * 32}"
