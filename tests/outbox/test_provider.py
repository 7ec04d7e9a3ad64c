"""A mail that leaves by a provider's interface: what each answer means for it."""

import socket

import pytest
from django.core.mail import EmailMessage

from outbox.line import Blames, DeliveryError, Envelope, Line
from tests.outbox.provider import provider
from tests.running import free_port

__all__ = ["provider"]


@pytest.fixture
def line():
    one = Line()
    yield one
    one.close()


def envelope(to="reader@example.org", **values):
    def message():
        mail = EmailMessage("Subject", "Words", to=[to])
        for name, value in values.items():
            setattr(mail, name, value)
        return mail

    return Envelope("letters@testserver", to, lambda: b"", message)


def refusal(line, mail=None):
    with pytest.raises(DeliveryError) as caught:
        line.send(mail or envelope())
    error = caught.value
    return error.blames, error.is_permanent, error.in_doubt


def test_a_mail_is_taken_with_what_we_know_it_by(provider, line):
    line.send(envelope(metadata={"delivery": "1-tag"}))

    (mail,) = provider.mails
    assert (mail["To"], mail["Subject"]) == ("reader@example.org", "Subject")
    assert mail["Metadata"] == {"delivery": "1-tag"}


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (400, (Blames.MAIL, True, False)),
        (422, (Blames.MAIL, True, False)),
        (401, (Blames.LINE, False, False)),
        (404, (Blames.LINE, False, False)),
        (429, (Blames.LINE, False, False)),
        (500, (Blames.LINE, False, False)),
        (503, (Blames.LINE, False, False)),
        (502, (Blames.LINE, False, True)),
        (504, (Blames.LINE, False, True)),
        (201, (Blames.LINE, False, True)),
        ("hang up", (Blames.LINE, False, True)),
        ("silence", (Blames.LINE, False, True)),
    ],
)
def test_each_answer_has_its_meaning(provider, line, answer, meaning):
    provider.answers = [answer]

    assert refusal(line) == meaning

    line.send(envelope())
    assert len(provider.mails) == 1


def test_the_words_of_the_provider_are_told(provider, line):
    provider.answers = [422]

    with pytest.raises(DeliveryError, match=r"422 .*No, said 422"):
        line.send(envelope())


def test_an_address_that_is_none_is_the_mails_fault(provider, line):
    assert refusal(line, envelope(to="no address")) == (Blames.MAIL, True, False)
    assert provider.mails == []


def test_what_cannot_be_written_down_is_the_mails_fault(provider, line):
    odd = envelope(metadata={"delivery": object()})

    assert refusal(line, odd) == (Blames.MAIL, True, False)


def test_a_provider_that_is_away_got_nothing(provider, line, settings):
    settings.ANYMAIL["POSTMARK_API_URL"] = f"http://127.0.0.1:{free_port()}/"

    assert refusal(line) == (Blames.LINE, False, False)


def test_a_provider_without_a_certificate_got_nothing(provider, line, settings):
    settings.ANYMAIL["POSTMARK_API_URL"] = provider.url.replace("http:", "https:")

    assert refusal(line) == (Blames.LINE, False, False)


def test_a_provider_that_does_not_take_the_call_got_nothing(provider, line, settings):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = []
        for _ in range(2):  # as many as wait to be taken
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        settings.ANYMAIL["POSTMARK_API_URL"] = f"http://127.0.0.1:{port}/"
        try:
            assert refusal(line) == (Blames.LINE, False, False)
        finally:
            for one in waiting:
                one.close()


def test_a_provider_that_refuses_every_recipient_refuses_the_mail(
    provider, line, settings
):
    from anymail.message import AnymailRecipientStatus

    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    status = AnymailRecipientStatus(message_id=None, status="rejected")
    odd = envelope(
        anymail_test_response={"recipient_status": {"reader@example.org": status}}
    )

    assert refusal(line, odd) == (Blames.MAIL, True, False)
