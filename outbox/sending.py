"""How a queued mail leaves the house. No SMTP inside a transaction, none in a request."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.utils import timezone

from outbox import ending
from outbox.line import DeliveryError, Envelope, Line
from outbox.models import LEASE, Message

# Pauses after the first, second, ... failed try; after the last the message has failed.
PAUSES = [timedelta(minutes=m) for m in (1, 5, 30, 120, 360, 720, 1440)]
REFUSALS_BELIEVED = 3  # a 5xx is tried again twice: servers err, too
KEEP_SENT, KEEP_FAILED = timedelta(days=3), timedelta(days=14)

Report = Callable[[str], object]

_DOT = re.compile(rb"^\.", re.MULTILINE)  # doubled in SMTP


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
    """Send all that is due over one line; return how many messages were tried."""
    tried = 0
    line = Line()  # opened by the first message, if there is one
    try:
        while not ending.asked.is_set() and (message := Message.objects.claim()):
            tried += 1
            report(f"Mail {message.pk}: {message.subject} ... {_send(message, line)}")
    finally:
        line.close()
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
    """Delete every mail to ``email``, sent or not, and what is over that names it.

    Return how many. One that is on its way meanwhile arrives, and is tried no second time.
    """
    names = Q(text__icontains=email) | Q(html__icontains=email)
    over = Q(state__in=[Message.State.SENT, Message.State.FAILED])
    gone = Q(to__iexact=email) | over & (names | Q(error__icontains=email))
    forgotten, _ = Message.objects.filter(gone).delete()
    return forgotten


def envelope_of(message: Message) -> Envelope:
    """``message`` as the line takes it."""
    return Envelope(
        sender=settings.DEFAULT_FROM_EMAIL,
        to=message.to,
        data=lambda: _as_smtp_data(_composed(message)),
        message=lambda: _composed(message),
    )


def _send(message: Message, line: Line) -> str:
    try:
        # The other half of the lease is for the server's answer.
        until = time.time() + LEASE.total_seconds() / 2
        kept_as = line.send(envelope_of(message), until)
    except DeliveryError as error:
        return _failed(message, error)
    _finish(message, state=Message.State.SENT, sent_at=timezone.now(), error="")
    return f"sent{kept_as}"


def _composed(message: Message) -> EmailMultiAlternatives:
    mail = UnfoldedMail(
        message.subject,
        message.text,
        to=[message.to],
        headers={**message.headers, "Message-ID": message.message_id},
    )
    mail.attach_alternative(message.html, "text/html")
    return mail


def _as_smtp_data(mail: EmailMultiAlternatives) -> bytes:
    data = mail.message().as_bytes(linesep="\r\n")
    return _DOT.sub(b"..", data if data.endswith(b"\r\n") else data + b"\r\n")


def _failed(message: Message, error: DeliveryError) -> str:
    words = str(error)
    # A server that loses its answer may have taken the mail each time.
    is_settled = error.is_permanent or error.in_doubt
    believed = REFUSALS_BELIEVED if is_settled else len(PAUSES) + 1
    if message.attempts >= believed:
        _finish(message, state=Message.State.FAILED, error=words)
        return f"failed for good: {words}"
    pause = PAUSES[message.attempts - 1]
    again = timezone.now() + pause
    _finish(message, state=Message.State.QUEUED, due_at=again, error=words)
    return f"failed, tried again in {pause}: {words}"


def _finish(message: Message, **values: object) -> None:
    # Only if it is still ours: after a lost lease another worker may have sent it.
    Message.objects.filter(
        pk=message.pk, state=Message.State.SENDING, attempts=message.attempts
    ).update(**values)
