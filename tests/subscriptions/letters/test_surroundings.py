"""What is found about the site itself before a letter is sent."""

import pytest

from subscriptions.letters import preflight
from subscriptions.models import SendingSettings
from tests.subscriptions.letters.looking import levels, look, make_worded
from tests.subscriptions.letters.steps import make_letter

pytestmark = pytest.mark.django_db


def site_at(settings, url, email_url=True):
    settings.SITE_URL = url
    settings.SITE_IS_HTTPS = url.startswith("https")
    settings.MAILS_ARE_KEPT = not email_url
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "mail.example.org"


@pytest.mark.parametrize(
    ("url", "level"),
    [
        ("https://feet.example", "ok"),
        ("http://feet.example", "hint"),
        ("https://192.168.1.5", "hint"),
        ("https://feet.lan", "hint"),
        ("https://intranet", "hint"),
        ("http://localhost:8000", "stops"),
        ("http://127.0.0.1:8000", "stops"),
        ("http://[::1]:8000", "stops"),
    ],
)
def test_where_the_links_lead(settings, url, level):
    site_at(settings, url)

    assert levels(make_letter(), "Address of the site") == [level]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_a_trial_on_one_machine_is_told_and_not_stopped(settings, host):
    site_at(settings, "http://localhost:8000")
    settings.EMAIL_HOST, settings.FROM_EMAIL = host, ""

    assert levels(make_letter(), "Address of the site") == ["hint"]
    assert levels(make_letter(), "Sender") == ["hint"]


def test_where_mails_are_kept_nothing_about_the_site_stops(settings):
    site_at(settings, "http://localhost:8000", email_url=False)
    settings.FROM_EMAIL = ""

    found = preflight.look_at(make_worded(), 1)

    assert preflight.what_stops(found) == []
    assert levels(make_letter(), "Mail server") == ["hint"]


@pytest.mark.parametrize(
    ("sender", "level"),
    [
        ("Feet <letters@feet.example>", "ok"),
        ("letters@FEET.example", "ok"),
        ("letters@gmail.example", "hint"),
        ("letters@eet.example", "hint"),
        ("", "stops"),
        ("nobody", "stops"),
    ],
)
def test_who_it_comes_from(settings, sender, level):
    site_at(settings, "https://www.feet.example")
    settings.FROM_EMAIL = sender

    assert levels(make_letter(), "Sender") == [level]


def test_the_shape_of_the_records_is_told_where_mails_leave(settings):
    site_at(settings, "https://feet.example")
    settings.DEFAULT_FROM_EMAIL = "letters@feet.example"

    ((level, words),) = look(make_letter(), "SPF, DKIM and DMARC")

    assert level == "hint"
    for part in ("v=spf1", "_domainkey.feet.example", "_dmarc.feet.example"):
        assert part in words


def test_a_missing_postal_address_is_told():
    assert levels(make_letter(), "Postal address") == ["hint"]

    SendingSettings.objects.create(pk=1, imprint="1 Sole Street")

    assert levels(make_letter(), "Postal address") == ["ok"]
