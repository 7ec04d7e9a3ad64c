"""An e-mail provider in place of a mail server: what the environment says of it."""

import pytest

from tests.project.test_settings import KEY, run, settings_with

MODULE = "footcare.settings"
PROVIDER = {
    "MAIL_PROVIDER": "mailgun",
    "MAIL_PROVIDER_SETTINGS": "api_key=key, sender_domain=example.org",
    "MAIL_WEBHOOK_SECRET": "mailgun:0123456789abcdef",
}


def test_an_e_mail_provider_is_named_by_three_variables():
    values = settings_with(**PROVIDER)

    assert values["EMAIL_BACKEND"] == "anymail.backends.mailgun.EmailBackend"
    assert values["ANYMAIL"] == {
        "MAILGUN_API_KEY": "key",
        "MAILGUN_SENDER_DOMAIN": "example.org",
        "WEBHOOK_SECRET": "mailgun:0123456789abcdef",
        "REQUESTS_TIMEOUT": 20,
    }
    assert values["MAILS_ARE_KEPT"] is False
    assert "anymail" in values["INSTALLED_APPS"]


@pytest.mark.parametrize(
    "secret", ["", "short:secret", "0123456789abcdef", "a:b c" * 9]
)
def test_a_provider_without_a_good_secret_is_refused(secret):
    done = run(
        "manage.py",
        "check",
        SECRET_KEY=KEY,
        **PROVIDER | {"MAIL_WEBHOOK_SECRET": secret},
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Footcare cannot start: MAIL_WEBHOOK_SECRET ")


def test_a_provider_and_a_mail_server_are_one_too_many():
    done = run(
        "manage.py", "check", SECRET_KEY=KEY, EMAIL_URL="smtp://localhost", **PROVIDER
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Footcare cannot start: MAIL_PROVIDER and EMAIL_URL")


def test_the_door_for_a_provider_is_there_with_one():
    ask = (
        "import django; django.setup(); from django.urls import resolve; "
        "print(resolve('/mail/mailgun/tracking/').url_name)"
    )

    done = run("-c", ask, SECRET_KEY=KEY, DJANGO_SETTINGS_MODULE=MODULE, **PROVIDER)

    assert done.stdout.strip() == "mailgun_tracking_webhook", done.stderr


def test_without_a_provider_none_of_its_code_is_loaded():
    ask = "import sys, django; django.setup(); import outbox.line; print('anymail' in sys.modules)"

    done = run("-c", ask, SECRET_KEY=KEY, DJANGO_SETTINGS_MODULE=MODULE)

    assert done.stdout.strip() == "False"
