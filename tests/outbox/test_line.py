"""The line to the mail server: whom it blames, what it doubts, when it is made anew."""

import shutil
import smtplib
import ssl
import subprocess
import time

import pytest
from aiosmtpd.controller import Controller
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from outbox import line as lines
from outbox.line import Blames, DeliveryError, Envelope, Line
from tests.outbox.conftest import Mailbox
from tests.running import free_port

DATA = b"Message-ID: <1@testserver>\r\n\r\nWalk.\r\n"


@pytest.fixture
def line():
    one = Line()
    yield one
    one.close()


@pytest.fixture(autouse=True, params=[False, True], ids=["one by one", "pipelined"])
def _manners(request, mail_server):
    mail_server.is_pipelined = request.param


def envelope(to="reader@example.org", data=DATA):
    return Envelope(
        sender="Feet <letters@testserver>",
        to=to,
        data=lambda: data,
        message=lambda: EmailMessage("Feet", "Walk.", to=[to]),
    )


def failing(server, step, answer):
    """Let ``server`` give ``answer`` at ``step``, and only there."""
    server.plan = lambda at, address: answer if at == step else None


def failure(line, **values):
    with pytest.raises(DeliveryError) as raised:
        line.send(envelope(**values))
    return raised.value


@pytest.mark.parametrize("step", ["connect", "ehlo", "mail"])
@pytest.mark.parametrize("answer", ["drop", "421 closing", "451 later", "554 not you"])
def test_what_fails_before_a_reader_is_named_is_the_lines_fault(
    mail_server, line, step, answer
):
    failing(mail_server, step, answer)

    error = failure(line)

    assert (error.blames, error.in_doubt) == (Blames.LINE, False)
    failing(mail_server, step, None)
    line.send(envelope())
    assert mail_server.addresses == ["reader@example.org"]


@pytest.mark.parametrize("step", ["rcpt", "data", "dot"])
@pytest.mark.parametrize(
    ("answer", "is_permanent"),
    [("421 closing", False), ("450 later", False), ("550 no", True), ("554 no", True)],
)
def test_an_answer_to_a_mail_is_about_the_mail_and_leaves_no_doubt(
    mail_server, line, step, answer, is_permanent
):
    failing(mail_server, step, answer)

    error = failure(line)

    assert error.blames is Blames.MAIL
    assert (error.is_permanent, error.in_doubt) == (is_permanent, False)
    assert str(error) == answer
    failing(mail_server, step, None)
    line.send(envelope("next@example.org"))
    assert mail_server.addresses == ["next@example.org"]
    assert mail_server.connections == (2 if answer.startswith("421") else 1)


@pytest.mark.parametrize("step", ["rcpt", "data", "dot", "taken"])
@pytest.mark.parametrize("how", ["drop", "hang"])
def test_only_what_was_handed_over_whole_is_in_doubt(
    mail_server, line, settings, step, how
):
    settings.EMAIL_TIMEOUT = 0.2
    if step == "taken":
        failing(mail_server, "dot", f"taken, then {how}")
    else:
        failing(mail_server, step, how)

    error = failure(line)

    assert error.blames is Blames.MAIL
    assert error.in_doubt == (step in {"dot", "taken"})
    assert not error.is_permanent
    failing(mail_server, step, None)
    line.send(envelope("next@example.org"))
    assert mail_server.addresses[-1] == "next@example.org"


def test_a_mail_that_breaks_off_within_is_not_in_doubt(mail_server, line):
    failing(mail_server, "body", "drop")

    error = failure(line, data=DATA + b"Walk on.\r\n" * 2_000_000)

    assert (error.blames, error.in_doubt) == (Blames.MAIL, False)
    assert mail_server.taken == []


def test_an_answer_that_says_nothing_leaves_doubt(mail_server, line):
    failing(mail_server, "dot", "hello?")

    assert failure(line).in_doubt


def test_a_server_that_takes_a_mail_to_nobody_gets_none(mail_server, line):
    mail_server.is_careless = True
    failing(mail_server, "rcpt", "550 no")

    error = failure(line)

    assert (error.blames, error.is_permanent) == (Blames.MAIL, True)
    failing(mail_server, "rcpt", None)
    line.send(envelope("next@example.org"))
    assert mail_server.addresses == ["next@example.org"]


def test_a_line_over_which_a_mail_was_refused_is_a_kept_one_too(mail_server, line):
    failing(mail_server, "rcpt", "550 no")
    failure(line)
    answers = ["drop"]
    mail_server.plan = lambda step, address: (
        answers.pop() if step == "mail" and answers else None
    )

    line.send(envelope())

    assert len(mail_server.taken) == 1


@pytest.mark.parametrize("answer", ["250 yes", "251 forwarded", "252 perhaps"])
def test_every_kind_of_yes_is_one(mail_server, line, answer):
    failing(mail_server, "rcpt", answer)
    mail_server.plan = lambda at, address: answer if at in {"rcpt", "mail"} else None

    line.send(envelope())

    assert len(mail_server.taken) == 1


def test_the_answer_to_a_whole_mail_is_waited_for_longer(mail_server, line, settings):
    settings.EMAIL_TIMEOUT = 0.2

    def plan(step, address):
        if step == "dot":
            time.sleep(0.5)

    mail_server.plan = plan

    line.send(envelope())

    assert len(mail_server.taken) == 1


def test_a_mail_whose_time_has_passed_is_not_handed_over(mail_server, line):
    with pytest.raises(DeliveryError) as raised:
        line.send(envelope(), until=time.time() - 1)

    assert (raised.value.blames, raised.value.in_doubt) == (Blames.LINE, False)
    assert mail_server.taken == []


@pytest.mark.parametrize("at", [1, 2, 3, 4])
def test_a_mistake_of_ours_leaves_no_line_on_which_answers_are_mixed_up(
    mail_server, line, monkeypatch, at
):
    line.send(envelope("first@example.org"))
    real, calls = smtplib.SMTP.getreply, []

    def getreply(smtp):
        calls.append(smtp)
        if len(calls) == at:
            raise KeyError("a mistake")
        return real(smtp)

    with monkeypatch.context() as patch:
        patch.setattr(smtplib.SMTP, "getreply", getreply)
        mistake = failure(line, to="second@example.org")
    assert (mistake.blames, mistake.in_doubt) == (Blames.MAIL, True)
    failing(mail_server, "rcpt", "550 no")

    assert failure(line, to="third@example.org").is_permanent
    assert mail_server.connections == 2


def test_one_line_carries_many_mails_and_is_replaced_in_time(
    mail_server, line, monkeypatch
):
    monkeypatch.setattr(lines, "MAILS_A_LINE", 3)

    for number in range(7):
        line.send(envelope(f"reader{number}@example.org"))

    assert len(mail_server.taken) == 7
    assert mail_server.connections == 3


def test_an_idle_line_is_replaced(mail_server, line, monkeypatch):
    line.send(envelope())
    line.close_if_idle()
    line.send(envelope())
    assert mail_server.connections == 1

    monkeypatch.setattr(lines, "IDLE", -1)
    line.send(envelope())
    assert mail_server.connections == 2
    line.close_if_idle()
    monkeypatch.setattr(lines, "IDLE", 20)
    line.send(envelope())
    assert mail_server.connections == 3


@pytest.mark.parametrize("answer", ["drop", "421 too long", "451 enough for one line"])
def test_a_kept_line_that_ends_before_a_mail_is_no_failure(mail_server, line, answer):
    line.send(envelope())
    answers = [answer]
    mail_server.plan = lambda step, address: (
        answers.pop() if step == "mail" and answers else None
    )

    line.send(envelope("next@example.org"))

    assert mail_server.addresses == ["reader@example.org", "next@example.org"]
    assert mail_server.connections == 2


def test_nothing_in_an_address_becomes_a_command(mail_server, line):
    line.send(envelope("a@example.org>\r\nRCPT TO:<victim@example.org"))

    assert mail_server.addresses == ["a@example.org"]


@pytest.mark.parametrize("address", ["", "nobody", "ä@example.org", "@"])
def test_what_is_no_address_is_refused_here_or_there_and_blames_no_line(
    mail_server, line, address
):
    mail_server.plan = lambda step, to: (
        "553 no" if step == "rcpt" and "@example" not in to else None
    )

    error = failure(line, to=address)

    assert (error.blames, error.is_permanent) == (Blames.MAIL, True)
    assert mail_server.taken == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not shutil.which("openssl"):
        pytest.skip("There is no openssl here: install Debian's openssl.")
    folder = tmp_path_factory.mktemp("certificate")
    files = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
         "-addext", "keyUsage=critical,keyCertSign,digitalSignature",
         "-out", files[0], "-keyout", files[1]],
        check=True, capture_output=True,
    )  # fmt: skip
    return files


@pytest.fixture
def encrypted(certificate, settings):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    handler = Mailbox()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=context,
        require_starttls=True,
    )
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", controller.port
    settings.EMAIL_USE_TLS = True
    yield handler
    controller.stop()


def test_a_letter_goes_over_an_encrypted_line(
    encrypted, certificate, line, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    line.send(envelope())

    assert len(encrypted.mails) == 1


def test_a_certificate_that_nobody_vouches_for_is_the_lines_fault(encrypted, line):
    error = failure(line)

    assert error.blames is Blames.LINE
    assert "certificate" in str(error)
    assert encrypted.mails == []


def test_a_server_that_cannot_encrypt_gets_nothing(mail_server, line, settings):
    settings.EMAIL_USE_TLS = True

    assert failure(line).blames is Blames.LINE
    assert mail_server.taken == []


class Provider(BaseEmailBackend):
    """Fails as the backend of a provider does."""

    error: Exception

    def send_messages(self, mails):
        raise self.error


class NoAnswerError(OSError):
    """As requests has it: an OSError without a number of the system's."""


class RefusedError(Exception):
    """As django-anymail has it: an error of no kind that Django knows."""


@pytest.mark.parametrize(
    ("error", "blames", "is_permanent", "in_doubt"),
    [
        (ConnectionRefusedError(111, "refused"), Blames.LINE, False, False),
        (NoAnswerError("timed out"), Blames.LINE, False, True),
        (ValueError("no address"), Blames.MAIL, True, False),
        (RefusedError("all refused"), Blames.MAIL, True, False),
    ],
)
def test_what_a_provider_says_is_judged_in_the_same_way(
    settings, line, error, blames, is_permanent, in_doubt
):
    settings.EMAIL_BACKEND = f"{__name__}.Provider"
    Provider.error = error

    found = failure(line)

    assert (found.blames, found.is_permanent, found.in_doubt) == (
        blames, is_permanent, in_doubt,
    )  # fmt: skip


def test_what_a_server_says_is_kept_as_one_line_without_controls(mail_server, line):
    failing(mail_server, "rcpt", "550 no\x00 \x1b[2J\u202ewho\x07")

    assert str(failure(line)) == "550 no\\x00 \\x1b[2J\\u202ewho\\x07"


def test_no_backend_is_given_a_mail_too_late(settings, line, tmp_path):
    settings.EMAIL_BACKEND = "outbox.backends.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path

    with pytest.raises(DeliveryError) as raised:
        line.send(envelope(), until=time.time() - 1)

    assert raised.value.blames is Blames.LINE
    assert list(tmp_path.iterdir()) == []


class UnsetBackend(BaseEmailBackend):
    def __init__(self, **options):
        raise ImproperlyConfigured("The key is missing.")


def test_a_backend_that_lacks_a_setting_is_the_lines_fault(settings, line):
    settings.EMAIL_BACKEND = f"{__name__}.UnsetBackend"

    error = failure(line)

    assert (str(error), error.blames) == ("The key is missing.", Blames.LINE)
