"""What the doctor says of a mail server, by what real ones do."""

import pytest

from footcare.doctor import server
from footcare.doctor.findings import Level
from tests.outbox.conftest import Mailbox
from tests.project.smtp_servers import (
    CERTIFICATES,
    let_in,
    look_at,
    mail_server,
    refuse_everybody,
    silent_server,
)
from tests.project.test_doctor import _good, run
from tests.running import free_port

__all__ = ["_good"]


@pytest.fixture(autouse=True)
def _trusted(monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "localhost.pem"))


def told():
    (finding,) = server.answers()
    return finding.level, finding.words


def test_a_server_in_clear_is_told(settings):
    with mail_server(settings) as mailbox:
        level, words = told()

    assert level == Level.OK
    assert words.endswith("takes mail, in clear, without a log-in.")
    assert mailbox.mails == []


@pytest.mark.parametrize("is_tls", [True, False])
def test_an_encrypted_server_with_a_log_in_is_told(settings, is_tls):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "secret"
    options = {"authenticator": let_in, "auth_require_tls": not is_tls}
    with mail_server(settings, "localhost.pem", is_tls=is_tls, **options):
        level, words = told()

    assert level == Level.OK
    assert words.endswith("takes mail, TLSv1.3, as me.")


@pytest.mark.parametrize("is_tls", [True, False])
def test_a_certificate_for_another_name_is_told(settings, monkeypatch, is_tls):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "elsewhere.pem"))
    with mail_server(settings, "elsewhere.pem", is_tls=is_tls):
        level, words = told()

    assert level == Level.WRONG
    assert "not good for this name (Hostname mismatch" in words


def test_a_certificate_that_nobody_knows_is_told(settings, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "elsewhere.pem"))
    with mail_server(settings, "localhost.pem"):
        assert "(self-signed certificate)" in told()[1]


def test_a_log_in_that_is_refused_is_told_with_the_servers_words(settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "me", "wrong"
    with mail_server(settings, "localhost.pem", authenticator=refuse_everybody):
        level, words = told()

    assert level == Level.WRONG
    assert "refuses the log-in (535 5.7.8 Authentication credentials invalid)" in words


def test_a_server_without_encryption_is_told(settings):
    with mail_server(settings):
        settings.EMAIL_USE_TLS = True
        level, words = told()

    assert (level, "STARTTLS extension not supported" in words) == (Level.WRONG, True)


def test_the_wrong_kind_of_encryption_is_told(settings):
    with mail_server(settings):
        settings.EMAIL_USE_SSL = True
        level, words = told()

    assert (level, "Port 587 wants smtp+tls" in words) == (Level.WRONG, True)


def test_a_silent_server_is_not_waited_for(settings):
    with silent_server(settings):
        level, words = told()

    assert (level, "says nothing" in words) == (Level.WRONG, True)


def test_a_closed_port_is_told(settings):
    look_at(settings, free_port())

    level, words = told()

    assert (level, "Connection refused" in words) == (Level.WRONG, True)


class RefusesSenders(Mailbox):
    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        return f"553 5.7.1 {address} is not yours"


def test_a_sender_that_is_refused_is_told(settings):
    settings.BOUNCE_ADDRESS = "bounces@testserver"
    with mail_server(settings, handler=RefusesSenders()):
        level, words = told()

    assert level == Level.WRONG
    assert words.endswith(
        "does not take mail from bounces@testserver: "
        "553 5.7.1 bounces@testserver is not yours"
    )


@pytest.mark.parametrize(
    ("values", "found"),
    [
        ({"EMAIL_HOST": "mail.example.org"}, [Level.WRONG]),
        ({"EMAIL_HOST": "mail.example.org", "EMAIL_USE_TLS": True}, [Level.OK]),
        ({"EMAIL_HOST": "mail.example.org", "EMAIL_USE_SSL": True}, [Level.OK]),
        ({"EMAIL_HOST": "127.0.0.1"}, [Level.OK]),
        ({"EMAIL_HOST": "mail.example.org", "MAILS_ARE_KEPT": True}, []),
        ({"EMAIL_HOST": "mail.example.org", "MAIL_PROVIDER": "postmark"}, []),
    ],
)
def test_mail_in_clear_stays_on_this_machine(settings, values, found):
    for name, value in values.items():
        setattr(settings, name, value)

    assert [finding.level for finding in server.is_encrypted()] == found


@pytest.mark.parametrize(
    ("values", "level"),
    [({"MAILS_ARE_KEPT": True}, Level.HINT), ({"MAIL_PROVIDER": "postmark"}, Level.OK)],
)
def test_without_a_server_none_is_asked(settings, values, level):
    look_at(settings, free_port())
    for name, value in values.items():
        setattr(settings, name, value)

    assert told()[0] == level


@pytest.mark.django_db
@pytest.mark.usefixtures("_good")
def test_a_mail_is_sent_to_whoever_asks_for_one(settings):
    with mail_server(settings) as mailbox:
        lines, is_wrong = run("--send-to", "me@example.org")

    (mail,) = mailbox.mails
    assert not is_wrong
    assert lines[-1].startswith("ok     The mail to me@example.org was taken.")
    assert (mail["To"], mail["From"]) == (
        "me@example.org",
        "Feet <letters@feet.example>",
    )


@pytest.mark.django_db
@pytest.mark.usefixtures("_good")
@pytest.mark.parametrize(
    ("address", "answer", "words"),
    [
        ("me@example.org", "rcpt 550 5.1.1 nobody here", "550 5.1.1 nobody here"),
        ("me@example.org", "554 5.7.1 spam", "554 5.7.1 spam"),
        ("me", "", "me is no address."),
        ("me@example.org\nBcc: x@example.org", "", "is no address."),
    ],
)
def test_a_mail_that_is_not_taken_is_told(settings, address, answer, words):
    with mail_server(settings) as mailbox:
        mailbox.answers = [answer] if answer else []
        lines, is_wrong = run("--send-to", address)

    assert is_wrong
    assert lines[-1].startswith("wrong  ")
    assert lines[-1].endswith(words)
    assert mailbox.mails == []
