"""Letters: who they come from, how they are left, whether they go, and what comes back."""

import email
import email.policy
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.urls import Resolver404, resolve
from django.utils import timezone

from footcare.doctor.findings import Finding, hint, ok, wrong
from outbox.models import Message
from subscriptions.bounces import mailboxes
from subscriptions.letters.mime import PreparedLetter, To
from subscriptions.models import Delivery, Letter

_DOUBLED_DOT = re.compile(rb"^\.\.", re.MULTILINE)


def have_a_sender() -> Iterator[Finding]:
    """Whose address stands on a letter; receivers compare its domain with the site's."""
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    site = urlsplit(settings.SITE_URL).hostname or ""
    domain = sender.rpartition("@")[2].lower()
    if not settings.FROM_EMAIL:
        yield wrong(f"FROM_EMAIL is not set; letters come from {sender}.")
    elif not sender:
        yield wrong(f"FROM_EMAIL is no sender: {settings.FROM_EMAIL}.")
    elif not _are_related(domain, site):
        yield hint(
            f"Letters come from {sender}, and lead to {site}: one domain for both looks "
            "less like a fraud."
        )
    else:
        yield ok(
            f"Letters come from {sender}. `manage.py mail_check` has its DNS records."
        )


def can_be_left_with_one_click() -> Iterator[Finding]:
    """A letter as it would be sent to a reader who is made up, and its two headers."""
    try:
        mail = _made_up_letter()
    except (DatabaseError, InterfaceError):
        yield wrong("A letter cannot be made while the database is away.")
        return
    link = str(mail["List-Unsubscribe"])
    post = str(mail["List-Unsubscribe-Post"])
    if post != "List-Unsubscribe=One-Click" or not re.fullmatch(
        r"<https?://\S+>", link
    ):
        yield wrong(
            f"Letters cannot be left with one click: they say {link!r} and {post!r}."
        )
        return
    if not link.startswith(f"<{settings.SITE_URL}/") or not _is_routed(
        link.strip("<>")
    ):
        yield wrong(
            "The link to leave, in the head of a letter, leads nowhere on the site."
        )
        return
    yield ok("Letters can be left with one click (RFC 8058): both headers are as sent.")


def go_on() -> Iterator[Finding]:
    """How long the oldest have been due, and what waits for somebody.

    Whether that is too long, and which letters have failed, is told with the site.
    """
    now = timezone.now()
    try:
        oldest = {
            "mail": Message.objects.oldest_due(),
            "letter to a reader": Delivery.objects.oldest_due(now),
        }
        paused = list(Letter.objects.filter(state=Letter.State.PAUSED))
    except (DatabaseError, InterfaceError):
        return  # told with the site
    for name, since in oldest.items():
        if since:
            minutes = (now - since) // timedelta(minutes=1)
            yield ok(f"The oldest {name} that is due has waited for {minutes} minutes.")
    for letter in paused:
        yield hint(f"The letter “{letter}” is paused. {letter.get_pause_display()}.")


def come_back() -> Iterator[Finding]:
    """Where servers send what they cannot deliver, and who reads it."""
    if settings.MAIL_PROVIDER:
        url = f"{settings.SITE_URL}/mail/{settings.MAIL_PROVIDER}/tracking/"
        yield ok(f"What comes back is told by {settings.MAIL_PROVIDER} at {url}.")
        return
    if not settings.BOUNCE_MAILBOX:
        yield hint(
            "Nobody reads what comes back: set BOUNCE_ADDRESS and BOUNCE_MAILBOX, and dead "
            "addresses leave the list by themselves."
        )
        return
    if not settings.BOUNCE_ADDRESS:
        yield wrong(
            "BOUNCE_MAILBOX is set, but BOUNCE_ADDRESS is not: nothing comes there."
        )
    try:
        unread = mailboxes.count_unread()
    except mailboxes.MailboxError as error:
        yield wrong(f"The mailbox of bounces cannot be read: {error}")
    else:
        yield ok(f"The mailbox of bounces can be read; {unread} mails wait in it.")


def _are_related(one: str, other: str) -> bool:
    """Whether one of two domains is the other, or under it."""
    return f".{one}".endswith(f".{other}") or f".{other}".endswith(f".{one}")


def _made_up_letter() -> EmailMessage:
    letter = Letter(subject="A test", body="Words.")  # never saved
    reader = To(delivery=1, subscriber=1, email="reader@example.org", letter_key="none")
    data = PreparedLetter(letter).envelope(reader).data()
    return email.message_from_bytes(
        _DOUBLED_DOT.sub(b".", data), policy=email.policy.default
    )


def _is_routed(url: str) -> bool:
    try:
        return resolve(urlsplit(url).path).view_name == "subscriptions:leave"
    except Resolver404:
        return False
