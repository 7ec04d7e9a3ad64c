"""How a queued mail leaves the house. No SMTP inside a transaction, none in a request."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import Q
from django.utils import timezone

from outbox.models import Message

# Pauses after the first, second, ... failed try; after the last the message has failed.
PAUSES = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440)]
REFUSALS_BELIEVED = 3  # a 5xx is tried again twice: servers err, too
KEEP_SENT, KEEP_FAILED = timedelta(days=3), timedelta(days=14)

Report = Callable[[str], object]


class UnfoldedMail(EmailMultiAlternatives):
    """A mail whose headers are not folded.

    Folded, a long List-Unsubscribe begins with an empty line, which some relays read as a
    part of the address. Servers take lines of 998 characters; ours are far shorter.
    """

    def message(self) -> Any:
        message = super().message()
        message.policy = message.policy.clone(max_line_length=0)
        return message


def send_due(report: Report) -> int:
    """Send all that is due over one connection; return how many messages were tried."""
    tried = 0
    connection = get_connection()  # opened by the first message, if there is one
    try:
        while message := Message.objects.claim():
            tried += 1
            sent = _send(message, connection)
            report(f"Mail {message.pk}: {message.subject} ... {sent}")
    finally:
        connection.close()
    return tried


def forget_old(report: Report) -> int:
    """Delete what is over and done with: it holds addresses and links."""
    now = timezone.now()
    sent = Q(sent_at__lt=now - KEEP_SENT)
    failed = Q(state=Message.State.FAILED, due_at__lt=now - KEEP_FAILED)
    forgotten, _ = Message.objects.filter(sent | failed).delete()
    if forgotten:
        report(f"Deleted {forgotten} old mails.")
    return forgotten


def forget_address(email: str) -> int:
    """Delete every mail to ``email``, sent or not; return how many.

    One that is on its way meanwhile arrives, and is tried no second time.
    """
    forgotten, _ = Message.objects.filter(to__iexact=email).delete()
    return forgotten


def _send(message: Message, connection: BaseEmailBackend) -> str:
    mail = UnfoldedMail(
        message.subject,
        message.text,
        to=[message.to],
        headers={**message.headers, "Message-ID": message.message_id},
        connection=connection,
    )
    mail.attach_alternative(message.html, "text/html")
    try:
        connection.open()  # after a failure anew; else the one that is there
        connection.send_messages([mail])
    except (OSError, ValueError) as error:  # SMTPException is an OSError
        connection.close()
        return _failed(message, error)
    _finish(message, state=Message.State.SENT, sent_at=timezone.now(), error="")
    return f"sent{getattr(mail, 'kept_as', '')}"


def _failed(message: Message, error: Exception) -> str:
    words = " ".join(str(error).split())[:300]
    believed = REFUSALS_BELIEVED if _is_refusal(error) else len(PAUSES) + 1
    if message.attempts >= believed:
        _finish(message, state=Message.State.FAILED, error=words)
        return f"failed for good: {words}"
    pause = PAUSES[message.attempts - 1]
    again = timezone.now() + pause
    _finish(message, state=Message.State.QUEUED, due_at=again, error=words)
    return f"failed, tried again in {pause}: {words}"


def _is_refusal(error: Exception) -> bool:
    """Whether the server said no for good (5xx), or the message can never be sent."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return error.smtp_code >= 500
    return isinstance(error, ValueError)


def _finish(message: Message, **values: object) -> None:
    # Only if it is still ours: after a lost lease another worker may have sent it.
    Message.objects.filter(
        pk=message.pk, state=Message.State.SENDING, attempts=message.attempts
    ).update(**values)
