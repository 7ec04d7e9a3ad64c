"""An IMAP server that fails loses nothing, and one that nobody vouches for is not asked."""

import ssl

import pytest

from subscriptions.bounces import mailboxes
from tests.project.smtp_servers import CERTIFICATES
from tests.running import free_port
from tests.subscriptions.bounces.conftest import Imap
from tests.subscriptions.bounces.steps import (
    make_reader,
    make_sent,
    read,
    report_about,
    states,
)

pytestmark = pytest.mark.django_db


def test_the_server_is_asked_with_the_words_of_the_address(imap):
    read()

    assert 'LOGIN me "p@ss/\\"\\\\"' in imap.asked
    assert 'SELECT "INBOX/Bounces"' in imap.asked


@pytest.mark.parametrize("command", ["LOGIN", "SELECT", "SEARCH", "FETCH", "STORE"])
@pytest.mark.parametrize("way", ["refuse", "hang_up"])
def test_a_server_that_fails_is_told_and_loses_nothing(imap, command, way):
    sent = make_sent(make_reader())
    imap.add(report_about(sent))
    setattr(imap, way, command)

    done, (line,) = read()

    assert done == 0
    assert line.startswith("The mailbox of bounces cannot be read: ")
    assert "p@ss" not in line
    if way == "refuse":
        assert line.endswith(f"{command} is not for you")
    assert imap.marked() == []
    setattr(imap, way, "")
    assert read()[0] == 1
    assert states() == {sent.subscriber.email: "bounced"}


def test_a_server_that_says_nothing_is_not_waited_for(imap, monkeypatch):
    imap.silent = True
    monkeypatch.setattr(mailboxes, "TIMEOUT", 0.2)

    assert read() == (0, ["The mailbox of bounces cannot be read: timed out"])


def test_a_server_that_is_away_is_told(settings):
    settings.BOUNCE_MAILBOX = f"imaps://me:p@127.0.0.1:{free_port()}/INBOX"

    done, (line,) = read()

    assert (done, "refused" in line) == (0, True)


@pytest.fixture
def behind_tls(settings):
    servers = []

    def start(certificate):
        servers.append(Imap(CERTIFICATES / certificate))
        settings.BOUNCE_MAILBOX = f"imaps://me:p@localhost:{servers[0].port}/INBOX"
        return servers[0]

    yield start
    for server in servers:
        server.stop()


def test_a_certificate_that_is_good_is_taken(behind_tls, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / "localhost.pem"))
    sent = make_sent(make_reader())
    behind_tls("localhost.pem").add(report_about(sent))

    assert read()[0] == 1


@pytest.mark.parametrize("trusted", ["localhost.pem", "elsewhere.pem"])
def test_a_certificate_of_another_or_of_nobody_is_refused(
    behind_tls, monkeypatch, trusted
):
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATES / trusted))
    server = behind_tls("elsewhere.pem")
    server.add(b"x")

    done, (line,) = read()

    assert (done, "certificate verify failed" in line) == (0, True)
    assert server.asked == []


def test_good_certificates_are_those_that_the_machine_trusts(behind_tls):
    assert ssl.get_default_verify_paths()
    behind_tls("localhost.pem")

    assert "certificate verify failed" in read()[1][0]
