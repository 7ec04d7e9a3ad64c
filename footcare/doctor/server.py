"""The mail server: asked just as the worker asks it, without a mail."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend

from footcare.doctor.findings import Finding, hint, ok, wrong

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def answers() -> Iterator[Finding]:
    """Connect, encrypt, log in, name the sender."""
    if settings.MAILS_ARE_KEPT:
        yield hint("Mails are kept as files: set EMAIL_URL, and they leave the house.")
        return
    if settings.MAIL_PROVIDER:
        yield ok(f"Mails leave by {settings.MAIL_PROVIDER}; --send-to tries it.")
        return
    backend = get_connection()
    if not isinstance(backend, EmailBackend):
        yield hint(f"Mails leave by {settings.EMAIL_BACKEND}, which nothing asks here.")
        return
    try:
        yield from _asked(backend)
    finally:
        with suppress(OSError):
            backend.close()


def is_encrypted() -> Iterator[Finding]:
    """In clear only on this machine."""
    if settings.MAILS_ARE_KEPT or settings.MAIL_PROVIDER:
        return
    if settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL:
        yield ok("Mails go to the server encrypted, and its certificate is looked at.")
    elif settings.EMAIL_HOST in _LOOPBACK:
        yield ok("Mails go to a server on this machine, unencrypted.")
    else:
        yield wrong(
            "Mails, addresses and the password go to the server in clear: write smtp+tls:// "
            "(port 587) or smtp+ssl:// (port 465) in EMAIL_URL."
        )


def _asked(backend: Any) -> Iterator[Finding]:
    where = f"{backend.host}, port {backend.port}"
    try:
        backend.open()
        backend.connection.ehlo_or_helo_if_needed()
        answer = backend.connection.mail(_sender())
        backend.connection.rset()
    except (OSError, ValueError) as error:
        yield wrong(f"The mail server at {where}: {_told(error)}")
        return
    if answer[0] != 250:
        yield wrong(
            f"The mail server at {where} does not take mail from {_sender()}: "
            f"{_said(*answer)}"
        )
        return
    way = backend.connection.sock
    version = way.version() if isinstance(way, ssl.SSLSocket) else "in clear"
    logged_in = f"as {backend.username}" if backend.username else "without a log-in"
    yield ok(f"The mail server at {where} takes mail, {version}, {logged_in}.")


def _sender() -> str:
    return settings.BOUNCE_ADDRESS or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]


def _told(error: Exception) -> str:
    """What went wrong, and what to look at."""
    said = str(error) or type(error).__name__
    if isinstance(error, smtplib.SMTPResponseException):
        said = _said(error.smtp_code, error.smtp_error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not good for this name ({error.verify_message}). Write "
            "into EMAIL_URL the name that the certificate is for."
        )
    if isinstance(error, ssl.SSLError):
        return f"no encrypted line ({said}). Port 587 wants smtp+tls, 465 smtp+ssl."
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return (
            f"it refuses the log-in ({said}). Look at user and password in EMAIL_URL."
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return f"it cannot do what is asked ({said})."
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "it says nothing. Is a firewall between, or the port another?"
    return f"it cannot be reached ({said})."


def _said(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {text}"
