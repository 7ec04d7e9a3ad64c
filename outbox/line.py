"""The one place that talks to a mail server: a line that is kept, replaced and given up.

Who sends a mail is told what became of it in one way, whatever went wrong: `DeliveryError` says
whose fault it was, whether trying again can help, and whether the mail may have arrived.
"""

import math
import re
import smtplib
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import parseaddr
from enum import Enum
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

from footcare.lib.logs import one_line

MAILS_A_LINE = 200  # servers let so many go over one connection, and few count further
IDLE = 20  # seconds after which a line is not trusted any more
# Times EMAIL_TIMEOUT for the answer to a whole mail: servers look through it first, and
# whoever hangs up meanwhile does not know whether it arrived (RFC 5321, 4.5.3.2.6).
PATIENCE = 6
_CLOSING = 421  # the server says so and hangs up
_PLAIN = re.compile(r"[!-;=?-~]+@[A-Za-z0-9.-]+", re.ASCII)


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
        # No database column takes a zero byte, and no log what moves the cursor.
        super().__init__(one_line(" ".join(words.split()))[:300])
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
        self._mails, self._used_at = 0, 0.0

    def send(self, envelope: Envelope, until: float = math.inf) -> str:
        """Hand over one mail; return where it was kept, if no server got it.

        After the moment ``until`` (seconds since 1970) it is not handed over any more.
        Raises DeliveryError.
        """
        if self._mails >= MAILS_A_LINE or self._is_idle():
            self.close()
        backend = self._open() if self._backend is None else self._backend
        if not isinstance(backend, EmailBackend):
            if time.time() > until:
                raise _too_late()
            return self._hand_over(backend, envelope)
        try:
            data, talk = envelope.data(), _commands(envelope)
        except Exception as error:  # no address, or a mistake of ours: nothing was said
            raise DeliveryError(
                _words(error), blames=Blames.MAIL, is_permanent=True
            ) from error
        try:
            self._finish(self._begin(talk), talk, data, until)
        except DeliveryError:
            raise
        except BaseException as error:
            self._drop()  # in the middle of a talk: the next answer would be to this mail
            if not isinstance(error, Exception):
                raise
            # A mistake of ours: nobody knows how far it came.
            raise DeliveryError(
                _words(error), blames=Blames.MAIL, in_doubt=True
            ) from error
        self._used_at = time.monotonic()
        return ""

    def close_if_idle(self) -> None:
        """Let go of a line that nobody needs just now."""
        if self._is_idle():
            self.close()

    def close(self) -> None:
        """Say good-bye, if there is anybody. Safe to repeat."""
        backend, self._backend, self._mails = self._backend, None, 0
        if backend:
            with suppress(OSError):  # nobody there
                backend.close()

    def _drop(self) -> None:
        """Hang up without a word: a line that is broken would be waited for."""
        if isinstance(self._backend, EmailBackend) and self._backend.connection:
            self._backend.connection.close()
        self._backend, self._mails = None, 0

    def _is_idle(self) -> bool:
        return bool(self._backend) and time.monotonic() - self._used_at > IDLE

    def _open(self) -> BaseEmailBackend:
        backend = _backend()
        try:
            backend.open()
        except (OSError, ValueError) as error:  # SMTPException is an OSError
            with suppress(OSError):
                backend.close()  # one half opened
            raise DeliveryError(_words(error), blames=Blames.LINE) from error
        self._backend, self._used_at = backend, time.monotonic()
        return backend

    def _begin(self, talk: list[str]) -> smtplib.SMTP:
        """Name the sender; what fails here is nobody's mail in particular."""
        if self._mails:
            # A kept line may have ended long before this mail: a new one tells.
            with suppress(DeliveryError):
                return self._name_sender(talk)
            self._drop()
            self._open()
        return self._name_sender(talk)

    def _name_sender(self, talk: list[str]) -> smtplib.SMTP:
        smtp: smtplib.SMTP = self._backend.connection  # type: ignore[union-attr]
        try:
            smtp.ehlo_or_helo_if_needed()
            # All three at once where the server lets us (RFC 2920): a letter to it then
            # takes two journeys instead of four.
            smtp.send("".join(talk if smtp.has_extn("pipelining") else talk[:1]))
            code, words = smtp.getreply()
        except (OSError, ValueError) as error:
            self._drop()
            raise DeliveryError(_words(error), blames=Blames.LINE) from error
        if code // 100 != 2:
            self._drop()
            raise DeliveryError(_said(code, words), blames=Blames.LINE)
        self._mails += 1
        return smtp

    def _finish(
        self, smtp: smtplib.SMTP, talk: list[str], data: bytes, until: float
    ) -> None:
        in_doubt = False
        try:
            self._ask_leave(smtp, talk)
            if time.time() > until:
                self._drop()
                raise _too_late()
            smtp.send(data + b".\r\n")  # if this fails, its end has not left the house
            in_doubt = True
            answer = self._await_answer(smtp)
        except OSError as error:
            self._drop()
            raise DeliveryError(
                _words(error), blames=Blames.MAIL, in_doubt=in_doubt
            ) from error
        self._expect(2, smtp, answer)

    def _ask_leave(self, smtp: smtplib.SMTP, talk: list[str]) -> None:
        """Name the reader, and announce the mail."""
        is_pipelined = smtp.has_extn("pipelining")
        _mail, rcpt, data = talk
        if not is_pipelined:
            smtp.send(rcpt)
        answer = smtp.getreply()
        if is_pipelined and answer[0] // 100 != 2:
            self._take_back(smtp, answer[0])
            raise _refusal(*answer)
        self._expect(2, smtp, answer)
        if not is_pipelined:
            smtp.send(data)
        self._expect(3, smtp, smtp.getreply())

    def _take_back(self, smtp: smtplib.SMTP, code: int) -> None:
        """The mail was announced with its reader, who was refused."""
        with suppress(OSError):
            # 354: it waits for a mail to nobody.
            if code != _CLOSING and smtp.getreply()[0] != 354:
                smtp.rset()
                return
        self._drop()

    def _await_answer(self, smtp: smtplib.SMTP) -> tuple[int, bytes]:
        """What the server says of the whole mail. Raises OSError if nobody can know."""
        sock: Any = smtp.sock
        if usual := sock.gettimeout():
            sock.settimeout(usual * PATIENCE)
        code, words = smtp.getreply()
        if code // 100 not in {2, 4, 5}:
            raise smtplib.SMTPException(_said(code, words))
        sock.settimeout(usual)
        return code, words

    def _expect(
        self, hundreds: int, smtp: smtplib.SMTP, answer: tuple[int, bytes]
    ) -> None:
        code, words = answer
        if code // 100 == hundreds:
            return
        self._leave(smtp, code)
        raise _refusal(code, words)

    def _leave(self, smtp: smtplib.SMTP, code: int) -> None:
        """Make the line ready for the next mail after a refusal."""
        if code == _CLOSING or code < 0:
            self._drop()
            return
        try:
            smtp.rset()
        except OSError:
            self._drop()

    def _hand_over(self, backend: BaseEmailBackend, envelope: Envelope) -> str:
        """Give it to a backend that speaks something else, such as a provider's HTTP."""
        try:
            mail = envelope.message()
            backend.send_messages([mail])
        except Exception as error:  # whatever it may raise, the worker goes on
            judged = _judged(error)
            if judged.blames is Blames.LINE:
                self.close()
            raise judged from error
        self._mails += 1
        self._used_at = time.monotonic()
        return str(getattr(mail, "kept_as", ""))


def _backend() -> BaseEmailBackend:
    try:
        return get_connection()
    except ImproperlyConfigured as error:  # a provider's key is missing, for one
        raise DeliveryError(_words(error), blames=Blames.LINE) from error


def _commands(envelope: Envelope) -> list[str]:
    """What is said before a mail. Raises ValueError for what is no address."""
    to = envelope.to if _PLAIN.fullmatch(envelope.to) else parseaddr(envelope.to)[1]
    if not to.isascii() or not to.isprintable() or not to:
        raise ValueError("This is no address.")
    return [
        f"MAIL FROM:<{_bare(envelope.sender)}>\r\n", f"RCPT TO:<{to}>\r\n", "DATA\r\n",
    ]  # fmt: skip


@lru_cache(maxsize=8)
def _bare(sender: str) -> str:
    return parseaddr(sender)[1]


def _too_late() -> DeliveryError:
    return DeliveryError(
        "The server is too slow, or this machine stood still.", blames=Blames.LINE
    )


def _refusal(code: int, words: bytes) -> DeliveryError:
    return DeliveryError(
        _said(code, words), blames=Blames.MAIL, is_permanent=code // 100 == 5
    )


def _judged(error: Exception) -> DeliveryError:
    """What a backend that speaks no SMTP meant by ``error``."""
    if settings.MAIL_PROVIDER:
        from outbox import provider  # what it needs is an extra

        if isinstance(error, provider.ERRORS):
            return provider.judged(error)
    if not isinstance(error, OSError | ImproperlyConfigured):
        return DeliveryError(_words(error), blames=Blames.MAIL, is_permanent=True)
    # Of the system's own errors we know that nothing was sent.
    in_doubt = isinstance(error, OSError) and error.errno is None
    return DeliveryError(_words(error), blames=Blames.LINE, in_doubt=in_doubt)


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, error.smtp_error)
    return str(error) or type(error).__name__


def _said(code: int, words: bytes | str) -> str:
    text = words.decode(errors="replace") if isinstance(words, bytes) else words
    return f"{code} {text}"
