"""The one place that talks to a mail server: a line that is kept, replaced and given up.

Who sends a mail is told what became of it in one way, whatever went wrong: `DeliveryError` says
whose fault it was, whether trying again can help, and whether the mail may have arrived.
"""

import smtplib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

MAILS_A_LINE = 200  # servers let so many go over one connection, and few count further
IDLE = 20  # seconds after which a line is not trusted any more
_CLOSING = 421  # the server says so and hangs up


class Blames(Enum):
    LINE = "line"  # no mail can go: no connection, no log-in, the sender is refused
    MAIL = "mail"  # this one mail, or whom it goes to


class DeliveryError(Exception):
    """The mail was not taken, or nobody knows.

    ``is_permanent``: trying again is no use. ``in_doubt``: it was handed over whole and the
    answer was lost, so it may have arrived (RFC 1047).
    """

    def __init__(
        self,
        words: str,
        *,
        blames: Blames,
        is_permanent: bool = False,
        in_doubt: bool = False,
    ) -> None:
        super().__init__(" ".join(words.split())[:300])
        self.blames, self.is_permanent, self.in_doubt = blames, is_permanent, in_doubt


@dataclass(frozen=True)
class Envelope:
    """One mail to one address.

    ``data`` gives its bytes as SMTP wants them: lines ended by CRLF, dots at their
    beginning doubled. ``message`` gives it to a backend that speaks something else.
    """

    sender: str
    to: str
    data: Callable[[], bytes]
    message: Callable[[], EmailMessage]


class Line:
    """A connection of ``settings.EMAIL_BACKEND``, opened by the first mail."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend | None = None
        self._sent, self._used_at = 0, 0.0

    def send(self, envelope: Envelope) -> str:
        """Hand over one mail; return where it was kept, if no server got it.

        Raises DeliveryError.
        """
        if self._sent >= MAILS_A_LINE or self._is_idle():
            self.close()
        was_kept = self._backend is not None
        backend = self._open()
        self._used_at = time.monotonic()
        if not isinstance(backend, EmailBackend):
            return self._hand_over(backend, envelope)
        try:
            smtp = self._begin(backend, envelope)
        except DeliveryError:
            self.close()
            if not was_kept:
                raise
            # A kept line may have ended long before this mail: a new one tells.
            smtp = self._begin(self._open(), envelope)
        self._finish(smtp, envelope)
        self._sent += 1
        return ""

    def close_if_idle(self) -> None:
        """Let go of a line that nobody needs just now."""
        if self._is_idle():
            self.close()

    def close(self) -> None:
        """Say good-bye, if there is anybody. Safe to repeat."""
        backend, self._backend, self._sent = self._backend, None, 0
        if backend:
            with suppress(OSError):  # nobody there
                backend.close()

    def _is_idle(self) -> bool:
        return bool(self._backend) and time.monotonic() - self._used_at > IDLE

    def _open(self) -> BaseEmailBackend:
        if self._backend is None:
            backend = get_connection()
            try:
                backend.open()
            except (OSError, ValueError) as error:  # SMTPException is an OSError
                raise DeliveryError(_words(error), blames=Blames.LINE) from error
            self._backend = backend
        return self._backend

    def _begin(self, backend: Any, envelope: Envelope) -> smtplib.SMTP:
        """Name the sender; what fails here is nobody's mail in particular."""
        smtp: smtplib.SMTP = backend.connection
        try:
            smtp.ehlo_or_helo_if_needed()
            answer = smtp.mail(parseaddr(envelope.sender)[1])
        except (OSError, ValueError) as error:
            raise DeliveryError(_words(error), blames=Blames.LINE) from error
        if answer[0] != 250:
            self._leave(smtp, answer[0])
            raise DeliveryError(_said(*answer), blames=Blames.LINE)
        return smtp

    def _finish(self, smtp: smtplib.SMTP, envelope: Envelope) -> None:
        in_doubt = False
        try:
            self._expect(smtp, smtp.rcpt(envelope.to), {250, 251})
            data = envelope.data()
            smtp.putcmd("data")
            self._expect(smtp, smtp.getreply(), {354})
            in_doubt = True
            smtp.send(data + b".\r\n")
            answer = smtp.getreply()
            in_doubt = False
            self._expect(smtp, answer, {250})
        except (OSError, ValueError) as error:
            self.close()
            raise DeliveryError(
                _words(error),
                blames=Blames.MAIL,
                is_permanent=isinstance(error, ValueError),
                in_doubt=in_doubt,
            ) from error

    def _expect(
        self, smtp: smtplib.SMTP, answer: tuple[int, bytes], wanted: set[int]
    ) -> None:
        code, words = answer
        if code in wanted:
            return
        self._leave(smtp, code)
        raise DeliveryError(
            _said(code, words), blames=Blames.MAIL, is_permanent=500 <= code < 600
        )

    def _leave(self, smtp: smtplib.SMTP, code: int) -> None:
        """Make the line ready for the next mail after a refusal."""
        if code == _CLOSING or code < 0:
            self.close()
            return
        try:
            smtp.rset()
        except OSError:
            self.close()

    def _hand_over(self, backend: BaseEmailBackend, envelope: Envelope) -> str:
        try:
            mail = envelope.message()
        except ValueError as error:
            raise DeliveryError(
                _words(error), blames=Blames.MAIL, is_permanent=True
            ) from error
        try:
            backend.send_messages([mail])
        except _refusals() as error:
            judged = _judged(error)
            if judged.blames is Blames.LINE:
                self.close()
            raise judged from error
        return str(getattr(mail, "kept_as", ""))


def _refusals() -> tuple[type[Exception], ...]:
    """How a backend that speaks no SMTP says that a mail cannot go."""
    if not settings.MAIL_PROVIDER:
        return (ValueError, OSError)
    from outbox import provider  # what it needs is an extra

    return (*provider.ERRORS, ValueError, OSError)


def _judged(error: Exception) -> DeliveryError:
    if settings.MAIL_PROVIDER:
        from outbox import provider  # what it needs is an extra

        if isinstance(error, provider.ERRORS):
            return provider.judged(error)
    is_about_the_mail = isinstance(error, ValueError)
    return DeliveryError(
        _words(error),
        blames=Blames.MAIL if is_about_the_mail else Blames.LINE,
        is_permanent=is_about_the_mail,
    )


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _said(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {text}"
