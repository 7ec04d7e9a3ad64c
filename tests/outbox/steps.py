"""Queueing a mail and sending what is due."""

from outbox import sending
from outbox.composing import post


def queue(
    site_settings, to="reader@example.org", leave_url="http://testserver/unsubscribe/t/"
):
    context = {"site": site_settings}
    return post("subscriptions/mail/already", to, context, leave_url)


def send():
    lines = []
    sending.send_due(lines.append)
    return lines
