"""The DNS records that an owner is told to set fit the settings, and nobody is asked."""

import socket
from io import StringIO

import pytest
from django.core.management import call_command


@pytest.fixture(autouse=True)
def _feet(settings, monkeypatch):
    """A site on the web whose mail leaves by somebody's server; there is no network."""
    settings.SITE_URL, settings.SITE_IS_LOCAL = "https://feet.example", False
    settings.FROM_EMAIL = settings.DEFAULT_FROM_EMAIL = "Feet <letters@feet.example>"
    settings.EMAIL_HOST = "smtp.relay.example"

    def no_network(*args, **kwargs):
        raise AssertionError("it asked the network")

    monkeypatch.setattr(socket, "socket", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)


def printed():
    out = StringIO()
    call_command("mail_check", stdout=out)
    return out.getvalue()


def lines():
    return [line for line in printed().splitlines() if line and line[0] != " "][:-1]


def test_the_usual_records_are_told():
    assert lines() == [
        'feet.example  TXT  "v=spf1 a:smtp.relay.example ~all"',
        "<selector>._domainkey.feet.example  TXT or CNAME  "
        "<the key that your mail server or provider shows you>",
        "_dmarc.feet.example  TXT  "
        '"v=DMARC1; p=none; rua=mailto:postmaster@feet.example"',
    ]


def test_each_record_is_explained():
    words = printed()

    assert all(name in words for name in ("SPF: ", "DKIM: ", "DMARC: "))


@pytest.mark.parametrize(
    ("values", "spf"),
    [
        ({"EMAIL_HOST": "smtp.gmail.com"}, "include:_spf.google.com"),
        ({"EMAIL_HOST": "localhost"}, "mx a:<the name of this machine>"),
        ({"MAIL_PROVIDER": "postmark"}, "include:<as your provider tells you>"),
        ({"MAILS_ARE_KEPT": True}, "include:<as your provider tells you>"),
    ],
)
def test_spf_names_who_sends(settings, values, spf):
    for name, value in values.items():
        setattr(settings, name, value)

    assert lines()[0] == f'feet.example  TXT  "v=spf1 {spf} ~all"'


def test_the_domain_of_bounces_needs_spf_and_a_mailbox(settings):
    settings.BOUNCE_ADDRESS = "back@bounces.feet.example"

    assert lines()[0].startswith("bounces.feet.example  TXT")
    assert "bounces.feet.example  MX  10 <the server of the mailbox>" in lines()
    assert "Note:" not in printed()


def test_ones_own_server_needs_its_name_backwards(settings):
    assert "PTR" not in printed()
    settings.EMAIL_HOST = "127.0.0.1"

    assert "  PTR  <the name of this machine>" in printed()


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ({"FROM_EMAIL": ""}, "FROM_EMAIL is not set"),
        ({"SITE_IS_LOCAL": True}, "SITE_URL is https://feet.example"),
        ({"SITE_URL": "https://hands.example"}, "come from feet.example and lead to hands."),
        ({"BOUNCE_ADDRESS": "b@else.example"}, "BOUNCE_ADDRESS is at else.example"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_noted(settings, values, note):
    for name, value in values.items():
        setattr(settings, name, value)

    assert note in printed().partition("\n")[0]


def test_a_site_under_the_senders_domain_fits(settings):
    settings.SITE_URL = "https://www.feet.example"

    assert "Note:" not in printed()
