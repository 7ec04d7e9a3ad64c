"""Mail servers on loopback that take mail, or fail in the ways that servers fail."""

import socket
import ssl
from contextlib import contextmanager
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.outbox.conftest import Mailbox
from tests.running import free_port

CERTIFICATES = Path(__file__).resolve().parents[1] / "certificates"


class _Server(Controller):
    """Speaks TLS from the first byte with ``is_tls``, else when it is asked to."""

    def __init__(self, handler, context, is_tls, **options):
        self.options = options | ({"tls_context": context} if not is_tls else {})
        super().__init__(
            handler,
            hostname="127.0.0.1",
            port=free_port(),
            ssl_context=context if is_tls else None,
        )

    def factory(self):
        return SMTP(self.handler, hostname="mail.test", **self.options)


@contextmanager
def mail_server(settings, certificate="", *, is_tls=False, handler=None, **options):
    """A server at which the settings look; it gives its handler."""
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / certificate)
    server = _Server(handler or Mailbox(), context, is_tls, **options)
    server.start()
    look_at(settings, server.port)
    settings.EMAIL_USE_TLS = bool(certificate) and not is_tls
    settings.EMAIL_USE_SSL = is_tls
    try:
        yield server.handler
    finally:
        server.stop(no_assert=True)


@contextmanager
def silent_server(settings):
    """Takes the call, and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        look_at(settings, listening.getsockname()[1])
        settings.EMAIL_TIMEOUT = 0.2
        yield


def look_at(settings, port):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", port


def refuse_everybody(server, session, envelope, mechanism, data):
    return AuthResult(success=False, handled=False)


def let_in(server, session, envelope, mechanism, data):
    return AuthResult(success=data == LoginPassword(b"me", b"secret"))
