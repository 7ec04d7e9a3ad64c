import pytest
from django.conf import settings
from django.test import Client

from tests.factories import make_subscriber


@pytest.fixture
def tokens(site, _one_connection):
    """Of the links to confirm and to leave."""
    subscriber = make_subscriber()
    return tuple(
        url.split("/")[-2] for url in (subscriber.confirm_url, subscriber.leave_url)
    )


@pytest.fixture
def owners_cookie(site, admin_user):
    client = Client()
    client.force_login(admin_user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return f"sessionid={session}; csrftoken={'t' * 32}"
