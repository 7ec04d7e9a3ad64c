"""A real SMTP server on loopback."""

import email
import email.policy
import socket

import pytest
from aiosmtpd.controller import Controller

from tests.outbox.mail_server import MailServer


class Mailbox:
    """An SMTP server's handler: keeps what it takes, or answers what it is told to."""

    def __init__(self):
        self.mails, self.raw, self.answers = [], [], []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if self.answers and self.answers[0].startswith("rcpt "):
            return self.answers.pop(0).removeprefix("rcpt ")
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.answers:
            answer = self.answers.pop(0)
            if answer == "hang up":
                server.transport.close()
            return answer
        self.raw.append(envelope.content.decode())
        self.mails.append(
            email.message_from_bytes(envelope.content, policy=email.policy.default)
        )
        return "250 OK"


@pytest.fixture
def mailbox(settings):
    handler = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield handler
    controller.stop()


@pytest.fixture
def site_settings(db):
    from articles.models import SiteSettings

    return SiteSettings(name="Foot & Care")


@pytest.fixture
def mail_server(settings):
    """One that fails where a test wants it to."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_TIMEOUT = 5
    yield server
    server.end()
